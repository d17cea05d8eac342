# Ansim Seoul for production. No step runs the portal as root; docs/deploy.md says how to use the image.

FROM node:22-bookworm-slim AS packages
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/base.txt requirements/base.txt
RUN /venv/bin/pip install --require-hashes -r requirements/base.txt
WORKDIR /app
COPY . .
COPY --from=packages /build/node_modules node_modules
RUN /venv/bin/python -c "from portal.local import frontend; frontend.lay_out(frontend.VENDOR)" \
 && /venv/bin/python -m portal.local.messages \
 && rm -r node_modules tests
# DEMO stands in for the secrets, which collecting files does not use; STATE_DIR holds the result.
RUN DEMO=1 STATE_DIR=/app/state /venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin portal \
 && install -d -o portal -g portal /files
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=portal.settings \
    STATE_DIR=/app/state MEDIA_ROOT=/files
WORKDIR /app
USER portal
VOLUME /files
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "8", "--no-access-log", "portal.wsgi:application"]
