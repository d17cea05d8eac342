from django.urls import path

from reports.views import figures

app_name = "reports"
urlpatterns = [
    path("", figures.overview, name="dashboard"),
    path("rows/<str:name>/", figures.rows, name="rows"),
]
