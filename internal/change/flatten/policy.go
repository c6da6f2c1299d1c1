package flatten

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Limits of what is said of a record.
const (
	MaxStale    = 30 * 86400 // seconds for which last good addresses may be served
	MaxFallback = 16         // addresses
)

// Policies is what WithPolicies makes of the snapshot before, in a zone whose
// properties go from before to after, to be that after sets. Both may be nil as in Diffs.
func Policies(before, after *change.Zone, sets []change.SetDiff) zone.Policies {
	var edit zone.Policies
	put := func(z *change.Zone, s *change.RRset, gone bool) {
		if z == nil || Form(z, s) != rr.TypeALIAS {
			return
		}
		for i := range s.Records {
			r := &s.Records[i]
			p := policyOf(&r.Note.Alias, s.TTL)
			if p == nil || r.Disabled {
				continue
			}
			if gone {
				p = nil
			}
			if edit == nil {
				edit = make(zone.Policies)
			}
			edit[zone.PolicyKey(s.Owner, r.Data)] = p
		}
	}
	for _, gone := range [...]bool{true, false} { // what comes may have the key of what goes
		for i := range sets {
			switch was, is := sides(&sets[i]); {
			case was.Type != rr.TypeCNAME && was.Type != rr.TypeALIAS:
			case gone:
				put(before, &was, true)
			default:
				put(after, &is, false)
			}
		}
	}
	return edit
}

// policyOf is what a says of failures as answers are made of it; nil where it says nothing.
func policyOf(a *change.Alias, ttl uint32) *zone.Policy {
	if !a.HasPolicy() {
		return nil
	}
	p := new(zone.Policy)
	p.OnFailure, _ = onFailure(a.OnFailure)
	if a.MaxStale.IsGiven() {
		p.MaxStale = max(a.MaxStale.Value(), 1) // there, 0 is the default
	}
	for _, addr := range a.Fallback {
		if addr.Is4() {
			p.A = rr.Set(rr.AppendRecord(p.A, rr.TypeA, ttl, addr.AsSlice()))
		} else {
			p.AAAA = rr.Set(rr.AppendRecord(p.AAAA, rr.TypeAAAA, ttl, addr.AsSlice()))
		}
	}
	return p
}

// onFailure reads a word of change.Alias.OnFailure.
func onFailure(word string) (zone.OnFailure, bool) {
	for o := zone.ServeStale; o <= zone.ServeFallback; o++ {
		if word == o.String() {
			return o, true
		}
	}
	return zone.ServeStale, word == ""
}

// Check says what is wrong with a by itself, and what to do about it; message is
// empty where nothing is.
func Check(a *change.Alias) (message, fix string) {
	how, known := onFailure(a.OnFailure)
	const words = "use stale, servfail, nodata or fallback"
	switch {
	case !known:
		return fmt.Sprintf("there is no on_failure %.40q", a.OnFailure), words
	case a.MaxStale.Value() > MaxStale:
		return fmt.Sprintf("a max_stale of %d seconds is longer than %d, which is 30 days", a.MaxStale.Value(), MaxStale), "use fewer"
	case a.MaxStale.IsGiven() && how != zone.ServeStale:
		return "max_stale is for on_failure stale, and this is " + how.String(), "leave one of them out"
	case len(a.Fallback) > 0 && how != zone.ServeFallback:
		return "there are fallback addresses, and on_failure is " + how.String(), "say on_failure fallback, or leave the addresses out"
	case len(a.Fallback) == 0 && how == zone.ServeFallback:
		return "on_failure is fallback, and there are no addresses to fall back to", "give fallback one address at least"
	case len(a.Fallback) > MaxFallback:
		return fmt.Sprintf("there are %d fallback addresses; at most %d are kept", len(a.Fallback), MaxFallback), "use fewer"
	}
	return checkAddresses(a.Fallback)
}

func checkAddresses(list []netip.Addr) (message, fix string) {
	seen := make(map[netip.Addr]bool, len(list))
	for _, addr := range list {
		switch {
		case !addr.IsValid() || addr.Zone() != "" || addr.Is4In6():
			return fmt.Sprintf("%s is no address that a record can have", addr), "use an IPv4 or IPv6 address, as 192.0.2.1 or 2001:db8::1"
		case seen[addr]:
			return fmt.Sprintf("the fallback address %s is there twice", addr), "give it once"
		}
		seen[addr] = true
	}
	return "", ""
}

// Idle says which of the settings of r, a record of the RRset s of z, come to
// nothing there, and why; empty where all count.
func Idle(z *change.Zone, s *change.RRset, r *change.Record) string {
	a := &r.Note.Alias
	followed := s.Type == rr.TypeALIAS || s.Type == rr.TypeCNAME
	switch {
	case !followed && a.Flatten == change.Yes:
		return fmt.Sprintf("flatten_cname has no effect on %s: only CNAME records are flattened", s.Type)
	case s.Type == rr.TypeALIAS && a.Flatten == change.Yes && s.Owner.Equal(z.Apex):
		return "flatten_cname has no effect at the apex: a CNAME cannot stand there and is always flattened"
	case s.Type == rr.TypeALIAS && a.Flatten == change.Yes:
		return "flatten_cname has no effect on an ALIAS record, which is always followed here"
	case s.Type == rr.TypeALIAS && a.Flatten == change.No && s.Owner.Equal(z.Apex):
		return "flatten_cname false has no effect at the apex: a CNAME cannot stand there and is always flattened"
	case s.Type == rr.TypeALIAS && a.Flatten == change.No:
		return "flatten_cname false has no effect on an ALIAS record, which is always followed here: write a CNAME instead"
	case s.Type == rr.TypeCNAME && a.HasPolicy() && Form(z, s) == rr.TypeCNAME:
		return words(a) + " of no effect: the CNAME is not flattened, and its readers follow it themselves"
	}
	return ""
}

// words names what a says of failures.
func words(a *change.Alias) string {
	var list []string
	for _, w := range [...]struct {
		said bool
		name string
	}{{a.OnFailure != "", "on_failure"}, {a.MaxStale.IsGiven(), "max_stale"}, {len(a.Fallback) > 0, "fallback"}} {
		if w.said {
			list = append(list, w.name)
		}
	}
	if len(list) == 1 {
		return list[0] + " is"
	}
	return strings.Join(list, ", ") + " are"
}

// Apex is s with the CNAME of its apex as the ALIAS that it can only be there. done is
// false where there is none, or where it goes together with no other record there:
// addresses, an ALIAS, or a second CNAME.
func Apex(s *zone.Snapshot) (flat *zone.Snapshot, done bool) {
	var k dname.Key
	k.Set(s.Apex())
	n := s.Node(&k, k.Depth())
	set := n.Set(rr.TypeCNAME)
	if set.Count() != 1 || !n.Set(rr.TypeA).Empty() || !n.Set(rr.TypeAAAA).Empty() || !n.Set(rr.TypeALIAS).Empty() {
		return s, false
	}
	r, _ := set.Next()
	alias := rr.Set(rr.AppendRecord(nil, rr.TypeALIAS, set.TTL(), r.Data()))
	flat, err := s.With(zone.Diff{{Owner: s.Apex(), Type: rr.TypeCNAME}, {Owner: s.Apex(), Type: rr.TypeALIAS, Set: alias}})
	if err != nil { // it has no SOA record, and is no zone
		return s, false
	}
	return flat, true
}
