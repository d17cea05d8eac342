from reports.models.council import CouncilReport, PublishedFigure, ReportFile, ReportSection, SectionVersion
from reports.models.rollups import KEYS, EventDay, EventMonth, RollupMark, WorkingDay
from reports.models.statements import Statement

__all__ = [
    "KEYS",
    "CouncilReport",
    "EventDay",
    "EventMonth",
    "PublishedFigure",
    "ReportFile",
    "ReportSection",
    "RollupMark",
    "SectionVersion",
    "Statement",
    "WorkingDay",
]
