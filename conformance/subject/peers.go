package subject

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/miekg/dns"
)

// Identity and Version are what every subject is told to say of itself where it can be told.
const (
	Identity = "conformance"
	Version  = "conformance 1"
)

// writeConfig puts text into the directory of the plan and returns its path.
func writeConfig(p plan, name, text string) (string, error) {
	path := filepath.Join(p.dir, name)
	return path, os.WriteFile(path, []byte(text), 0o644)
}

// command resolves the binary of a peer before it is run.
func command(kind Kind, args ...string) (*exec.Cmd, error) {
	path, err := lookPath(debianPackage[kind].binary)
	if err != nil {
		return nil, err
	}
	return exec.Command(path, args...), nil
}

// answersForAll asks for the SOA of every zone: a peer loads zones after it has begun to listen.
func answersForAll(server *Server, zones []Zone) error {
	client := server.client()
	for _, zone := range zones {
		query := new(dns.Msg)
		query.SetQuestion(zone.Origin, dns.TypeSOA)
		query.RecursionDesired = false
		reply, _, err := client.Exchange(query, server.Addr)
		if err != nil {
			return err
		}
		if reply.Rcode != dns.RcodeSuccess {
			return fmt.Errorf("zone %s: %s", zone.Origin, dns.RcodeToString[reply.Rcode])
		}
	}
	return nil
}

type nsdLauncher struct{}

func (nsdLauncher) prepare(p plan) (*exec.Cmd, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `server:
  ip-address: 127.0.0.1@%d
  server-count: 1
  username: ""
  chroot: ""
  database: ""
  zonesdir: %s
  pidfile: %s
  xfrdfile: %s
  zonelistfile: %s
  identity: %s
  version: %s
  nsid: "ascii_%s"
  rrl-ratelimit: 0
  minimal-responses: no
remote-control:
  control-enable: no
`, p.port, quote(p.dir), quote(p.dir+"/pid"), quote(p.dir+"/xfrd"), quote(p.dir+"/list"),
		quote(Identity), quote(Version), Identity)
	for _, zone := range p.zones {
		fmt.Fprintf(&b, "zone:\n  name: %s\n  zonefile: %s\n", quote(zone.Origin), quote(p.zoneFile(zone)))
	}
	path, err := writeConfig(p, "nsd.conf", b.String())
	if err != nil {
		return nil, err
	}
	return command(NSD, "-d", "-c", path)
}

func (nsdLauncher) ready(server *Server, zones []Zone) error { return answersForAll(server, zones) }

type knotLauncher struct{}

func (knotLauncher) prepare(p plan) (*exec.Cmd, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `server:
    rundir: %s
    listen: 127.0.0.1@%d
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    identity: %s
    version: %s
    nsid: %s
control:
    listen: knot.sock
database:
    storage: %s
log:
  - target: stderr
    any: warning
template:
  - id: default
    journal-content: none
    semantic-checks: off
zone:
`, quote(p.dir), p.port, quote(Identity), quote(Version), quote(Identity), quote(p.dir))
	for _, zone := range p.zones {
		fmt.Fprintf(&b, "  - domain: %s\n    file: %s\n", quote(zone.Origin), quote(p.zoneFile(zone)))
	}
	path, err := writeConfig(p, "knot.conf", b.String())
	if err != nil {
		return nil, err
	}
	return command(Knot, "-c", path)
}

func (knotLauncher) ready(server *Server, zones []Zone) error { return answersForAll(server, zones) }

type bindLauncher struct{}

func (bindLauncher) prepare(p plan) (*exec.Cmd, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `options {
	directory %s;
	listen-on port %d { 127.0.0.1; };
	listen-on-v6 { none; };
	pid-file none;
	session-keyfile none;
	lock-file none;
	recursion no;
	allow-query { any; };
	allow-transfer { none; };
	dnssec-validation no;
	notify no;
	empty-zones-enable no;
	check-names primary ignore;
	check-integrity no;
	check-wildcard no;
	version %s;
	server-id %s;
	hostname %s;
};
controls { };
`, quote(p.dir), p.port, quote(Version), quote(Identity), quote(Identity))
	for _, zone := range p.zones {
		fmt.Fprintf(&b, "zone %s { type primary; file %s; };\n", quote(zone.Origin), quote(p.zoneFile(zone)))
	}
	path, err := writeConfig(p, "named.conf", b.String())
	if err != nil {
		return nil, err
	}
	return command(BIND, "-g", "-n", "1", "-c", path)
}

func (bindLauncher) ready(server *Server, zones []Zone) error { return answersForAll(server, zones) }
