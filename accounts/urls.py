from django.urls import path

from accounts.views import identity, privacy, profile, session, tokens

app_name = "accounts"
urlpatterns = [
    path("sign-in/done/", session.after_sign_in, name="after_sign_in"),
    path("work/acting/", session.acting, name="acting"),
    path("work/duties/", session.duties, name="duties"),
    path("profile/", profile.profile, name="profile"),
    path("profile/dongs/", profile.dongs, name="dongs"),
    path("profile/identity/", identity.begin, name="identity"),
    path("profile/identity/return/", identity.come_back, name="identity_return"),
    path("profile/identity/local/", identity.local, name="identity_local"),
    path("profile/seen/", privacy.seen, name="seen"),
    path("profile/requests/", privacy.requests, name="privacy_requests"),
    path("profile/settings/", privacy.settings, name="settings"),
    path("profile/leave/", profile.leave, name="leave"),
    path("work/tokens/", tokens.token_list, name="tokens"),
    path("work/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
]
