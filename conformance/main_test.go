// Package conformance runs cases made by others, scenarios by RFC and section, and
// generated zones against Truename and, with -subject, against its peers.
package conformance

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/reply"
	"github.com/truename-dns/truename/conformance/subject"
)

var subjectName = flag.String("subject", "truename", "server under test: truename, nsd, knot or bind")

func TestMain(m *testing.M) {
	flag.Parse()
	if _, err := subject.ParseKind(*subjectName); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(subject.Main(m))
}

// underTest is the implementation chosen with -subject.
func underTest(t testing.TB) subject.Kind {
	t.Helper()
	kind, err := subject.ParseKind(*subjectName)
	if err != nil {
		t.Fatal(err)
	}
	return kind
}

// caseFile finds a file of third-party cases below TRUENAME_CASES, default ../shared/data
// beside the repository, and skips the test where it is absent.
func caseFile(t testing.TB, parts ...string) string {
	t.Helper()
	dir := os.Getenv("TRUENAME_CASES")
	if dir == "" {
		root, err := subject.Root()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(root, "..", "shared", "data")
	}
	path := filepath.Join(append([]string{dir}, parts...)...)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is absent: set TRUENAME_CASES to the directory of the third-party cases", path)
	}
	return path
}

// readCases reads a file of one JSON object a line.
func readCases[T any](t testing.TB, path string) []T {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 16<<20)
	var cases []T
	for scanner.Scan() {
		var one T
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatalf("%s, line %d: %v", path, len(cases)+1, err)
		}
		cases = append(cases, one)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

// plainQuery has neither RD nor EDNS.
func plainQuery(name string, qtype uint16) *dns.Msg {
	query := new(dns.Msg).SetQuestion(name, qtype)
	query.RecursionDesired = false
	return query
}

// recordedReply is a reply as the case files write it down.
type recordedReply struct {
	Servers    []string `json:"servers"`
	Rcode      string   `json:"rcode"`
	Flags      []string `json:"flags"`
	Answer     []string `json:"answer"`
	Authority  []string `json:"authority"`
	Additional []string `json:"additional"`
}

func (r recordedReply) reply() reply.Reply {
	out := reply.Reply{
		Rcode: r.Rcode, Answer: reply.Lines(r.Answer),
		Authority: reply.Lines(r.Authority), Additional: reply.Lines(r.Additional),
	}
	for _, flag := range r.Flags {
		out.AA = out.AA || flag == "AA"
		out.TC = out.TC || flag == "TC"
	}
	return out
}
