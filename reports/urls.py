from django.urls import path

from reports.views import council, figures, report_files, sections, statements

app_name = "reports"
urlpatterns = [
    path("", figures.overview, name="dashboard"),
    path("rows/<str:name>/", figures.rows, name="rows"),
    path("council/", council.index, name="council"),
    path("council/statements/", statements.index, name="statements"),
    path("council/statements/new/", statements.new, name="statement_new"),
    path("council/statements/<str:name>/", statements.statement, name="statement"),
    path("council/files/<uuid:key>/", report_files.job, name="council_file"),
    path("council/files/<uuid:key>/<slug:kind>/", report_files.take, name="council_file_take"),
    path("council/<uuid:key>/", council.report, name="council_report"),
    path("council/<uuid:key>/copy/", council.copy, name="council_copy"),
    path("council/<uuid:key>/days/", council.days, name="council_days"),
    path("council/<uuid:key>/preview/", council.preview, name="council_preview"),
    path("council/<uuid:key>/files/", report_files.ask, name="council_files"),
    path("council/<uuid:key>/publish/", council.publishing, name="council_publish"),
    path("council/<uuid:key>/recomputed/", council.recomputed, name="council_recomputed"),
    path("council/<uuid:key>/compare/", council.comparison, name="council_compare"),
    path("council/<uuid:key>/sections/<slug:code>/", sections.section, name="council_section"),
    path("council/<uuid:key>/sections/<slug:code>/history/", sections.history, name="council_history"),
    path("council/<uuid:key>/sections/<slug:code>/restore/", sections.restore, name="council_restore"),
]
