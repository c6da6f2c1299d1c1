package subject

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

var twoZones = []Zone{
	{"one.example.", "$ORIGIN one.example.\n@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n"},
	{"two.example.", "$ORIGIN two.example.\n@ 60 IN SOA ns h 2 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.2\n"},
}

func TestEveryPeerServesBothZonesOverUDPAndTCP(t *testing.T) {
	for _, kind := range []Kind{NSD, Knot, BIND} {
		t.Run(string(kind), func(t *testing.T) {
			server := Start(t, kind, twoZones)
			for _, network := range []string{"udp", "tcp"} {
				for _, zone := range twoZones {
					expectAddress(t, server, network, "ns."+zone.Origin)
				}
			}
		})
	}
}

func TestChangedZonesAreAnsweredFromThen(t *testing.T) {
	for _, kind := range []Kind{Truename, NSD, Knot, BIND} {
		t.Run(string(kind), func(t *testing.T) {
			server := Start(t, kind, twoZones)
			changed := Zone{twoZones[0].Origin, strings.Replace(twoZones[0].Text, "ns h 1 2", "ns h 7 2", 1) + "new 60 IN A 192.0.2.7\n"}
			if err := server.Change(changed); err != nil {
				t.Fatal(err)
			}
			expectAddress(t, server, "udp", "new.one.example.")
			expectAddress(t, server, "udp", "ns.two.example.")
		})
	}
}

func TestZonesWithoutSerialAreNotChanged(t *testing.T) {
	server := &Server{}
	if err := server.Change(Zone{"one.example.", "www.one.example. A 192.0.2.1\n"}); err == nil || !strings.Contains(err.Error(), "no SOA") {
		t.Errorf("got %v", err)
	}
}

func expectAddress(t *testing.T, server *Server, network, name string) {
	t.Helper()
	query := new(dns.Msg).SetQuestion(name, dns.TypeA)
	reply, err := server.Ask(network, query)
	if err != nil {
		t.Fatalf("%s %s over %s: %v", server.Kind, name, network, err)
	}
	if len(reply.Answer) != 1 || !reply.Authoritative {
		t.Errorf("%s %s over %s: got %v, want one address with AA", server.Kind, name, network, reply)
	}
}

func TestStopLeavesNeitherPortNorDirectory(t *testing.T) {
	if !Installed(NSD) {
		t.Skip("nsd is not installed: apt-get install nsd")
	}
	server, err := launch(NSD, twoZones)
	if err != nil {
		t.Fatal(err)
	}
	server.stopAndReport(t)
	if _, err := os.Stat(server.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("directory %s is still there", server.dir)
	}
	conn, err := net.ListenPacket("udp", server.Addr)
	if err != nil {
		t.Fatalf("port is still taken: %v", err)
	}
	conn.Close()
}

func TestFreePortsAreDistinct(t *testing.T) {
	ports, err := freePorts(8)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, port := range ports {
		if seen[port] {
			t.Errorf("port %d twice in %v", port, ports)
		}
		seen[port] = true
	}
}

func TestExchangeReportsSilence(t *testing.T) {
	mute, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	port := mute.LocalAddr().(*net.UDPAddr).Port
	server := &Server{Addr: "127.0.0.1:" + strconv.Itoa(port)}
	if _, err := server.Exchange("udp", []byte{1, 2}, 20*time.Millisecond); !errors.Is(err, ErrNoReply) {
		t.Errorf("got %v, want ErrNoReply", err)
	}
}

func TestNamesOfKindsAndFiles(t *testing.T) {
	if kind, err := ParseKind("knot"); kind != Knot || err != nil {
		t.Errorf("knot: %v %v", kind, err)
	}
	if _, err := ParseKind("djbdns"); err == nil {
		t.Error("djbdns: want an error that lists the kinds")
	}
	for origin, want := range map[string]string{".": "root.zone", "a.example.": "a.example.zone"} {
		if got := fileName(origin); got != want {
			t.Errorf("%s: got %s, want %s", origin, got, want)
		}
	}
}

func TestRootHoldsTheModule(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "conformance", "subject")); err != nil {
		t.Error(err)
	}
}
