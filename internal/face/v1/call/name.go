package call

import (
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// Ref is the zone of the path.
func (c *Call) Ref() (control.Ref, error) { return form.ParseRef(c.R.PathValue("zone_id")) }

// Zone is the zone of the path, as it is.
func (c *Call) Zone() (*control.ZoneInfo, error) {
	text := c.R.PathValue("zone_id")
	ref, err := form.ParseRef(text)
	if err != nil {
		return nil, err
	}
	z, err := c.Control.Zone(c.Who, ref)
	if err != nil && ref.Apex != nil && ref.Apex.Labels() < 2 && c.Who.May(ReadZones...) == nil {
		return nil, form.BadZoneID(text) // one word is more likely an id that went wrong than a top-level domain
	}
	return z, err
}

// Account is the id of an account that a request names; empty where it names none.
func (c *Call) Account(text string) (string, error) {
	if text == "me" {
		return c.Who.Account, nil
	}
	if id, err := change.ParseZoneID(text); err == nil {
		return id.Hex(), nil
	}
	if text != "" {
		return "", envelope.Invalid("account", "%q is no id of an account; use its UUID, or me", envelope.Shorten(text, 60))
	}
	return "", nil
}
