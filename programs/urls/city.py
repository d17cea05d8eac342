"""The console: calls, their rules and the catalogue."""

from django.urls import path, re_path

from programs.views import calls, catalogue_admin, criteria

urlpatterns = [
    path("work/calls/", calls.index, name="calls"),
    path("work/calls/shares/<int:district_call_id>/", calls.edit_share, name="call_share_edit"),
    path("work/calls/<slug:code>/", calls.call, name="call"),
    path("work/calls/<slug:code>/edit/", calls.edit, name="call_edit"),
    path("work/calls/<slug:code>/copy/", calls.copy, name="call_copy"),
    path("work/calls/<slug:code>/move/", calls.move, name="call_move"),
    re_path(r"^work/calls/(?P<code>[-\w]+)/(?P<act>close|reopen)/$", calls.set_closed, name="call_set_closed"),
    path("work/calls/<slug:code>/rules/", calls.rules, name="call_rules"),
    path("work/calls/<slug:code>/rules/<int:rule_id>/end/", calls.end_rule, name="call_rule_end"),
    path("work/calls/<slug:code>/documents/", calls.documents, name="call_documents"),
    path("work/calls/<slug:code>/documents/<int:document_id>/", calls.documents, name="call_document"),
    path("work/calls/<slug:code>/criteria/", criteria.criteria, name="call_criteria"),
    path("work/calls/<slug:code>/criteria/<int:criterion_id>/", criteria.criteria, name="call_criterion"),
    path("work/calls/<slug:code>/criteria/<int:criterion_id>/remove/", criteria.remove, name="call_criterion_remove"),
    path("work/catalogue/", catalogue_admin.index, name="catalogue"),
    path("work/catalogue/<slug:code>/", catalogue_admin.edit, name="catalogue_edit"),
    path("work/catalogue/<slug:code>/terms/", catalogue_admin.terms, name="terms"),
]
