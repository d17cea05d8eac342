from programs.models.applications import Application, ApplicationEvent, Consent, Note, Supplement
from programs.models.catalogue import (
    Call,
    ConsentItem,
    DistrictCall,
    EligibilityRule,
    HolidayOverride,
    Program,
    QuotaMove,
    RequiredDocument,
    Terms,
)
from programs.models.decisions import Objection, SelectionBatch, SelectionLine
from programs.models.documents import Document, DocumentPage
from programs.models.drafts import ApplicationDraft
from programs.models.jobs import ExportJob, ImportJob, SavedFilter

__all__ = [
    "Application",
    "ApplicationDraft",
    "ApplicationEvent",
    "Call",
    "Consent",
    "ConsentItem",
    "DistrictCall",
    "Document",
    "DocumentPage",
    "EligibilityRule",
    "ExportJob",
    "HolidayOverride",
    "ImportJob",
    "Note",
    "Objection",
    "Program",
    "QuotaMove",
    "RequiredDocument",
    "SavedFilter",
    "SelectionBatch",
    "SelectionLine",
    "Supplement",
    "Terms",
]
