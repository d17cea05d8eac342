from django.urls import path

from surveys.views import editing, moderation, public, results

app_name = "surveys"

urlpatterns = [
    # Short, because they are sent in text messages.
    path("s/thanks/", public.thanks, name="thanks"),
    path("s/stopped/", public.stopped, name="stopped"),
    path("s/<slug:token>/", public.answer, name="answer"),
    path("s/<slug:token>/stop/", public.stop, name="stop"),
    path("work/surveys/", results.index, name="index"),
    path("work/surveys/<slug:code>/", results.survey, name="survey"),
    path("work/surveys/<slug:code>/download/", results.download, name="download"),
    path("work/surveys/<slug:code>/edit/", editing.edit, name="edit"),
    path("work/surveys/<slug:code>/comments/", moderation.comments, name="comments"),
    path("work/surveys/<slug:code>/comments/<int:pk>/", moderation.moderate, name="moderate"),
]
