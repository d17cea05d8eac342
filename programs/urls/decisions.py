"""The console: what comes in at the counter, and deciding in order."""

from django.urls import path

from programs.views import counter, messages, objections, scoring, selection

urlpatterns = [
    path("work/counter/", counter.choose, name="counter"),
    path("work/counter/<int:district_call_id>/", counter.enter, name="counter_enter"),
    path("work/counter/done/<str:receipt_no>/", counter.done, name="counter_done"),
    path("work/counter/done/<str:receipt_no>/receipt/", counter.receipt, name="counter_receipt"),
    path("work/selection/", selection.index, name="selection"),
    path("work/selection/history/", selection.history, name="selection_history"),
    path("work/selection/<int:district_call_id>/", selection.plan, name="selection_plan"),
    path("work/selection/<int:district_call_id>/scores/", scoring.index, name="scores"),
    path("work/selection/scores/<str:receipt_no>/", scoring.sheet, name="score_sheet"),
    path("work/selection/batches/<int:batch_id>/", selection.batch, name="selection_batch"),
    path("work/selection/batches/<int:batch_id>/approve/", selection.approve, name="selection_approve"),
    path("work/selection/batches/<int:batch_id>/send-back/", selection.send_back, name="selection_send_back"),
    path("work/selection/batches/<int:batch_id>/print/", selection.print_decision, name="selection_print"),
    path("work/objections/", objections.index, name="objections"),
    path("work/objections/<int:objection_id>/", objections.detail, name="objection"),
    path("work/objections/<int:objection_id>/extend/", objections.extend, name="objection_extend"),
    path("work/objections/<int:objection_id>/uphold/", objections.uphold, name="objection_uphold"),
    path("work/objections/<int:objection_id>/dismiss/", objections.dismiss, name="objection_dismiss"),
    path("work/messages/", messages.index, name="dead_messages"),
    path("work/messages/<int:message_id>/retry/", messages.retry, name="dead_message_retry"),
]
