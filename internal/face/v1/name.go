package v1

import (
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// ref is the zone of the path.
func (c *call) ref() (control.Ref, error) { return form.ParseRef(c.R.PathValue("zone_id")) }

// zone is the zone of the path, as it is.
func (c *call) zone() (*control.ZoneInfo, error) {
	text := c.R.PathValue("zone_id")
	ref, err := form.ParseRef(text)
	if err != nil {
		return nil, err
	}
	z, err := c.Control.Zone(c.who, ref)
	if err != nil && ref.Apex != nil && ref.Apex.Labels() < 2 && c.who.May(readZones...) == nil {
		return nil, form.BadZoneID(text) // one word is more likely an id that went wrong than a top-level domain
	}
	return z, err
}
