package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// pdnsStoreConfig is PowerDNS with SQLite as Debian sets it up, with its API.
// Its journal and durability are left as they are: WAL, synchronous FULL. It is
// told not to go over the whole zone after each change, which only DNSSEC needs.
const pdnsStoreConfig = `launch=gsqlite3
gsqlite3-database=%[3]s/pdns.db
gsqlite3-dnssec=no
local-address=127.0.0.1
local-port=%[1]d
webserver=yes
webserver-address=127.0.0.1
webserver-port=%[2]d
webserver-allow-from=127.0.0.1/32
webserver-loglevel=none
api=yes
api-key=%[4]s
default-api-rectify=no
daemon=no
guardian=no
write-pid=no
disable-syslog=yes
loglevel=3
socket-dir=%[3]s
security-poll-suffix=
setuid=
setgid=
`

// pdnsSchema is where the packages put it.
const pdnsSchema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"

func pdnsStorePeer() peer {
	p := pdnsPeer()
	p.missing = install("pdns-server pdns-backend-sqlite3 sqlite3")
	p.configure = func(s site) ([]string, error) {
		config := fmt.Sprintf(pdnsStoreConfig, s.port, s.http, s.dir, secret)
		return []string{"--config-dir=" + s.dir}, os.WriteFile(filepath.Join(s.dir, "pdns.conf"), []byte(config), 0o600)
	}
	return p
}

// fillPDNS makes the database and loads the zones, with a serial that moves
// with every change, as zones have it that are made through the API.
func fillPDNS(ctx context.Context, s site, zones []zoneFile) error {
	schema, err := os.ReadFile(pdnsSchema)
	if err != nil {
		return fmt.Errorf("%w: %s", err, install("pdns-backend-sqlite3"))
	}
	if err := command(ctx, schema, "sqlite3", filepath.Join(s.dir, "pdns.db")); err != nil {
		return err
	}
	for _, z := range zones {
		name := strings.TrimSuffix(z.origin, ".")
		for _, args := range [][]string{{"load-zone", name, z.path}, {"set-meta", name, "SOA-EDIT-API", "DEFAULT"}} {
			if err := command(ctx, nil, append([]string{"pdnsutil", "--config-dir=" + s.dir}, args...)...); err != nil {
				return err
			}
		}
	}
	return nil
}
