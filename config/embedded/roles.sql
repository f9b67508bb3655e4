-- The four roles and the database, for `manage.py up`, the tests and docker-compose.yml alike; harmless to run again.
--
-- The owner makes tables and is used by `migrate` alone. The application serves pages; it owns nothing and is no
-- superuser, so row-level security holds for it. The worker signs: it alone may read private keys, and look for work
-- across issuers (docs/tenancy.md). The auditor reads, for `manage.py fsck`, what migrations let it read. The passwords
-- come from the environment: an argument could be read in the list of processes.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv application_password APPLICATION_PASSWORD
\getenv worker_password WORKER_PASSWORD
\getenv auditor_password AUDITOR_PASSWORD

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['acquis_owner', 'acquis', 'acquis_worker', 'acquis_auditor']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE acquis_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE acquis LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'application_password';
ALTER ROLE acquis_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'worker_password';
ALTER ROLE acquis_auditor LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'auditor_password';
ALTER ROLE acquis_auditor SET default_transaction_read_only = on;

SELECT 'CREATE DATABASE acquis OWNER acquis_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'acquis')
\gexec
\connect acquis
REVOKE ALL ON DATABASE acquis FROM PUBLIC;
GRANT CONNECT ON DATABASE acquis TO acquis, acquis_worker, acquis_auditor;
-- Signed rows come in by COPY, which takes no table with row security: they pass through one of the connection's own.
GRANT TEMPORARY ON DATABASE acquis TO acquis, acquis_worker;
ALTER SCHEMA public OWNER TO acquis_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO acquis, acquis_worker, acquis_auditor;
-- What the owner makes from now on. A migration may take a right away again, hence no GRANT on all tables here; what the
-- worker may do follows from that, and is granted by `manage.py migrate` (issuers/scope/walls.py).
ALTER DEFAULT PRIVILEGES FOR ROLE acquis_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO acquis;
ALTER DEFAULT PRIVILEGES FOR ROLE acquis_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO acquis;
