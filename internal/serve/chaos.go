package serve

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// chaos is what a server says of itself in class CH (RFC 4892).
type chaos []chaosEntry

type chaosEntry struct {
	name dname.Name
	text rr.Set
}

func newChaos(c Config) chaos {
	var entries chaos
	for _, e := range []struct{ name, text string }{
		{"version.bind.", c.Version},
		{"version.server.", c.Version},
		{"hostname.bind.", c.Hostname},
		{"id.server.", c.Hostname},
	} {
		if e.text != "" {
			entries = append(entries, chaosEntry{dname.MustParse(e.name), chaosTXT(e.text)})
		}
	}
	return entries
}

// chaosTXT is a TXT set of class CH with the first 255 octets of text.
func chaosTXT(text string) rr.Set {
	text = text[:min(len(text), 255)]
	s := rr.AppendRecord(nil, rr.TypeTXT, 0, append([]byte{byte(len(text))}, text...))
	binary.BigEndian.PutUint16(s[2:], uint16(rr.ClassCH))
	return s
}

// chaos answers a query of class CH; names that we say nothing about are refused.
func (w *Worker) chaos() {
	for _, e := range w.server.chaos {
		if !e.name.Equal(w.query.Name) {
			continue
		}
		w.out.SetFlags(wire.AA)
		if t := w.query.Type; t == rr.TypeTXT || t == rr.TypeANY {
			w.out.Set(w.query.Name, e.text)
		}
		return
	}
	w.fail(code.Refused, code.NotAuthoritative, "")
}
