"""The portal for an ASGI server. The pages are synchronous; WSGI is what we run and measure."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_asgi_application()
