from programs.models.applications import Application, ApplicationEvent, Consent, Note, Supplement
from programs.models.catalogue import Call, DistrictCall, Program, QuotaMove
from programs.models.decisions import Objection, SelectionBatch, SelectionLine
from programs.models.documents import Document, DocumentPage
from programs.models.drafts import ApplicationDraft
from programs.models.jobs import ExportJob, ImportJob, SavedFilter
from programs.models.scoring import Score, ScoringCriterion
from programs.models.terms import ConsentItem, EligibilityRule, HolidayOverride, RequiredDocument, Terms

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
    "Score",
    "ScoringCriterion",
    "SelectionBatch",
    "SelectionLine",
    "Supplement",
    "Terms",
]
