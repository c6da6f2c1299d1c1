package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// What people ask in the shell, and what they see.
var views = []struct{ name, sql, want string }{
	{"the records", `SELECT zone, owner, ttl, type, data, disabled, comment FROM current_records ORDER BY id`,
		"example.net.|example.net.|300|SOA|ns.example.net. host.example.net. 2 7200 3600 1209600 300|0|\n" +
			"example.net.|host0000000.example.net.|300|A|10.0.0.0|0|\n" +
			"example.net.|host0000001.example.net.|60|CNAME|other.example.|0|moved by \"hand\"\n" +
			"example.net.|x.example.net.|5|TYPE65280|\\# 1 07|1|"},
	{"times", `SELECT created, modified FROM current_records WHERE type = 'CNAME'`, "2026-01-02T03:04:05.678Z|2026-01-02T03:04:06.000Z"},
	{"the history", `SELECT revision, author, reason, zone, kind, serial_from, serial_to, owner, type, before_ttl, before, after_ttl, after FROM history WHERE revision = 2`,
		"2|ann|a reason|example.net.|update|1|2|host0000001.example.net.|A|300|10.0.0.1||\n" +
			"2|ann|a reason|example.net.|update|1|2|host0000001.example.net.|CNAME|||60|other.example.\n" +
			"2|ann|a reason|example.net.|update|1|2|x.example.net.|TYPE65280|||5|\\# 1 07"},
	{"a change without records", `SELECT revision, zone, kind, owner, type FROM history WHERE zone = 'empty.example.'`, "3|empty.example.|create||"},
	{"whoever has pointed somewhere", `SELECT owner FROM history WHERE after LIKE '%other.example.%'`, "host0000001.example.net."},
}

func TestViews(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	defer mustClose(t, s)
	writeViewed(t, s)
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			err := s.points.with(t.Context(), func(c *conn) error {
				var lines []string
				err := c.each(func(r row) error {
					lines = append(lines, rowText(r))
					return nil
				}, v.sql)
				if got := strings.Join(lines, "\n"); got != v.want {
					t.Errorf("got\n%s", got)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Run("in the shell, beside the server", func(t *testing.T) {
		if _, err := exec.LookPath("sqlite3"); err != nil {
			t.Skip("sqlite3 is not installed")
		}
		for _, v := range views {
			out, err := exec.Command("sqlite3", "-readonly", filepath.Join(dir, fileName), v.sql).CombinedOutput()
			if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != v.want {
				t.Errorf("%s: %v\n%s", v.name, err, got)
			}
		}
	})
}

func rowText(r row) string {
	var cells []string
	for _, cell := range r {
		if cell == nil {
			cell = ""
		}
		cells = append(cells, fmt.Sprint(cell))
	}
	return strings.Join(cells, "|")
}

// writeViewed writes what the views show.
func writeViewed(t *testing.T, s *Store) {
	t.Helper()
	c := bigZone(t, dname.MustParse("example.net."), 2, 1)
	mustAppend(t, s, c)
	z, at := c.Zones[0], time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	before := z.Sets[1].After
	target := append(dname.Name{5}, "other\x07example\x00"...)
	after := change.RRset{Owner: before.Owner, Type: rr.TypeCNAME, TTL: 60, Records: []change.Record{
		{ID: 3, Data: target, Created: at.UnixMilli(), Modified: at.UnixMilli() + 322, Note: change.Note{Comment: `moved by "hand"`}}}}
	odd := change.RRset{Owner: dname.MustParse("x.example.net."), Type: 65280, TTL: 5, Records: []change.Record{{ID: 4, Data: []byte{7}, Disabled: true}}}
	mustAppend(t, s, &change.Change{ID: "edit", Time: at, Reason: "a reason", Origin: change.Origin{Author: "ann"},
		Zones: []change.ZoneDiff{{ID: z.ID, Apex: z.Apex, Base: 1, From: 1, To: 2, Sets: []change.SetDiff{{Before: before}, {After: after}, {After: odd}}}}})
	empty := bigZone(t, dname.MustParse("empty.example."), 0, 0)
	empty.Zones[0].After.SOA = nil
	mustAppend(t, s, empty)
}

// TestDamageIsAnError has rows that no program of ours wrote end in an error
// that says where, never in a panic or in silence.
func TestDamageIsAnError(t *testing.T) {
	for _, damage := range []string{
		`UPDATE records SET data = 'not an address' WHERE id = 2`,
		`UPDATE records SET owner = 'no dot'`,
		`UPDATE records SET note = '{'`,
		`UPDATE records SET zone = zone + 1`,
		`DELETE FROM zones`,
		`UPDATE zones SET id = 'x'`,
		`UPDATE zones SET apex = 'x'`,
		`UPDATE zones SET soa_times = 'x'`,
		`UPDATE zones SET settings = 'x'`,
		`UPDATE zones SET created = 'x'`,
	} {
		t.Run(damage, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			defer mustClose(t, s)
			mustAppend(t, s, bigZone(t, dname.MustParse("example.net."), 5, 1))
			if err := s.writer.conn.script(damage); err != nil { // the writer rests
				t.Fatal(err)
			}
			if err := walk(s); err == nil || errors.Is(err, errStop) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func walk(s *Store) error {
	for z, err := range s.Zones(context.Background()) {
		if err != nil {
			return err
		}
		for range z.RRsets {
			continue
		}
	}
	return nil
}
