package stats

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestCountsByName(t *testing.T) {
	var c Counts
	c.Count(rr.TypeA, code.NoError, 3)
	c.Count(rr.TypeCAA, code.NXDomain, 2)
	c.Count(65280, code.Refused, 1)
	c.Count(rr.TypeHINFO, 4000, 1)
	if want := map[string]uint64{"A": 3, "CAA": 2, "other": 2}; !maps.Equal(c.ByType(), want) {
		t.Errorf("by type: %v, want %v", c.ByType(), want)
	}
	if want := map[string]uint64{"NOERROR": 3, "NXDOMAIN": 2, "REFUSED": 1, "BADCOOKIE": 1}; !maps.Equal(c.ByRcode(), want) {
		t.Errorf("by response code: %v, want %v", c.ByRcode(), want)
	}
	if c.Total() != 7 || c.Rcode(code.NXDomain) != 2 || c.Rcode(code.ServFail) != 0 {
		t.Errorf("%d in all, %d NXDOMAIN", c.Total(), c.Rcode(code.NXDomain))
	}
	var sum Counts
	sum.Add(&c)
	sum.Add(&c)
	sum.Sub(&c)
	if sum != c {
		t.Errorf("%v", sum)
	}
	sum.Sub(&c)
	sum.Sub(&c) // less than none
	if sum != (Counts{}) {
		t.Errorf("%v", sum)
	}
}

func TestCountsOfNamesThatAreNotKnown(t *testing.T) {
	c := FromMaps(map[string]uint64{"A": 1, "BOGUS": 2}, map[string]uint64{"NOERROR": 1, "BOGUS": 2})
	if c.Total() != 3 || c.ByType()["other"] != 2 || c.Rcode(code.NoError) != 1 {
		t.Errorf("%v %v", c.ByType(), c.ByRcode())
	}
}

// What is written by name is read as it was.
func TestCountsThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Counts
		for range rapid.IntRange(0, 20).Draw(t, "how many") {
			c.Count(rr.Type(rapid.Uint16().Draw(t, "type")), code.Rcode(rapid.Uint16Range(0, 30).Draw(t, "rcode")), rapid.Uint64Range(0, 1<<40).Draw(t, "n"))
		}
		back := FromMaps(c.ByType(), c.ByRcode())
		if !maps.Equal(back.ByType(), c.ByType()) || !maps.Equal(back.ByRcode(), c.ByRcode()) || back.Total() != c.Total() {
			t.Fatalf("%v became %v", c, back)
		}
	})
}
