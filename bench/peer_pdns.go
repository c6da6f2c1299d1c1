package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// pdnsConfig leaves the caches as they are. The empty security-poll-suffix
// keeps the server from asking the network about itself.
const pdnsConfig = `launch=bind
bind-config=%[2]s/zones.conf
bind-check-interval=0
local-address=127.0.0.1
local-port=%[1]d
receiver-threads=1
distributor-threads=1
daemon=no
guardian=no
write-pid=no
disable-syslog=yes
loglevel=3
socket-dir=%[2]s
api=no
webserver=no
security-poll-suffix=
setuid=
setgid=
`

const pdnsZones = `zone "%s" {
	type master;
	file "%s";
};
`

func pdnsPeer() peer {
	return peer{
		name: "pdns", program: sbin("pdns_server"), missing: install("pdns-server pdns-backend-bind"),
		version: []string{"--version"},
		configure: func(s site) ([]string, error) {
			config := fmt.Sprintf(pdnsConfig, s.port, s.dir)
			if err := os.WriteFile(filepath.Join(s.dir, "pdns.conf"), []byte(config), 0o644); err != nil {
				return nil, err
			}
			zones := fmt.Sprintf(pdnsZones, s.zone.origin[:len(s.zone.origin)-1], s.zone.path)
			return []string{"--config-dir=" + s.dir}, os.WriteFile(filepath.Join(s.dir, "zones.conf"), []byte(zones), 0o644)
		},
	}
}
