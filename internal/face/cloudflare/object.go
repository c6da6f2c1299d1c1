package cloudflare

import (
	"bytes"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// member is one field of an object whose order is kept.
type member struct {
	name  string
	value any
}

// object is a JSON object whose fields stay in order.
type object []member

func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, bytes.TrimSpace(envelope.Encode(m.name))...), ':')
		b = append(b, bytes.TrimSpace(envelope.Encode(m.value))...)
	}
	return append(b, '}'), nil
}

// dataOf is the data object that is shown beside the content; nil for types without one.
func dataOf(t rr.Type, data []byte) object {
	fields := content.Data(t, data)
	if fields == nil {
		return nil
	}
	o := make(object, len(fields))
	for i, f := range fields {
		o[i] = member{f.Name, f.Value}
	}
	return o
}
