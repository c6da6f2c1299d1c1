package v1

import (
	"net/http"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// parseOwner reads the name of a record in the zone of that apex: "@", relative,
// or fully qualified. Without a final dot it is fully qualified if it ends in
// the apex, for that is how most clients write it.
func parseOwner(field, text string, apex dname.Name) (dname.Name, error) {
	if text == "" {
		return nil, invalid(field, "the name is empty; use @ for the zone itself")
	}
	origin := apex
	if bare := strings.TrimSuffix(apex.String(), "."); !apex.IsRoot() && !strings.HasSuffix(text, ".") && endsIn(text, bare) {
		origin = dname.Root
	}
	n, err := dname.AppendUnicode(nil, []byte(text), origin)
	if err != nil {
		return nil, invalid(field, "the name %q cannot be: %v", shorten(text, 100), err)
	}
	if !dname.Name(n).IsAtOrBelow(apex) {
		return nil, invalid(field, "%s is not in the zone %s; use a name at or below it", shorten(text, 100), apex)
	}
	return dname.Name(n).Lower(), nil
}

func endsIn(text, bare string) bool {
	if len(text) == len(bare) {
		return strings.EqualFold(text, bare)
	}
	at := len(text) - len(bare)
	return at > 0 && text[at-1] == '.' && strings.EqualFold(text[at:], bare)
}

// parseName reads a fully qualified name, with or without its final dot.
func parseName(field, text string) (dname.Name, error) {
	if text == "" || text == "@" {
		return nil, invalid(field, "%s needs a name, as in www.example.com", field)
	}
	n, err := dname.AppendUnicode(nil, []byte(text), dname.Root)
	if err != nil {
		return nil, invalid(field, "the name %q cannot be: %v", shorten(text, 100), err)
	}
	return dname.Name(n).Lower(), nil
}

func parseType(field, text string) (rr.Type, error) {
	if text == "" {
		return 0, invalid(field, "the type is empty; use a type as in CNAME")
	}
	t, err := rr.ParseType(text)
	if err != nil {
		return 0, invalid(field, "%s", shorten(err.Error(), 300))
	}
	return t, nil
}

// bare is the name without its final dot, as names of zones are written.
func bare(n dname.Name) string {
	if n.IsRoot() {
		return "."
	}
	return strings.TrimSuffix(n.String(), ".")
}

// parseRef reads what names a zone: its id, or its name.
func parseRef(text string) (control.Ref, error) {
	if id, err := change.ParseZoneID(text); err == nil {
		return control.Ref{ID: id}, nil
	}
	n, err := dname.AppendUnicode(nil, []byte(text), dname.Root)
	if err != nil || text == "" || text == "@" || len(n) == 1 && text != "." {
		return control.Ref{}, badZoneID(text)
	}
	return control.Ref{Apex: dname.Name(n).Lower()}, nil
}

func badZoneID(text string) *api.Error {
	e := fail(http.StatusBadRequest, api.CodeInvalidZoneID, "\""+shorten(text, 100)+"\" is no id of a zone; use its UUID, or its name")
	e.Details = []map[string]string{{"field": "zone_id", "message": e.Message}}
	return e
}

// ref is the zone of the path.
func (c *call) ref() (control.Ref, error) { return parseRef(c.r.PathValue("zone_id")) }

// zone is the zone of the path, as it is.
func (c *call) zone() (*control.ZoneInfo, error) {
	text := c.r.PathValue("zone_id")
	ref, err := parseRef(text)
	if err != nil {
		return nil, err
	}
	z, err := c.Control.Zone(c.who, ref)
	if err != nil && ref.Apex != nil && ref.Apex.Labels() < 2 && c.who.May(readZones...) == nil {
		return nil, badZoneID(text) // one word is more likely an id that went wrong than a top-level domain
	}
	return z, err
}
