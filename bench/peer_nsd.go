package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// nsdConfig turns off response rate limiting and the database file, and turns
// on minimal responses: the other peers leave out the apex NS set too.
const nsdConfig = `server:
	server-count: 1
	ip-address: 127.0.0.1
	port: %[1]d
	do-ip6: no
	username: ""
	chroot: ""
	zonesdir: "%[2]s"
	database: ""
	pidfile: "%[2]s/nsd.pid"
	xfrdfile: "%[2]s/xfrd.state"
	xfrdir: "%[2]s"
	zonelistfile: "%[2]s/zone.list"
	cookie-secret-file: "%[2]s/cookie"
	rrl-ratelimit: 0
	minimal-responses: yes
	tcp-count: 100
	verbosity: 0
remote-control:
	control-enable: no
zone:
	name: "%[3]s"
	zonefile: "%[4]s"
`

func nsdPeer() peer {
	return peer{
		name: "nsd", program: sbin("nsd"), missing: install("nsd"), version: []string{"-v"},
		configure: func(s site) ([]string, error) {
			path := filepath.Join(s.dir, "nsd.conf")
			config := fmt.Sprintf(nsdConfig, s.port, s.dir, s.zone.origin, s.zone.path)
			return []string{"-d", "-c", path}, os.WriteFile(path, []byte(config), 0o644)
		},
	}
}
