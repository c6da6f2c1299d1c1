package internet

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

// Token opens the API of a Truename that is started here.
const Token = "a-secret-of-the-private-internet"

// Settings are what a Truename on an Internet is started with, beside what it needs to
// know of it.
type Settings struct {
	Zones []subject.Zone // of its own, from files
	Args  []string
	Env   []string
}

// StartTruename starts our binary, which is to find everything from the root hints.
func (n *Internet) StartTruename(t testing.TB, s Settings) *Program {
	t.Helper()
	binary, err := subject.Binary()
	if err != nil {
		t.Fatal(err)
	}
	p := newProgram(t)
	if p.HTTP, err = freeAddr(); err != nil {
		t.Fatal(err)
	}
	zones := filepath.Join(p.dir, "zones")
	if err := writeZones(zones, s.Zones); err != nil {
		t.Fatal(err)
	}
	p.args = append([]string{binary, "serve",
		"--data", filepath.Join(p.dir, "data"), "--zones", zones, "--dns", p.Addr, "--http", p.HTTP, "--rrl=off",
		"--root-hints", n.Hints, "--resolver-port", strconv.Itoa(int(n.Port))}, s.Args...)
	p.env = append(s.Env, "TRUENAME_ADMIN_TOKEN="+Token)
	client := http.Client{Timeout: time.Second}
	p.ready = func() error {
		reply, err := client.Get("http://" + p.HTTP + "/readyz")
		if err != nil {
			return err
		}
		defer reply.Body.Close()
		if reply.StatusCode != http.StatusOK {
			return fmt.Errorf("/readyz answers %s", reply.Status)
		}
		return nil
	}
	p.launch(t)
	return p
}

func writeZones(dir string, zones []subject.Zone) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, z := range zones {
		if err := os.WriteFile(filepath.Join(dir, z.Origin+"zone"), []byte(z.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// unboundConfig is an unbound as it is run, except that it may ask loopback, knows of no
// special names, and does not validate.
const unboundConfig = `server:
	interface: %[1]s@%[2]s
	port: %[2]s
	do-daemonize: no
	use-syslog: no
	username: ""
	chroot: ""
	directory: %[3]q
	pidfile: ""
	module-config: "iterator"
	do-ip6: no
	do-not-query-localhost: no
	root-hints: %[4]q
	num-threads: 1
	unblock-lan-zones: yes
	local-zone: "test." nodefault
%[5]s
remote-control:
	control-enable: no
`

// StartUnbound starts unbound from Debian's packages over the same root hints. It finds
// authorities at port 53 only. extra are lines of its server clause.
func (n *Internet) StartUnbound(t testing.TB, extra string) *Program {
	t.Helper()
	NeedPort53(t)
	binary, err := exec.LookPath("unbound")
	if err != nil {
		t.Skip("unbound is not installed: apt-get install unbound (or scripts/install-test-deps.sh)")
	}
	p := newProgram(t)
	host, port, err := net.SplitHostPort(p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.dir, "unbound.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, unboundConfig, host, port, p.dir, n.Hints, extra), 0o600); err != nil {
		t.Fatal(err)
	}
	p.args = []string{binary, "-c", file}
	p.ready = func() error {
		_, err := dns.Exchange(new(dns.Msg).SetQuestion(".", dns.TypeNS), p.Addr)
		return err
	}
	p.launch(t)
	return p
}

// newProgram has a directory and an address for DNS.
func newProgram(t testing.TB) *Program {
	t.Helper()
	p := &Program{dir: t.TempDir()}
	var err error
	if p.Addr, err = freeAddr(); err != nil {
		t.Fatal(err)
	}
	return p
}
