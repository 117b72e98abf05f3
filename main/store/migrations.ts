/**
 * Forward only; the number is the position, written to `user_version`. A step that was released is never edited and
 * imports nothing, so that it means the same forever. Each runs in one transaction after a backup.
 */
export const migrations: readonly string[] = [
  // 1: first release
  `
  CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;

  CREATE TABLE platform (
    system_code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    origins TEXT NOT NULL
  ) STRICT;

  CREATE TABLE site_grant (
    id TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    system_code TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    last_used_at TEXT
  ) STRICT;
  CREATE INDEX site_grant_origin ON site_grant (origin, system_code);

  CREATE TABLE grant_token (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    grant_id TEXT NOT NULL REFERENCES site_grant (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX grant_token_grant ON grant_token (grant_id);

  CREATE TABLE seal (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    width_mm REAL NOT NULL,
    height_mm REAL NOT NULL,
    media_type TEXT NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg')),
    picture BLOB NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE user_driver (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE document (
    id TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES site_grant (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX document_grant ON document (grant_id);

  CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    entry TEXT NOT NULL CHECK (entry IN ('intent', 'outcome')),
    origin TEXT NOT NULL,
    system_code TEXT NOT NULL,
    certificate_serial TEXT NOT NULL,
    digest TEXT NOT NULL,
    title TEXT NOT NULL,
    outcome TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER journal_keeps_content BEFORE UPDATE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  `,
]
