package serve

import (
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/listen"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/stats"
)

// Worker answers queries one at a time with scratch space of its own.
type Worker struct {
	server *Server
	finder *answer.Finder
	stats  *stats.Worker
	in     *listen.Query
	query  wire.Query
	out    wire.Response
	rcode  code.Rcode
	ede    code.EDE
	text   []byte
	fixed  []byte // room for texts of the gate's own
	cookie cookie.Check
	slips  int
	silent bool  // the response is over the rate and is not sent
	now    int64 // nanoseconds since 1970

	guest    bool             // the peer may ask for names of others
	recall   Recall           // nil without recursion
	recursed bool             // the answer is the resolver's
	need     need             // what a better answer wants
	last     bool             // the query has waited, and does not once more
	found    *resolver.Result // what it has waited for; nil for something else
	buffer   []byte           // for the reply of one that has waited
	counted  counted

	// subject is the name that responses of this kind have in common.
	subject dname.Name
}

// Respond is a query's way from octets to octets.
func (w *Worker) Respond(dst []byte, in *listen.Query) []byte {
	w.in = in
	err := w.query.Parse(in.Msg)
	if err == wire.ErrShort || err == wire.ErrResponse {
		// Answering what is no query would let two servers talk for ever.
		w.stats.Dropped(stats.NotAQuery)
		return dst[:0]
	}
	w.begin(dst)
	if err != nil {
		w.fail(code.FormErr, code.NoEDE, "")
	} else if w.gate() {
		w.answer()
	}
	if !w.need.nothing() && !w.last {
		if w.hold() {
			return dst[:0]
		}
		if w.need.recurse {
			w.overloaded()
		}
	}
	if w.limited() {
		w.slip()
	}
	return w.finish()
}

// Done reports a batch to the statistics.
func (w *Worker) Done(n int, took time.Duration) { w.stats.Done(n, took) }

// begin starts the response: QR, the opcode and RD as they came, RD only where it
// means something, in a QUERY (RFC 1035, Section 4.1.1); AD and CD mean nothing
// from an authority and stay clear (RFC 4035, Section 3.1.6). Who may ask for
// names of others is told so, and gets CD back (RFC 4035, Section 3.2.2).
func (w *Worker) begin(dst []byte) {
	w.rcode, w.ede, w.text, w.cookie, w.silent = code.NoError, code.NoEDE, nil, cookie.None, false
	w.subject, w.recursed, w.need = nil, false, need{cold: w.need.cold[:0]}
	w.counted.home = nil
	w.now = w.time()
	w.guest = w.server.config.Recursion.allows(w.in.Peer.Addr())
	const opcode = wire.Flags(15 << 11)
	kept := opcode
	set := wire.QR
	if w.query.Flags.Op() == code.OpQuery {
		kept |= wire.RD
		if w.guest {
			kept |= wire.CD
			set |= wire.RA
		}
	}
	w.out.Start(dst, &w.query, set|w.query.Flags&kept, w.limit())
	if w.query.EDNS.Present {
		w.out.Reserve(w.optLen())
	}
}

// limit is the largest response the client takes on this transport: 512 octets
// over UDP without EDNS (RFC 1035, Section 4.2.1), else what it says it takes,
// but no more than we are willing to send (RFC 6891, Section 6.2.5).
func (w *Worker) limit() int {
	switch {
	case w.in.Transport == listen.TCP:
		return 65535
	case w.query.EDNS.Present:
		return min(int(w.query.EDNS.BufferSize), w.server.config.MaxUDP)
	}
	return 512
}

// gate turns away what the zones have no say in. It reports whether the query goes on.
func (w *Worker) gate() bool {
	q := &w.query
	switch {
	case q.EDNS.Present && q.EDNS.Version != 0:
		w.fail(code.BadVers, code.NoEDE, "") // RFC 6891, Section 6.1.3
	case q.Flags.Op() != code.OpQuery:
		w.fail(code.NotImp, code.NotSupported, "only QUERY is served")
	case q.HasTSIG:
		w.fail(code.NotAuth, code.Other, "no TSIG key is known here")
	case q.Name == nil && q.EDNS.Cookie != nil:
		// A client may ask for a cookie alone (RFC 7873, Section 5.4).
	case q.Name == nil:
		w.fail(code.FormErr, code.NoEDE, "")
	case q.Class == rr.ClassCH:
		w.chaos()
	case q.Class != rr.ClassIN && q.Class != rr.ClassANY:
		w.fail(code.Refused, code.NotAuthoritative, "")
	case q.Type == rr.TypeNXNAME:
		w.fail(code.FormErr, code.InvalidType, "") // RFC 9824, Section 3.5
	case q.Type == rr.TypeAXFR || q.Type == rr.TypeIXFR:
		w.fail(code.Refused, code.NotSupported, "zone transfer is not offered")
	default:
		return true
	}
	return false
}

// fail settles the response code and the extended error; what was appended stays.
func (w *Worker) fail(r code.Rcode, e code.EDE, text string) {
	w.rcode, w.ede = r, e
	w.text = append(w.fixed[:0], text...)
	w.fixed = w.text
}

// answer asks the zones, and for who may the resolver.
func (w *Worker) answer() {
	a := w.finder.Find(w.server.zones.Load(), answer.Question{
		Name: w.query.Name,
		Type: w.query.Type,
		// Over TCP the client has shown its address (RFC 8482, Section 4.4).
		Minimal: w.in.Transport == listen.UDP,
		Now:     w.now,
	})
	w.belong(a)
	if w.guest && elsewhere(a.Outcome) && w.query.Class == rr.ClassIN && w.recurse(a) {
		return
	}
	w.need.cold = a.Cold
	w.rcode, w.ede, w.text = a.Rcode, a.EDE, a.Text
	w.subject = subjectOf(a, w.query.Name)
	w.shape(a)
}

// finish adds OPT, settles the header and returns the message.
func (w *Worker) finish() []byte {
	if w.query.EDNS.Present {
		w.opt()
	}
	w.out.SetRcode(w.rcode)
	if w.silent {
		return w.out.Bytes()[:0]
	}
	w.count()
	return w.out.Bytes()
}
