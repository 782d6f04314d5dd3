-- +goose Up
-- One schema for SQLite and PostgreSQL. Times are milliseconds since 1970 (UTC);
-- BYTEA holds gzip; every table that belongs to somebody carries the tenant.

CREATE TABLE tenants (
	id         TEXT   PRIMARY KEY,
	name       TEXT   NOT NULL UNIQUE,
	turn       BIGINT NOT NULL DEFAULT 0,
	created_at BIGINT NOT NULL
);

CREATE TABLE keys (
	id           TEXT   PRIMARY KEY,
	tenant_id    TEXT   NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
	name         TEXT   NOT NULL,
	hash         TEXT   NOT NULL UNIQUE,
	head         TEXT   NOT NULL,
	tail         TEXT   NOT NULL,
	scope        TEXT   NOT NULL,
	created_at   BIGINT NOT NULL,
	expires_at   BIGINT NOT NULL DEFAULT 0,
	revoked_at   BIGINT NOT NULL DEFAULT 0,
	last_used_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX keys_by_tenant ON keys (tenant_id, created_at);

CREATE TABLE scans (
	id            TEXT   PRIMARY KEY,
	tenant_id     TEXT   NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
	url           TEXT   NOT NULL,
	method        TEXT   NOT NULL,
	status        TEXT   NOT NULL,
	turn          BIGINT NOT NULL,
	ticket        BIGINT NOT NULL DEFAULT 0,
	attempt       BIGINT NOT NULL DEFAULT 0,
	sealed        BYTEA,
	created_at    BIGINT NOT NULL,
	started_at    BIGINT NOT NULL DEFAULT 0,
	completed_at  BIGINT NOT NULL DEFAULT 0,
	overall       BIGINT,
	grade         TEXT   NOT NULL DEFAULT '',
	error_code    TEXT   NOT NULL DEFAULT '',
	error_message TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX scans_by_tenant ON scans (tenant_id, id);
CREATE INDEX scans_by_turn ON scans (status, turn, id);
CREATE INDEX scans_by_ticket ON scans (ticket);

CREATE TABLE reports (
	scan_id   TEXT  PRIMARY KEY REFERENCES scans (id) ON DELETE CASCADE,
	tenant_id TEXT  NOT NULL,
	report    BYTEA NOT NULL,
	recording BYTEA NOT NULL
);

CREATE TABLE idempotency (
	tenant_id  TEXT   NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
	token      TEXT   NOT NULL,
	digest     TEXT   NOT NULL,
	scan_id    TEXT   NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, token)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- +goose Down
DROP TABLE idempotency;
DROP TABLE reports;
DROP TABLE scans;
DROP TABLE keys;
DROP TABLE tenants;
