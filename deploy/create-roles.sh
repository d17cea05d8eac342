#!/bin/sh
# Run once by the postgres image when it makes the cluster: the owner migrates, the run-time role owns nothing.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 \
  --set owner_password="$OWNER_PASSWORD" --set runtime_password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE ansim_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE ansim LOGIN PASSWORD :'runtime_password';
CREATE DATABASE ansim OWNER ansim_owner;
SQL
