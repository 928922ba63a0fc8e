-- Roles, database and limits, made once by a superuser of PostgreSQL 14 or newer:
--   OWNER_PASSWORD=… APP_PASSWORD=… BACKUP_PASSWORD=… psql --file=docs/deploy/roles.sql
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv backup_password BACKUP_PASSWORD

-- Owns the tables, migrates and restores; nothing that serves people signs in as this one.
CREATE ROLE bagalau_owner LOGIN PASSWORD :'owner_password';
-- Serves people. Its rights are printed by `bagalau database grants`.
CREATE ROLE bagalau_app LOGIN PASSWORD :'app_password';
-- Reads everything: backups, and verifying the trail.
CREATE ROLE bagalau_backup LOGIN PASSWORD :'backup_password';

-- The clean-up after what hangs. An act takes milliseconds, a large page a second.
ALTER ROLE bagalau_app SET statement_timeout = '60s';
ALTER ROLE bagalau_app SET lock_timeout = '30s';
ALTER ROLE bagalau_app SET idle_in_transaction_session_timeout = '5min';

CREATE DATABASE bagalau OWNER bagalau_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE bagalau FROM PUBLIC;
GRANT CONNECT ON DATABASE bagalau TO bagalau_app, bagalau_backup;
\connect bagalau
-- Before PostgreSQL 15 everybody could make tables there.
ALTER SCHEMA public OWNER TO bagalau_owner;
