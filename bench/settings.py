"""The portal's settings, with the bare views beside its pages."""

from portal.settings import *  # noqa: F403
from portal.settings import INSTALLED_APPS as PORTAL_APPS

INSTALLED_APPS = ["bench", *PORTAL_APPS]
ROOT_URLCONF = "bench.urls"
