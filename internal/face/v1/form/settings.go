package form

import (
	"net/netip"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// ParseSettings reads what a request says of how a record is followed; nil keeps
// what there is. field is where it stands.
func ParseSettings(field string, in *api.RecordSettings) (*change.Alias, error) {
	if in == nil {
		return nil, nil
	}
	a := &change.Alias{OnFailure: in.OnFailure}
	if in.Flatten != nil {
		a.Flatten = change.ChoiceOf(*in.Flatten)
	}
	if in.MaxStale != nil {
		if *in.MaxStale < 0 || *in.MaxStale > flatten.MaxStale {
			return nil, envelope.Invalid(field+".max_stale", "the max_stale %d is not from 0 to %d seconds, which is 30 days", *in.MaxStale, flatten.MaxStale)
		}
		a.MaxStale = change.SecondsOf(uint32(*in.MaxStale))
	}
	for _, text := range in.Fallback {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, envelope.Invalid(field+".fallback", "%q is no address; use an IPv4 or IPv6 address, as 192.0.2.1 or 2001:db8::1", envelope.Shorten(text, 60))
		}
		a.Fallback = append(a.Fallback, addr)
	}
	if message, fix := flatten.Check(a); message != "" {
		return nil, envelope.Invalid(field, "%s; %s", message, fix)
	}
	return a, nil
}

// Settings is a as it is shown; nil where nothing is said.
func Settings(a *change.Alias) *api.RecordSettings {
	if a.SaysNothing() {
		return nil
	}
	out := &api.RecordSettings{OnFailure: a.OnFailure}
	if a.Flatten != change.Unset {
		flat := a.Flatten == change.Yes
		out.Flatten = &flat
	}
	if a.MaxStale.IsGiven() {
		seconds := int(a.MaxStale.Value())
		out.MaxStale = &seconds
	}
	for _, addr := range a.Fallback {
		out.Fallback = append(out.Fallback, addr.String())
	}
	return out
}

// maxKept is how many names api.KeptCNAMEs has.
const maxKept = 100

// Kept is the names that stay CNAMEs in z; nil where it does not flatten all.
func Kept(z *control.ZoneInfo) *api.KeptCNAMEs {
	if !z.Settings.FlattenAll || z.Snapshot == nil {
		return nil
	}
	list := flatten.KeptIn(z.Snapshot)
	out := &api.KeptCNAMEs{Count: len(list), Names: []api.KeptCNAME{}}
	for _, k := range list[:min(len(list), maxKept)] {
		out.Names = append(out.Names, api.KeptCNAME{Name: k.Owner.String(), Why: k.Why})
	}
	return out
}
