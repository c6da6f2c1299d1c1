package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/truename-dns/truename/"

// floors is the plan of the house (docs/ARCHITECTURE.md): a room may import
// rooms of lower floors only, or its own parent. Within floor 1 the order is
// that of the list.
var floors = []struct {
	room  string
	floor int
}{
	{"internal/dns/code", 1},
	{"internal/dns/dname", 1},
	{"internal/dns/cookie", 1},
	{"internal/clock", 1},
	{"internal/dns/rr", 2},
	{"internal/dns/wire", 3},
	{"internal/dns/zonefile", 3},
	{"internal/net/listen", 4},
	{"internal/net/exchange", 4},
	{"internal/stats", 4},
	{"internal/zone", 3},
	{"internal/change", 4},
	{"internal/store", 5},
	{"internal/store/sqlite", 6},
	{"internal/store/storetest", 6},
	{"internal/cache", 5},
	{"internal/resolver/message", 4},
	{"internal/resolver/local", 5},
	{"internal/resolver/pace", 5},
	{"internal/resolver", 6},
	{"internal/access", 6},
	{"internal/access/password", 5},
	{"internal/access/people/passkeytest", 5},
	{"internal/access/people", 7},
	{"internal/zone/graph", 5},
	{"internal/zone/lint/form", 3},
	{"internal/zone/lint/finding", 4},
	{"internal/zone/lint/reach", 4},
	{"internal/zone/lint", 5},
	{"internal/zone/load", 6},
	{"internal/answer", 6},
	{"internal/serve", 7},
	{"internal/work/files", 8},
	{"internal/work/alias", 8},
	{"internal/work/traffic", 8},
	{"internal/change/flatten", 5},
	{"internal/doctor/handshake", 4},
	{"internal/doctor/servers", 7},
	{"internal/doctor/propagation", 8},
	{"internal/doctor", 9},
	{"internal/control/fault", 6},
	{"internal/control/held", 6},
	{"internal/control/request", 6},
	{"internal/control/checks", 7},
	{"internal/control/merge", 7},
	{"internal/control/past", 7},
	{"internal/control/plans", 7},
	{"internal/control/shape", 7},
	{"internal/control/text", 7},
	{"internal/control", 8},
	{"internal/face/health", 8},
	{"internal/face/porch", 8},
	{"internal/face/web", 8},
	{"internal/face/v1/envelope", 9},
	{"internal/face/v1/form", 10},
	{"internal/face/v1/call", 11},
	{"internal/face/v1/checks", 12},
	{"internal/face/v1/explain", 12},
	{"internal/face/v1/people", 12},
	{"internal/face/v1/targets", 12},
	{"internal/face/v1/usage", 12},
	{"internal/face/v1", 13},
	{"internal/face/cloudflare/content", 7},
	{"internal/face/cloudflare/envelope", 9},
	{"internal/face/cloudflare", 10},
	{"internal/app", 14},
	{"internal/cli/term", 4},
	{"internal/cli/login", 4},
	{"internal/cli/term/termtest", 5},
	{"internal/cli/verb", 5},
	{"internal/cli/man", 6},
	{"internal/cli/remote", 6},
	{"internal/cli/look", 7},
	{"internal/cli/offline", 7},
	{"internal/cli", 15},
	{"cmd/truename", 16},
}

// walls are imports that no floor allows: from the room, of what, and why.
var walls = []struct{ room, not, why string }{
	{"internal/answer", "internal/dns/wire", "an answer knows no message: it collects, serve encodes"},
	{"internal/net/listen", "internal/dns/", "sockets move octets and know no DNS"},
	{"internal/serve", "internal/work/", "queries and changes meet in zone.Set only"},
	{"internal/serve", "internal/control", "queries and changes meet in zone.Set only"},
	{"internal/control", "internal/serve", "queries and changes meet in zone.Set only"},
	{"internal/face/", "internal/zone/load", "faces never read files of zones"},
	{"internal/face/", "internal/store", "faces speak control's commands, never the store's"},
}

// libraries are the only rooms that may import a foreign DNS library outside of tests.
var libraries = []string{"internal/dns/rr"}

type room struct {
	ImportPath string
	Imports    []string
}

func rooms(t *testing.T) []room {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./internal/...", "./cmd/...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []room
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var r room
		switch err := dec.Decode(&r); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		r.ImportPath = strings.TrimPrefix(r.ImportPath, module)
		all = append(all, r)
	}
}

func floorOf(name string) int {
	for _, f := range floors {
		if f.room == name {
			return f.floor
		}
	}
	return 0
}

func TestEveryRoomImportsLowerFloorsOnly(t *testing.T) {
	for _, r := range rooms(t) {
		mine := floorOf(r.ImportPath)
		if mine == 0 {
			if r.ImportPath != "internal" {
				t.Errorf("%s has no floor: put it into the table and into docs/ARCHITECTURE.md", r.ImportPath)
			}
			continue
		}
		for _, i := range r.Imports {
			other, ours := strings.CutPrefix(i, module)
			if !ours {
				continue
			}
			if f := floorOf(other); f >= mine {
				t.Errorf("%s (floor %d) imports %s (floor %d): a room imports lower floors only", r.ImportPath, mine, other, f)
			}
		}
	}
}

func TestNothingCrossesAWall(t *testing.T) {
	for _, r := range rooms(t) {
		for _, w := range walls {
			if !strings.HasPrefix(r.ImportPath, w.room) {
				continue
			}
			for _, i := range r.Imports {
				if strings.HasPrefix(i, module+w.not) {
					t.Errorf("%s imports %s: %s", r.ImportPath, i, w.why)
				}
			}
		}
	}
}

func TestForeignDNSLibrariesStayInside(t *testing.T) {
	for _, r := range rooms(t) {
		for _, i := range r.Imports {
			if strings.HasPrefix(i, "github.com/miekg/dns") && !inside(r.ImportPath, libraries) {
				t.Errorf("%s imports %s: only %v may, so that it can be replaced type by type", r.ImportPath, i, libraries)
			}
		}
	}
}

func inside(name string, list []string) bool {
	for _, l := range list {
		if name == l {
			return true
		}
	}
	return false
}
