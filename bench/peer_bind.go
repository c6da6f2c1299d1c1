package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// bindConfig serves one zone and nothing else: no recursion, no control
// channel, no notifies, no rate limiting.
const bindConfig = `options {
	directory "%[2]s";
	pid-file "%[2]s/named.pid";
	session-keyfile "%[2]s/session.key";
	managed-keys-directory "%[2]s";
	lock-file none;
	listen-on port %[1]d { 127.0.0.1; };
	listen-on-v6 { none; };
	recursion no;
	dnssec-validation no;
	empty-zones-enable no;
	minimal-responses yes;
	allow-transfer { none; };
	notify no;
};
controls { };
zone "%[3]s" {
	type primary;
	file "%[4]s";
};
`

func bindPeer() peer {
	return peer{
		name: "bind", program: sbin("named"), missing: install("bind9"), version: []string{"-v"},
		configure: func(s site) ([]string, error) {
			path := filepath.Join(s.dir, "named.conf")
			config := fmt.Sprintf(bindConfig, s.port, s.dir, s.zone.origin, s.zone.path)
			return []string{"-g", "-n", "1", "-c", path}, os.WriteFile(path, []byte(config), 0o644)
		},
	}
}
