package cache

import (
	"testing"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// renewing is e, asked for anew.
func renewing(e Entry) Entry {
	e.Renew = true
	return e
}

// Addresses that follow glue end with it, however often they are said again; the parent,
// and the end, set them free.
func TestWhatFollowsGlueEndsWithIt(t *testing.T) {
	k := key("ns.example.")
	for _, c := range []struct {
		situation string
		then      []Entry // 10 seconds apart, after glue of 100 seconds
		ttl       uint32
		last      byte // octet of the address
	}{
		{"what the zone says itself", []Entry{positive(Authoritative, 3600, 2)}, 90, 2},
		{"said again", []Entry{positive(Authoritative, 3600, 2), positive(Authoritative, 3600, 3)}, 80, 3},
		{"renewed", []Entry{positive(Authoritative, 3600, 2), renewing(positive(Authoritative, 3600, 3))}, 80, 3},
		{"of less time", []Entry{positive(Authoritative, 5, 2)}, 5, 2},
		{"glue by the zone itself", []Entry{positive(Glue, 3600, 2)}, 90, 2},
		{"glue by the parent", []Entry{renewing(positive(Glue, 3600, 2))}, 3600, 2},
		{"glue by the parent, over what the zone said", []Entry{positive(Authoritative, 3600, 2), renewing(positive(Glue, 500, 3))}, 500, 3},
		{"after that, the zone again", []Entry{positive(Authoritative, 3600, 2), renewing(positive(Glue, 500, 3)), positive(Authoritative, 3600, 4)}, 490, 4},
		{"glue no more", []Entry{positive(Authoritative, 3600, 2), positive(Glue, 3600, 3)}, 80, 2},
	} {
		cache, at := fresh(Options{})
		cache.Put(k, positive(Glue, 100, 1))
		for _, e := range c.then {
			at.seconds += 10
			cache.Put(k, e)
		}
		hit, ok := cache.Find(k, rr.TypeA)
		if !ok || hit.TTL != c.ttl || hit.Set.Data()[3] != c.last {
			t.Errorf("%s: %v, %d s, %v", c.situation, ok, hit.TTL, hit.Set)
		}
	}
	cache, at := fresh(Options{})
	cache.Put(k, positive(Glue, 100, 1))
	at.seconds += 101
	cache.Put(k, positive(Authoritative, 3600, 2))
	if hit, _ := cache.Find(k, rr.TypeA); hit.TTL != 3600 {
		t.Errorf("after the end of the glue: %d s", hit.TTL)
	}
}

// What cannot be prolonged is not asked for again at every hit.
func TestPrefetchOfWhatFollowsGlue(t *testing.T) {
	k := key("ns.example.")
	cache, at := fresh(Options{})
	cache.Put(k, positive(Glue, 100, 1))
	cache.Put(k, positive(Authoritative, 3600, 2))
	at.seconds += 91
	count := 0
	for range 40 {
		if hit, _ := cache.Find(k, rr.TypeA); hit.Prefetch {
			count++
			cache.Put(k, renewing(positive(Authoritative, 3600, 2)))
		}
	}
	if count != 1 {
		t.Errorf("asked for anew %d times within a second", count)
	}
}
