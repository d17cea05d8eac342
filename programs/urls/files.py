"""The console: downloads and imports."""

from django.urls import path

from programs.views import exports, imports

urlpatterns = [
    path("work/exports/", exports.export_list, name="exports"),
    path("work/exports/new/<slug:what>/", exports.export_new, name="export_new"),
    path("work/exports/<uuid:key>/", exports.export, name="export"),
    path("work/exports/<uuid:key>/take/", exports.export_take, name="export_take"),
    path("work/import/", imports.import_list, name="imports"),
    path("work/import/template/<int:call_id>/", imports.import_template, name="import_template"),
    path("work/import/<uuid:key>/", imports.import_job, name="import"),
    path("work/import/<uuid:key>/errors/", imports.import_errors, name="import_errors"),
    path("work/import/<uuid:key>/confirm/", imports.import_confirm, name="import_confirm"),
    path("work/import/<uuid:key>/give-up/", imports.import_give_up, name="import_give_up"),
]
