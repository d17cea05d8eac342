"""Every address of the portal. Pages of an app are in the app's own urls; a URL that is not here does not exist."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.views import public as account_pages
from portal import health
from programs.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("programs.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("surveys.urls")),
    path("work/door-guard/", include("safety.doorguard.urls")),
    path("", include("hospital.urls")),
    path("work/budget/", include("budget.urls")),
    path("work/reports/", include("reports.urls")),
    path("api/v1/", include("portal.api_urls")),
    path("accounts/", include("allauth.urls")),
    path("privacy/", account_pages.privacy, name="privacy"),
    path("accessibility/", account_pages.accessibility, name="accessibility"),
    path("language/", login_not_required(require_POST(set_language)), name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("livez", health.livez, name="livez"),
]

# Pages, and problem details below /api/.
handler400 = "accounts.problems.bad_request"
handler403 = "accounts.problems.permission_denied"
handler404 = "accounts.problems.page_not_found"
handler500 = "accounts.problems.server_error"
