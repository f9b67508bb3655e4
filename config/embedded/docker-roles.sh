#!/bin/sh
# Run once by the PostgreSQL image, when its volume is empty: the same roles as `manage.py up` makes.
set -eu
secrets=${SECRETS:-/run/secrets}
OWNER_PASSWORD=$(cat "$secrets/database_owner")
APPLICATION_PASSWORD=$(cat "$secrets/database_application")
WORKER_PASSWORD=$(cat "$secrets/database_worker")
AUDITOR_PASSWORD=$(cat "$secrets/database_auditor")
export OWNER_PASSWORD APPLICATION_PASSWORD WORKER_PASSWORD AUDITOR_PASSWORD
exec psql --no-psqlrc --quiet --username postgres --dbname postgres --file "${ROLES:-/etc/acquis/roles.sql}"
