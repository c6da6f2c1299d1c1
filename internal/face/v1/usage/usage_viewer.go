package usage

import (
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/work/traffic"
)

// viewer picks what one client may see of the traffic. It is for one request.
type viewer struct {
	c     handler
	all   bool                         // also what belongs to no zone, and zones that are gone
	only  string                       // the apex of the one zone that is wanted; empty for all
	zones map[string]*control.ZoneInfo // those looked up, by apex; nil for one that is not seen
}

// viewer is the client's, of a server that counts.
func (c handler) viewer() (*viewer, error) {
	if c.Traffic == nil {
		return nil, envelope.Fail(http.StatusNotImplemented, api.CodeNotImplemented, "this server does not count what it is asked; its metrics are at /metrics")
	}
	v := &viewer{c: c}
	v.forget()
	return v, nil
}

// forget has what the client may see looked up anew.
func (v *viewer) forget() {
	v.all = v.c.Who.Admin && len(v.c.Who.Limits.Zones) == 0
	v.zones = make(map[string]*control.ZoneInfo)
}

// narrow keeps to the zone that the parameter names, if it does.
func (v *viewer) narrow(parameter string) error {
	text := v.c.Query(parameter)
	if text == "" {
		return nil
	}
	ref, err := form.ParseRef(text)
	if err != nil {
		return err
	}
	z, err := v.c.Control.Zone(v.c.Who, ref)
	if err != nil {
		return err
	}
	v.only = z.Apex.String()
	return nil
}

// sees reports whether the counts of z are for this client. Who has a zone now
// does not see what was asked for it when it was another's.
func (v *viewer) sees(z traffic.Zone) bool {
	if v.only != "" && z.Apex != v.only {
		return false
	}
	if v.all {
		return true
	}
	info := v.zone(z.Apex)
	return info != nil && (v.c.Who.Admin || info.Account == z.Account)
}

func (v *viewer) zone(apex string) *control.ZoneInfo {
	info, known := v.zones[apex]
	if !known {
		if name, err := dname.Parse(apex, nil); err == nil {
			info, _ = v.c.Control.Zone(v.c.Who, control.Ref{Apex: name}) // not seen: nil
		}
		v.zones[apex] = info
	}
	return info
}

// id is that of the zone as it is now; nil where it is gone.
func (v *viewer) id(z traffic.Zone) *string {
	info := v.zone(z.Apex)
	if info == nil {
		return nil
	}
	id := info.ID.String()
	return &id
}

// everything reports whether no zone is left out.
func (v *viewer) everything() bool { return v.all && v.only == "" }

// ours is what was asked for the zones that are seen.
func (v *viewer) ours(b *traffic.Bucket) stats.Counts {
	if v.everything() {
		return b.Ours()
	}
	return b.Sum(v.sees)
}

// seen is ours, and what was asked for no zone at all.
func (v *viewer) seen(b *traffic.Bucket) stats.Counts {
	if v.everything() {
		return b.All
	}
	return b.Sum(v.sees)
}
