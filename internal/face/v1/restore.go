package v1

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

func (c handler) restore() (*envelope.Reply, error) {
	ref, err := c.Ref()
	if err != nil {
		return nil, err
	}
	var in api.RestoreRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	return c.bringBack(ref, &in)
}

func (c handler) restoreByName() (*envelope.Reply, error) {
	var in api.RestoreZoneRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	ref, err := form.ParseRef(in.Zone)
	if err != nil {
		return nil, envelope.Invalid("zone", "%q is neither the id nor the name of a zone", envelope.Shorten(in.Zone, 100))
	}
	return c.bringBack(ref, &in.RestoreRequest)
}

// bringBack restores the zone of that ref, or a name in it.
func (c handler) bringBack(ref control.Ref, in *api.RestoreRequest) (*envelope.Reply, error) {
	at, err := when(in)
	if err != nil {
		return nil, err
	}
	req, err := c.reasoned(in.Reason, in.DryRun)
	if err != nil {
		return nil, err
	}
	if req.IfMatch, err = c.Match(); err != nil {
		return nil, err
	}
	if in.Name == "" {
		res, err := c.Control.RestoreZone(c.Ctx, c.Who, ref, at, req)
		return answer(res, timeless(err))
	}
	z, err := c.Control.Zone(c.Who, ref)
	if err != nil {
		return nil, err
	}
	owner, err := form.ParseOwner("name", in.Name, z.Apex)
	if err != nil {
		return nil, err
	}
	return answer(c.Control.RestoreName(c.Ctx, c.Who, ref, owner, at, req))
}

// timeless is err, but says it in the words of one who wants a zone back that is there.
func timeless(err error) error {
	if codeOf(err) != "no-time" {
		return err
	}
	return envelope.Invalid("serial", "the zone is not deleted; give a serial, revision or time to bring it back to")
}

// when is the time that a restore goes back to.
func when(in *api.RestoreRequest) (at control.At, err error) {
	given := 0
	if in.Serial != nil {
		s := change.Serial(*in.Serial)
		at.Serial = &s
		given++
	}
	if in.Revision != 0 {
		at.Revision = change.Revision(in.Revision)
		given++
	}
	if in.Time != nil {
		at.Time = *in.Time
		given++
	}
	if given > 1 {
		return at, envelope.Invalid("serial", "only one of serial, revision and time can say when")
	}
	return at, nil
}
