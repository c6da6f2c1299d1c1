package sqlite

import _ "embed"

//go:embed schema.sql
var schema string

// migrations lead from each version of the schema to the next one. Those that
// were released are never edited.
var migrations = []string{schema}

// How connections are set up. Every commit reaches the disk before it is
// acknowledged; nothing is mapped into memory.
const (
	sqlWriter = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;
		PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;
		PRAGMA wal_autocheckpoint = 0`
	sqlReader = `PRAGMA query_only = ON; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY`

	sqlVersion  = `PRAGMA user_version`
	sqlBegin    = `BEGIN IMMEDIATE`
	sqlRead     = `BEGIN`
	sqlCommit   = `COMMIT`
	sqlRollback = `ROLLBACK`

	// Moves what it can from the write-ahead log into the file without waiting for readers.
	sqlCheckpoint = `PRAGMA wal_checkpoint(PASSIVE)`
)

const (
	sqlHead       = `SELECT coalesce(max(revision), 0) FROM changes`
	sqlTypesCount = `SELECT count(*) FROM types`
	sqlPutType    = `INSERT INTO types VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name`
)

// What the writer asks and does.
const (
	sqlZoneHead   = `SELECT n, head FROM zones WHERE id = ?`
	sqlApexTaken  = `SELECT id FROM zones WHERE key = ?`
	sqlIDTaken    = `SELECT 1 FROM changes WHERE id = ?`
	sqlKeyTaken   = `SELECT 1 FROM changes WHERE account = ? AND request_key = ?`
	sqlPutChange  = `INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlPutDiff    = `INSERT INTO change_zones VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlPutSets    = `INSERT INTO change_sets VALUES (?, ?, ?, ?)`
	sqlPutZone    = `INSERT INTO zones VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlMoveZone   = `UPDATE zones SET serial = ?, head = ?, records = records + ? WHERE n = ?`
	sqlEditZone   = `UPDATE zones SET account = ?, type = ?, region = ?, status = ?, created = ?, updated = ?, soa_names = ?, soa_times = ?, soa_ttl = ?, settings = ? WHERE n = ?`
	sqlDropZone   = `DELETE FROM zones WHERE n = ?`
	sqlDropAll    = `DELETE FROM records WHERE zone = ?`
	sqlDropSet    = `DELETE FROM records WHERE zone = ? AND key = ? AND type = ?`
	sqlPutRecord  = `INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlGetVersion = `SELECT version FROM documents WHERE kind = ? AND id = ?`
	sqlNextDoc    = `UPDATE document_version SET last = last + 1`
	sqlLastDoc    = `SELECT last FROM document_version`
	sqlPutDoc     = `INSERT INTO documents VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version, body = excluded.body`
	sqlDropDoc    = `DELETE FROM documents WHERE kind = ? AND id = ?`
)

// The columns of a record row, in the order of the columns of recordRow.
const recordColumns = `r.zone, r.key, r.type, r.id, r.owner, r.ttl, r.data, r.disabled, r.created, r.modified, r.note`

// What readers ask.
const (
	sqlZones = `SELECT n, id, apex, account, type, region, status, created, updated, soa_names, soa_times, soa_ttl,
		settings, serial, head, records, (SELECT time FROM changes WHERE revision = head) FROM zones ORDER BY n`
	sqlAllRecords = `SELECT ` + recordColumns + ` FROM records r ORDER BY r.zone, r.key, r.type, r.pos`
	sqlRRset      = `SELECT ` + recordColumns + ` FROM records r
		WHERE r.zone = (SELECT n FROM zones WHERE id = ?) AND r.key = ? AND r.type = ? ORDER BY r.pos`
	sqlRRsetOf = `SELECT ` + recordColumns + ` FROM records r
		WHERE r.zone = ? AND r.key = ? AND r.type = ? ORDER BY r.pos`
	sqlRecord = `SELECT ` + recordColumns + ` FROM records i JOIN records r ON r.zone = i.zone AND r.key = i.key AND r.type = i.type
		WHERE i.id = ? AND i.zone = (SELECT n FROM zones WHERE id = ?) ORDER BY r.pos`
	sqlRRsets  = `SELECT ` + recordColumns + ` FROM records r WHERE r.zone = (SELECT n FROM zones WHERE id = ?)`
	sqlInOrder = ` ORDER BY r.zone, r.key, r.type, r.pos`

	// SQLite plans a query anew whenever a bare parameter stands behind LIMIT or
	// OFFSET, which costs more than the query.
	sqlPart  = sqlFirst + ` OFFSET ? + 0`
	sqlFirst = ` LIMIT ? + 0`

	// The outer loop is over the zones by apex, so that hits come in order
	// without being sorted.
	sqlSearch = `SELECT z.n, z.id, z.apex, r.key, r.type FROM zones z CROSS JOIN records r ON r.zone = z.n
		WHERE z.key >= ? AND (z.key > ? OR (r.key, r.type) > (?, ?))
		AND (r.owner LIKE ? ESCAPE '\' OR r.data LIKE ? ESCAPE '\') ORDER BY z.key, r.key, r.type`

	sqlChanges = `SELECT c.revision, c.id, c.time, c.account, c.token, c.author, c.via, c.address, c.agent, c.reason,
		c.reverts, c.request_key, c.request_digest FROM changes c`
	sqlDiffs = `SELECT pos, zone, apex, kind, base, serial_from, serial_to, before, after FROM change_zones WHERE revision = ?`
	sqlSets  = `SELECT sets FROM change_sets WHERE revision = ? AND pos = ? ORDER BY part`

	sqlGetDoc = `SELECT version, body FROM documents WHERE kind = ? AND id = ?`
	sqlDocs   = `SELECT id, version, body FROM documents WHERE kind = ? ORDER BY id`
)
