package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// knotConfig has no rate limiting module; the journal is off because a zone
// that is only served has none in the other peers either.
const knotConfig = `server:
    rundir: "%[2]s"
    listen: 127.0.0.1@%[1]d
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: "%[2]s/db"
template:
  - id: default
    storage: "%[2]s"
    journal-content: none
    zonefile-load: whole
    zonefile-sync: -1
zone:
  - domain: %[3]s
    file: "%[4]s"
`

func knotPeer() peer {
	return peer{
		name: "knot", program: sbin("knotd"), missing: install("knot"), version: []string{"-V"},
		configure: func(s site) ([]string, error) {
			path := filepath.Join(s.dir, "knot.conf")
			config := fmt.Sprintf(knotConfig, s.port, s.dir, s.zone.origin, s.zone.path)
			return []string{"-c", path}, os.WriteFile(path, []byte(config), 0o644)
		},
	}
}
