"""The budget's pages, under work/budget/."""

from django.urls import path

from budget.views import books, execution_files, grants, months, structure, transfers, tree, voucher, vouchers, waiting

app_name = "budget"
urlpatterns = [
    path("", tree.tree, name="tree"),
    path("export/", tree.tree_export, name="tree_export"),
    path("lines/<int:pk>/", tree.line, name="line"),
    path("lines/<int:pk>/export/", tree.line_export, name="line_export"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("vouchers/", vouchers.vouchers, name="vouchers"),
    path("vouchers/new/<slug:kind>/", vouchers.voucher_new, name="voucher_new"),
    path("vouchers/<int:pk>/", voucher.voucher, name="voucher"),
    path("vouchers/<int:pk>/edit/", vouchers.voucher_edit, name="voucher_edit"),
    path("vouchers/<int:pk>/open/", voucher.voucher_open, name="voucher_open"),
    path("vouchers/<int:pk>/print/", voucher.voucher_print, name="voucher_print"),
    path("vouchers/<int:pk>/reverse/", vouchers.voucher_reverse, name="voucher_reverse"),
    path("vouchers/<int:pk>/files/", voucher.voucher_file_add, name="voucher_file_add"),
    path("vouchers/<int:pk>/files/<uuid:key>/", voucher.voucher_file, name="voucher_file"),
    path("vouchers/<int:pk>/files/<uuid:key>/remove/", voucher.voucher_file_remove, name="voucher_file_remove"),
    path("vouchers/<int:pk>/<slug:act>/", vouchers.voucher_act, name="voucher_act"),
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/due/", transfers.transfers_due, name="transfers_due"),
    path("transfers/new/", transfers.transfer_new, name="transfer_new"),
    path("transfers/<int:pk>/", transfers.transfer, name="transfer"),
    path("transfers/<int:pk>/edit/", transfers.transfer_edit, name="transfer_edit"),
    path("transfers/<int:pk>/correct/", transfers.transfer_correct, name="transfer_correct"),
    path("transfers/<int:pk>/<slug:act>/", transfers.transfer_act, name="transfer_act"),
    path("grants/", grants.grants, name="grants"),
    path("grants/apply/", grants.grant_apply, name="grant_apply"),
    path("grants/<int:pk>/", grants.grant, name="grant"),
    path("grants/<int:pk>/<slug:act>/", grants.grant_act, name="grant_act"),
    path("structure/", structure.structure, name="structure"),
    path("structure/<int:year>/<slug:act>/", structure.structure_add, name="structure_add"),
    path("months/", months.months, name="months"),
    path("advances/", books.advances, name="advances"),
    path("advances/<int:pk>/settle/", books.advance_settle, name="advance_settle"),
    path("closing/", books.closing, name="closing"),
    path("execution-files/", execution_files.execution_files, name="execution_files"),
    path("execution-files/template/", execution_files.execution_template, name="execution_template"),
    path("execution-files/<uuid:key>/", execution_files.execution_file, name="execution_file"),
    path("execution-files/<uuid:key>/draft/", execution_files.execution_file_draft, name="execution_file_draft"),
    path("execution-files/<uuid:key>/give-up/", execution_files.execution_file_give_up, name="execution_file_give_up"),
]
