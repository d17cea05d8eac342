from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("letters/", views.letters, name="letters"),
    path("letters/<int:pk>/", views.letter, name="letter"),
    path("demo/mailbox/", views.mailbox, name="mailbox"),
]
