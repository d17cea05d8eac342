from django.urls import path

from bench import views
from portal.urls import urlpatterns as portal_urls

urlpatterns = [
    *portal_urls,
    path("bench/insert/", views.bare_insert, name="bare_insert"),
    path("bench/post/", views.bare_post, name="bare_post"),
    path("bench/list/", views.bare_list, name="bare_list"),
    path("bench/page/", views.bare_page, name="bare_page"),
]
