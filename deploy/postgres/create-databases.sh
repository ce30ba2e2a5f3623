#!/bin/sh
# Creates a login and a database for every deployment that has a password file; run it as often as you like.
#   SECRETS=/etc/gerai/secrets PSQL="runuser -u postgres -- psql" deploy/postgres/create-databases.sh
# The database container runs it by itself at its first start. Passwords are given to psql on its input.
set -eu

secrets=${SECRETS:-/run/secrets}
psql=${PSQL:-psql --username ${POSTGRES_USER:-postgres}}

for file in "$secrets"/*.database_password; do
    deployment=$(basename "$file" .database_password)
    name=$(printf '%s' "$deployment" | tr - _)
    # No shell, process list or log gets to see the password: format() quotes it inside the server.
    $psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres >/dev/null <<SQL
\set password '$(cat "$file")'
SELECT format('CREATE ROLE %I LOGIN', '$name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$name') \gexec
SET log_statement = 'none';
SELECT format('ALTER ROLE %I PASSWORD %L', '$name', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', '$name', '$name')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$name') \gexec
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', '$name') \gexec
SQL
    echo "database $name is there"
done
