package answer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
)

// head is what every zone of these tests begins with.
const head = "$TTL 300\n@ 3600 SOA ns1 admin 1 7200 900 1209600 60\n@ NS ns1\nns1 A 192.0.2.53\n"

// snapshot builds the zone of that origin from master file text behind head.
func snapshot(t testing.TB, origin, text string) *zone.Snapshot {
	t.Helper()
	b := zone.NewBuilder(dname.MustParse(origin))
	err := zonefile.Parse(strings.NewReader(head+text), origin, zonefile.Options{Origin: dname.MustParse(origin)},
		func(r *zonefile.Record) error {
			b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return b.Build().Snapshot
}

// zones is a set of zones given by origin and text; a text that begins with
// "!" is the reason why the zone is not ready.
func zones(t testing.TB, texts map[string]string) *zone.Set {
	t.Helper()
	set := new(zone.Set)
	for origin, text := range texts {
		e := zone.Entry{Apex: dname.MustParse(origin)}
		if reason, ok := strings.CutPrefix(text, "!"); ok {
			e.Reason = reason
		} else {
			e.Zone = snapshot(t, origin, text)
		}
		set = set.With(e)
	}
	return set
}

// question reads "name type", with "minimal" behind it or not.
func question(t testing.TB, text string) Question {
	t.Helper()
	fields := strings.Fields(text)
	rtype, err := rr.ParseType(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	return Question{Name: dname.MustParse(fields[0]), Type: rtype, Minimal: len(fields) > 2}
}

// items are one line a record: owner, TTL, type and data, "glue" behind those
// without which a delegation cannot be followed.
func items(list []Item) string {
	var lines []string
	for _, item := range list {
		for rest := item.Set; !rest.Empty(); {
			var rec rr.Record
			rec, rest = rest.Next()
			line := fmt.Sprintf("%s %d %s %s", item.Owner, rec.TTL(), rec.Type(), rr.AppendDataText(nil, rec.Type(), rec.Data()))
			if item.Glue {
				line += " glue"
			}
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// summary is what an answer says outside of its sections.
func summary(a *Answer) string {
	s := fmt.Sprintf("%s %s", a.Outcome, a.Rcode)
	if a.Authoritative {
		s += " aa"
	}
	if a.Zone != nil {
		s += " by " + a.Zone.String()
	}
	if a.EDE != code.NoEDE {
		s += fmt.Sprintf(" ede%d", a.EDE)
	}
	if len(a.Text) > 0 {
		s += fmt.Sprintf(" %q", a.Text)
	}
	return s
}

// want is an answer as text; sections hold a line for each record, leading
// blanks left out.
type want struct {
	situation, question string
	summary             string
	answer              string
	authority           string
	additional          string
}

func (w want) check(t *testing.T, f *Finder, set *zone.Set) {
	t.Run(w.situation, func(t *testing.T) {
		a := f.Find(set, question(t, w.question))
		for _, part := range []struct{ name, got, want string }{
			{"summary", summary(a), w.summary},
			{"answer", items(a.Answer), trim(w.answer)},
			{"authority", items(a.Authority), trim(w.authority)},
			{"additional", items(a.Additional), trim(w.additional)},
		} {
			if part.got != part.want {
				t.Errorf("%s of %s\ngot:\n%s\nwant:\n%s", part.name, w.question, part.got, part.want)
			}
		}
	})
}

func trim(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}

func soa(apex string) string {
	return fmt.Sprintf("%s 60 SOA ns1.%s admin.%s 1 7200 900 1209600 60", apex, apex, apex)
}

// zoneWithSOA is the zone example. with nothing but that SOA and an NS.
func zoneWithSOA(t testing.TB, soa string) zone.Entry {
	t.Helper()
	apex := dname.MustParse("example.")
	b := zone.NewBuilder(apex)
	err := zonefile.Parse(strings.NewReader(soa+"@ 60 NS ns1\n"), "soa", zonefile.Options{Origin: apex},
		func(r *zonefile.Record) error {
			b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return zone.Entry{Apex: apex, Zone: b.Build().Snapshot}
}
