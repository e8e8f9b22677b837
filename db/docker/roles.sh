#!/bin/sh
# Run once by the PostgreSQL image when its data directory is new: the owner of the schema, the role of the service, and their database.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set owner_password="$(cat /run/secrets/db_owner_password)" \
    --set service_password="$(cat /run/secrets/db_password)" << 'SQL'
create role keyledger_owner login password :'owner_password';
create role keyledger login password :'service_password';
create database keyledger owner keyledger_owner;
revoke all on database keyledger from public;
grant connect on database keyledger to keyledger;
SQL
