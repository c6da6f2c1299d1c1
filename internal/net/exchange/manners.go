package exchange

import (
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// manners is what is known of servers and EDNS. Those that say that they do not
// know it are asked without; so are those that are silent to it, and answer
// without, twice, and were never heard to know it: some drop what they cannot
// read.
type manners struct {
	plain   memory // cannot bear it
	fluent  memory // have answered with it
	quiet   memory // said nothing to it last time
	doubted memory // have been silent to it and answered without, once
}

// bears reports whether s is to be asked with EDNS.
func (m *manners) bears(s Server) bool { return !m.plain.has(s) && !m.quiet.has(s) }

// silent takes in that s did not answer a question with EDNS.
func (m *manners) silent(s Server) {
	if !m.fluent.has(s) {
		m.quiet.add(s)
	}
}

// triedPlain takes in what became of a question without EDNS.
func (m *manners) triedPlain(s Server, err error) {
	if !m.quiet.remove(s) || err != nil {
		return
	}
	if m.doubted.remove(s) {
		m.plain.add(s)
		return
	}
	m.doubted.add(s)
}

// answered takes in the answer to a question with EDNS.
func (m *manners) answered(s Server, r *wire.Reply) {
	if r.EDNS.Present {
		m.fluent.add(s)
	}
}

// refused takes in that s could not bear it, and answered without.
func (m *manners) refused(s Server) { m.plain.add(s) }

// refusesEDNS reports whether r is what servers say that cannot bear EDNS: FORMERR
// or NOTIMP with no OPT in it (RFC 6891, Section 7), or BADVERS for version 0.
// FORMERR with an OPT may be said of an option.
func refusesEDNS(r *wire.Reply) bool {
	switch r.Rcode {
	case code.FormErr, code.BadVers:
		return true
	case code.NotImp:
		return !r.EDNS.Present
	}
	return false
}
