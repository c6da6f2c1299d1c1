-- The zones as they are now.
CREATE TABLE zones (
  n         INTEGER PRIMARY KEY,  -- by which its records know it
  id        TEXT NOT NULL UNIQUE, -- UUID
  apex      TEXT NOT NULL,
  key       BLOB NOT NULL UNIQUE, -- the apex in canonical order, as in records
  account   TEXT NOT NULL,
  type      TEXT NOT NULL,
  region    TEXT NOT NULL,
  status    TEXT NOT NULL,
  created   TEXT NOT NULL,
  updated   TEXT NOT NULL,
  soa_names TEXT NOT NULL,        -- MNAME and RNAME
  soa_times TEXT NOT NULL,        -- what stands behind the serial
  soa_ttl   INTEGER NOT NULL,
  settings  TEXT NOT NULL,        -- JSON
  serial    INTEGER NOT NULL,
  head      INTEGER NOT NULL,     -- revision of the last change to it
  records   INTEGER NOT NULL      -- how many, the SOA not counted
) STRICT;

-- The records as they are now, all but the SOA, in the order in which they are
-- served and listed.
CREATE TABLE records (
  zone     INTEGER NOT NULL,
  key      BLOB    NOT NULL, -- the owner's labels from the root outward; 00 ends one
  type     INTEGER NOT NULL,
  pos      INTEGER NOT NULL, -- its place in the RRset
  id       INTEGER NOT NULL,
  owner    TEXT    NOT NULL,
  ttl      INTEGER NOT NULL,
  data     TEXT    NOT NULL, -- presentation form
  disabled INTEGER NOT NULL,
  created  INTEGER NOT NULL, -- unix time in milliseconds
  modified INTEGER NOT NULL,
  note     TEXT,             -- JSON
  PRIMARY KEY (zone, key, type, pos)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX records_by_id ON records (id);

-- The log: who, when and why.
CREATE TABLE changes (
  revision       INTEGER PRIMARY KEY,
  id             TEXT NOT NULL UNIQUE,
  time           TEXT NOT NULL,
  account        TEXT NOT NULL,
  token          TEXT NOT NULL,
  author         TEXT NOT NULL,
  via            TEXT NOT NULL,
  address        TEXT NOT NULL,
  agent          TEXT NOT NULL,
  reason         TEXT NOT NULL,
  reverts        INTEGER NOT NULL,
  request_key    TEXT,
  request_digest TEXT
) STRICT;
CREATE INDEX changes_by_account ON changes (account);
CREATE UNIQUE INDEX changes_by_request ON changes (account, request_key) WHERE request_key IS NOT NULL;

-- What a change did to each of its zones.
CREATE TABLE change_zones (
  revision    INTEGER NOT NULL,
  pos         INTEGER NOT NULL,
  zone        TEXT    NOT NULL, -- UUID
  apex        TEXT    NOT NULL,
  kind        TEXT    NOT NULL, -- update, create or delete
  base        INTEGER NOT NULL,
  serial_from INTEGER NOT NULL,
  serial_to   INTEGER NOT NULL,
  before      TEXT,             -- properties, JSON
  after       TEXT,
  PRIMARY KEY (revision, pos)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_zones_by_zone ON change_zones (zone, revision);

-- What it did to the RRsets of a zone, many to a row.
CREATE TABLE change_sets (
  revision INTEGER NOT NULL,
  pos      INTEGER NOT NULL,
  part     INTEGER NOT NULL,
  sets     TEXT    NOT NULL, -- JSON
  PRIMARY KEY (revision, pos, part)
) STRICT, WITHOUT ROWID;

-- What is no name: accounts, tokens.
CREATE TABLE documents (
  kind    TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  version INTEGER NOT NULL,
  body    BLOB    NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE document_version (last INTEGER NOT NULL) STRICT;
INSERT INTO document_version VALUES (0);

-- Names of RR types, for the views.
CREATE TABLE types (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;

CREATE VIEW current_records AS
SELECT z.apex AS zone, r.owner, r.ttl, coalesce(t.name, 'TYPE' || r.type) AS type, r.data,
       r.disabled, r.note ->> 'comment' AS comment, r.note ->> 'tags' AS tags, r.id,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.created / 1000.0, 'unixepoch') AS created,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.modified / 1000.0, 'unixepoch') AS modified
FROM records r JOIN zones z ON z.n = r.zone LEFT JOIN types t ON t.number = r.type
UNION ALL
SELECT apex, apex, soa_ttl, 'SOA', soa_names || ' ' || serial || ' ' || soa_times,
       0, NULL, NULL, NULL, created, updated
FROM zones WHERE soa_names <> '';

CREATE VIEW history AS
SELECT c.revision, c.time, c.author, c.reason, z.apex AS zone, z.kind, z.serial_from, z.serial_to,
       s.value ->> 'owner' AS owner, s.value ->> 'type' AS type,
       s.value ->> '$.before.ttl' AS before_ttl,
       (SELECT group_concat(value ->> 'data', char(10)) FROM json_each(s.value, '$.before.records')) AS before,
       s.value ->> '$.after.ttl' AS after_ttl,
       (SELECT group_concat(value ->> 'data', char(10)) FROM json_each(s.value, '$.after.records')) AS after
FROM changes c
JOIN change_zones z ON z.revision = c.revision
LEFT JOIN change_sets p ON p.revision = z.revision AND p.pos = z.pos
LEFT JOIN json_each(p.sets) s;
