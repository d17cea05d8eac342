"""The console: queue, cases, selection, calls."""

from django.urls import path

from programs.views import acts, case, case_documents, queue, work

urlpatterns = [
    path("work/", work.work, name="work"),
    path("work/queue/", queue.queue, name="queue"),
    path("work/queue/filter/", queue.queue_filter, name="queue_filter"),
    path("work/queue/forget/", queue.queue_forget, name="queue_forget"),
    path("work/queue/keys/", queue.queue_keys, name="queue_keys"),
    path("work/queue/bulk/", queue.queue_bulk, name="queue_bulk"),
    path("work/cases/<str:receipt_no>/", case.case, name="case"),
    path("work/cases/<str:receipt_no>/open/", case.open_case, name="case_open"),
    path("work/cases/<str:receipt_no>/close/", case.close_case, name="case_close"),
    path("work/cases/<str:receipt_no>/print/", case.print_case, name="case_print"),
    path("work/cases/<str:receipt_no>/next/", acts.next_case, name="case_next"),
    path("work/cases/<str:receipt_no>/act/<slug:name>/", acts.act, name="case_act"),
    path("work/documents/<uuid:key>/pages/<int:number>.jpg", case_documents.page, name="document_page"),
    path("work/documents/<uuid:key>/original/", case_documents.original, name="document_original"),
]
