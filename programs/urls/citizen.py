"""Applying, and what became of it."""

from django.urls import path

from programs.views import apply, mine, uploads

urlpatterns = [
    path("apply/<slug:call_code>/", apply.start, name="apply"),
    path("apply/<slug:call_code>/consents/", apply.consents, name="apply_consents"),
    path("apply/<slug:call_code>/person/", apply.person, name="apply_person"),
    path("apply/<slug:call_code>/conditions/", apply.conditions, name="apply_conditions"),
    path("apply/<slug:call_code>/review/", apply.review, name="apply_review"),
    path("apply/<slug:call_code>/submit/", apply.submit, name="apply_submit"),
    path("apply/<slug:call_code>/discard/", apply.discard, name="apply_discard"),
    path("apply/<slug:call_code>/save/<slug:step>/", apply.save, name="apply_save"),
    path("apply/<slug:call_code>/documents/<slug:kind>/", apply.upload, name="apply_upload"),
    path("documents/<uuid:key>/", uploads.download, name="document"),
    path("documents/<uuid:key>/remove/", uploads.remove, name="document_remove"),
    path("my/", mine.index, name="my_applications"),
    path("my/<slug:receipt_no>/", mine.detail, name="my_application"),
    path("my/<slug:receipt_no>/receipt/", mine.receipt, name="receipt"),
    path("my/<slug:receipt_no>/supplement/", mine.answer_supplement, name="answer_supplement"),
    path("my/<slug:receipt_no>/supplement/extend/", mine.extend_supplement, name="extend_supplement"),
    path("my/<slug:receipt_no>/supplement/<slug:kind>/", mine.upload, name="supplement_upload"),
    path("my/<slug:receipt_no>/withdraw/", mine.withdraw, name="withdraw"),
    path("my/<slug:receipt_no>/accept/", mine.accept_offer, name="accept_offer"),
    path("my/<slug:receipt_no>/decline/", mine.decline_offer, name="decline_offer"),
    path("my/<slug:receipt_no>/objection/", mine.object_to, name="object"),
]
