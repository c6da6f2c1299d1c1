package request

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
)

func someZone(t *rapid.T, what string) change.Zone {
	word := rapid.SampledFrom([]string{"", "one", "two"})
	return change.Zone{
		Type: word.Draw(t, what+" type"), Region: word.Draw(t, what+" region"), Status: word.Draw(t, what+" status"), Account: word.Draw(t, what+" account"),
		SOA: []byte(word.Draw(t, what+" SOA")), SOATTL: rapid.Uint32Max(2).Draw(t, what+" TTL"), Settings: change.Settings{DefaultTTL: rapid.IntRange(0, 1).Draw(t, what+" settings")},
	}
}

// TestAPatchLeadsFromOneToTheOther: what PatchOf says, Onto does, and Holds sees.
func TestAPatchLeadsFromOneToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := someZone(t, "from"), someZone(t, "to")
		p := PatchOf(&to, &from)
		if same := SameProps(&from, &to); p.Holds(&from) != same {
			t.Fatalf("%+v to %+v: %+v, the same: %v", from, to, p, same)
		}
		got := from
		p.Onto(&got)
		if p.SOA != nil {
			got.SOA = p.SOA // which Onto leaves to the caller, for its serial
		}
		if !SameProps(&got, &to) || !p.Holds(&got) {
			t.Fatalf("came to %+v, not %+v", got, to)
		}
	})
}

func TestRefsAsText(t *testing.T) {
	id := change.NewZoneID()
	for want, r := range map[string]Ref{"a.test.": {Apex: dname.MustParse("a.test.")}, id.String(): {ID: id}} {
		if r.String() != want {
			t.Errorf("%s, want %s", r, want)
		}
	}
}
