"""One settings file; everything that differs between places comes from the environment.

`make demo` and `make test` export DATABASE_URL and REDIS_URL of the servers they started
(`portal/local/`); a production deployment states its own (docs/deploy.md).
"""

import base64
import hashlib
import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.env import env_bool, env_int, env_list, env_secret, env_str, postgres_from_url
from portal.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(env_str("STATE_DIR", str(BASE_DIR / ".state")))
TESTING = "pytest" in sys.modules

# --- Where we run -------------------------------------------------------------------------
DEMO = env_bool("DEMO", False)  # demo accounts on the sign-in page, second factor optional
DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_secret("SECRET_KEY", insecure_default=DEMO or DEBUG or TESTING)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])
SITE_URL = env_str("SITE_URL", "http://localhost:8000").rstrip("/")
OFFICIAL_SITE = env_bool("OFFICIAL_SITE", False)  # shows the government masthead; claims to be official

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal",
    "reports",
    "safety.doorguard",
    "hospital",
    "programs",
    "surveys",
    "budget",
    "notifications",
    "accounts",
    "pgtrigger",
    "pghistory",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.kakao",
    "allauth.socialaccount.providers.naver",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.ReadOnlyGetMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "accounts.templatetags.ui",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # templates/django/forms/ draws every field

# --- Database -----------------------------------------------------------------------------
# The run-time role owns no table: DATABASE_OWNER_URL migrates, loads and drops log partitions.
_DATABASE_URL = env_str("DATABASE_URL", "")
if not _DATABASE_URL and not ({"compilemessages", "makemessages", "collectstatic"} & set(sys.argv)):
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. Use `make demo`, `make manage ARGS=…` or `make test`, which start "
        "a local PostgreSQL, or state the address of yours: DATABASE_URL=postgres://user:password@host:5432/name"
    )
DATABASE_OWNER_URL = env_str("DATABASE_OWNER_URL", _DATABASE_URL)
_AS_OWNER = env_bool("AS_DATABASE_OWNER", False) or TESTING
_DB = postgres_from_url(DATABASE_OWNER_URL if _AS_OWNER else _DATABASE_URL or "postgres:///none")
_DB |= {
    "ATOMIC_REQUESTS": False,
    "OPTIONS": {
        "application_name": env_str("PROCESS_NAME", "portal"),
        "connect_timeout": 5,
        # Statement and lock limits of a request; commands that need longer set their own.
        "options": f"-c statement_timeout={env_int('STATEMENT_TIMEOUT_MS', 30_000)} "
        f"-c lock_timeout={env_int('LOCK_TIMEOUT_MS', 10_000)} -c timezone=Asia/Seoul "
        "-c pgtrigger.ignore={} "  # unset, every trigger call raises and catches an error inside the database
        "-c jit=off",  # compiling a statement takes longer than any of ours runs
    },
}
_POOL_SIZE = env_int("DATABASE_POOL", 0)  # the web server sets it; commands and workers use plain connections
if _POOL_SIZE or TESTING:
    # Statements of accounts.prepared are planned once a connection, which a pooler between us may not keep.
    _DB["OPTIONS"]["prepare_threshold"] = 0
if _POOL_SIZE and not TESTING:
    _DB["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _POOL_SIZE, "timeout": 5}
else:
    _DB["CONN_MAX_AGE"] = 60
    _DB["CONN_HEALTH_CHECKS"] = True
DATABASES = {
    "default": _DB | {"TEST": {"NAME": env_str("TEST_DATABASE", "test_ansim")}},
    # The only connection that may write during a GET: it records that a list of people was read.
    "audit": _DB | {"TEST": {"MIRROR": "default"}},
}
DATABASE_ROUTERS: list[str] = []

# --- Redis and tasks ----------------------------------------------------------------------
REDIS_URL = env_str("REDIS_URL", "redis://127.0.0.1:6379/0")
if TESTING and (_worker := env_str("PYTEST_XDIST_WORKER", "")):  # test processes side by side, each a cache of its own
    REDIS_URL = f"{REDIS_URL.rpartition('/')[0]}/{1 + int(_worker.removeprefix('gw'))}"
CACHES = {"default": {"BACKEND": "accounts.cache.ForgivingRedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "ansim"}}
HOME_CACHE_SECONDS = 0 if TESTING else 30  # the part of the front page that is the same for everyone
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "notifications.tasks.*": {"queue": "messages"},
    "*.make_page_pictures": {"queue": "files"},
    "*.run_export": {"queue": "files"},
    "*.run_import_preview": {"queue": "files"},
    "*.make_report_files": {"queue": "files"},
    "*.read_hospitals": {"queue": "files"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A dead broker must not hold up a request: kombu would try again for six seconds.
    "max_retries": 0,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "visibility_timeout": 3600,
}
CELERY_TASK_TIME_LIMIT = 3600
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Seoul"
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- Accounts -----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:after_sign_in"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.allauth_adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.allauth_adapters.SocialAccountAdapter"
MFA_ADAPTER = "accounts.allauth_adapters.MFAAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code typed where one signs up, so that the browser with the self-check's answers is the one that goes on.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_FORMS = {"confirm_email_verification_code": "accounts.allauth_forms.EmailCodeForm"}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[안심서울] "
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,30/15m/ip"} if not TESTING else False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or DEBUG
MFA_TOTP_ISSUER = "안심서울"
STAFF_SECOND_FACTOR = env_bool("STAFF_SECOND_FACTOR", not DEMO)
STAFF_IDLE_MINUTES = env_int("STAFF_IDLE_MINUTES", 30)
# The class that speaks to the identity provider (accounts.identity), and where its pages are: a form may lead there.
LOCAL_IDENTITY = "accounts.identity_local.LocalIdentity"
IDENTITY_PROVIDER = env_str("IDENTITY_PROVIDER", LOCAL_IDENTITY if DEMO or DEBUG or TESTING else "")
IDENTITY_ORIGINS = env_list("IDENTITY_ORIGINS", [])
if IDENTITY_PROVIDER == LOCAL_IDENTITY and not (DEMO or DEBUG or TESTING):
    raise ImproperlyConfigured("IDENTITY_PROVIDER: the stand-in believes everybody and is for demo and tests only")
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    name: {
        "APPS": [{"client_id": client, "secret": env_str(f"{name.upper()}_SECRET", ""), "key": ""}] if client else []
    }
    for name, client in (("kakao", env_str("KAKAO_CLIENT_ID", "")), ("naver", env_str("NAVER_CLIENT_ID", "")))
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 9}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# --- Personal data ------------------------------------------------------------------------
# "id:base64 of 32 bytes" each; the first encrypts, all decrypt. The index key must never change.
_DEMO_KEY = base64.b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()
FIELD_KEYS = env_list("FIELD_KEYS", [f"1:{_DEMO_KEY}"] if DEMO or DEBUG or TESTING else [])
BLIND_INDEX_KEY = env_str("BLIND_INDEX_KEY", _DEMO_KEY if DEMO or DEBUG or TESTING else "")
if not FIELD_KEYS or not BLIND_INDEX_KEY:
    raise ImproperlyConfigured("FIELD_KEYS and BLIND_INDEX_KEY must be set (docs/deploy.md says how to make them)")

# --- Hospital escort ----------------------------------------------------------------------
# A function of the escort's terms that gives travel times between districts (hospital.dispatch.problem.Travel).
ESCORT_TRAVEL = env_str("ESCORT_TRAVEL", "hospital.travel_times.by_centroid")

# --- Browser security ---------------------------------------------------------------------
SECURE_COOKIES = env_bool("SECURE_COOKIES", not (DEMO or DEBUG or TESTING))
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY", False) else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^livez$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *IDENTITY_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

# --- Language, time, files ----------------------------------------------------------------
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
if TESTING:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
STATICFILES_DIRS = [BASE_DIR / "static"] + ([BASE_DIR / "vendor"] if (BASE_DIR / "vendor").exists() else [])
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", str(STATE_DIR / "files")))  # encrypted; never served by URL
STORAGES = {
    "default": {"BACKEND": "accounts.storage.EncryptedFileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
UPLOAD_MAX_FILES = 5

# --- Messages -----------------------------------------------------------------------------
EMAIL_BACKEND = (
    "django.core.mail.backends.locmem.EmailBackend"
    if TESTING
    else env_str(
        "EMAIL_BACKEND",
        "notifications.backends.MailboxEmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
    )
)
EMAIL_HOST = env_str("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "안심서울 <noreply@ansim.invalid>")
# "mailbox" shows messages on a page of the portal; "solapi" sends AlimTalk with SMS/LMS fall-back.
MESSAGE_CHANNEL = env_str("MESSAGE_CHANNEL", "mailbox")
SOLAPI = {
    "api_key": env_str("SOLAPI_API_KEY", ""),
    "api_secret": env_str("SOLAPI_API_SECRET", ""),
    "sender": env_str("SOLAPI_SENDER", ""),
    "pf_id": env_str("SOLAPI_PF_ID", ""),
}

# --- API ----------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api_auth.PartnerTokenAuthentication",
        "accounts.api_auth.PortalSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "accounts.api_throttles.VisitorThrottle",
        "accounts.api_throttles.SessionThrottle",
        "accounts.api_throttles.TokenThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env_str("API_RATE_ANON", "60/min"),
        "user": env_str("API_RATE_USER", "600/min"),
        "token": env_str("API_RATE_TOKEN", "1200/min"),
    },
    "EXCEPTION_HANDLER": "accounts.api_errors.problem_details",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "안심서울 API",
    "DESCRIPTION": _("서울시 1인가구 지원사업의 공개 정보, 내 신청, 심사 목록, 통계를 제공합니다."),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.api_schema.add_problems",
    ],
}

# --- Logging ------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "WARNING" if TESTING else "INFO")},
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
