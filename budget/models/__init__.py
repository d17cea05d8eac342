from budget.models.grants import Grant
from budget.models.ledger import Closing, Entry, EntryKind, LineDay, Voucher, VoucherItem
from budget.models.payments import Advance, ExecutionFile, Revenue, VoucherFile
from budget.models.structure import BudgetLine, Fund, ObjectCode, Project, ProjectAlias
from budget.models.transfers import MoveKind, Transfer, TransferMove

__all__ = [
    "Advance",
    "BudgetLine",
    "Closing",
    "Entry",
    "EntryKind",
    "ExecutionFile",
    "Fund",
    "Grant",
    "LineDay",
    "MoveKind",
    "ObjectCode",
    "Project",
    "ProjectAlias",
    "Revenue",
    "Transfer",
    "TransferMove",
    "Voucher",
    "VoucherFile",
    "VoucherItem",
]
