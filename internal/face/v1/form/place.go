package form

import (
	"encoding/base64"
	"strings"

	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// PlaceText is a place as a cursor.
func PlaceText(p control.Place) string {
	if p.Apex == nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(p.Apex.String() + "|" + p.Owner.String() + "|" + p.Type.String()))
}

// ParsePlace reads a cursor that PlaceText made; the empty one is the beginning.
func ParsePlace(text string) (p control.Place, ok bool) {
	if text == "" {
		return p, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return p, false
	}
	parts := strings.Split(string(raw), "|")
	if len(parts) != 3 {
		return p, false
	}
	apex, bad1 := dname.Parse(parts[0], nil)
	owner, bad2 := dname.Parse(parts[1], nil)
	t, bad3 := rr.ParseType(parts[2])
	if bad1 != nil || bad2 != nil || bad3 != nil {
		return p, false
	}
	return control.Place{Apex: apex.Lower(), Owner: owner.Lower(), Type: t}, true
}
