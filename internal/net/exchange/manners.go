package exchange

import (
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// manners is what is known of servers and EDNS. Those that say that they do not
// know it are asked without; so are those that answer without, twice, what they
// were silent to, and were never heard to know it: some drop what they cannot read.
type manners struct {
	plain   memory // cannot bear it
	fluent  memory // have answered with it
	doubted memory // have answered without what they were silent to, once
}

// doubt takes in that s answered without EDNS, and with it was silent.
func (m *manners) doubt(s Server) {
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
