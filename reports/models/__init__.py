from reports.models.rollups import KEYS, EventDay, EventMonth, RollupMark, WorkingDay
from reports.models.statements import Statement

__all__ = ["KEYS", "EventDay", "EventMonth", "RollupMark", "Statement", "WorkingDay"]
