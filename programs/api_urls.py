from django.urls import path

from programs.api import mine, public, queue

urlpatterns = [
    path("programs/", public.ProgramList.as_view(), name="programs"),
    path("programs/<slug:code>/", public.ProgramDetail.as_view(), name="program"),
    path("finder/", public.Finder.as_view(), name="finder"),
    path("my/applications/", mine.OwnApplicationList.as_view(), name="my_applications"),
    path("my/applications/<str:receipt_no>/", mine.OwnApplicationDetail.as_view(), name="my_application"),
    path("queue/", queue.Queue.as_view(), name="queue"),
]
