package resolver

import (
	"fmt"
	"slices"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/message"
)

// judge decides what the message of a server to q is worth.
func (w *walk) judge(server exchange.Server, q Question, s Step) state {
	m, part := &w.search.message, !q.Name.Equal(w.name)
	if why := w.useless(m, q); why != "" {
		if part {
			w.search.whole = true // it may bear the whole name
			return w.showMore(s, why)
		}
		if m.Rcode == code.Refused || m.Rcode == code.NotAuth {
			w.r.servers.SetLame(w.lameKey(server))
		}
		return w.lame(server, s, why)
	}
	if v := w.r.options.Validator; v != nil {
		if err := v.Validate(w.ctx, w.search.cut.apex, q, m); err != nil {
			w.search.bogus = true
			return w.lame(server, s, "bogus: "+err.Error())
		}
	}
	if ns, ok := w.referral(q.Name); ok {
		return w.refer(s, ns)
	}
	if part {
		return w.judgePart(q, s)
	}
	if why := w.sideways(m, q); why != "" {
		w.r.servers.SetLame(w.lameKey(server))
		return w.lame(server, s, why)
	}
	if why := w.doubtful(m); why != "" && w.search.cut.resort == nil {
		kept := w.search.reply
		w.search.cut.resort = &kept
		w.r.servers.SetLame(w.lameKey(server))
		return w.lame(server, s, why)
	}
	return (*walk).answered
}

// doubtful is why m will do only if nobody else has better: its server recurses, and
// so holds no zone, or denies in the name of a zone above, and so does not hold this one,
// or it says nothing at all, not even whose denial that is (RFC 2308, Section 2.2), or
// nothing that can be read. It is "" where there is nobody else to ask.
func (w *walk) doubtful(m *Message) string {
	c := &w.search.cut
	switch {
	case m.Broken > 0 && len(m.Answer) == 0 && len(c.queue)+len(c.names) > 0:
		return "an answer that cannot be read"
	case c.forward():
	case m.RA && !m.AA && len(c.queue) > 0:
		return "recursion instead of authority"
	case len(m.Answer) > 0 || len(c.queue)+len(c.names) == 0:
	case m.Rcode == code.NoError && m.Refused == 0 && len(m.Authority) == 0:
		return "an empty answer"
	case slices.ContainsFunc(m.Authority, func(i Item) bool { return i.Set.Type() == rr.TypeSOA && c.apex.IsBelow(i.Owner) }):
		return "a denial of a zone above"
	}
	return ""
}

// useless is what makes m no answer whatever is in it, or "".
func (w *walk) useless(m *Message, q Question) string {
	switch {
	case m.TC:
		return "cut short over a stream"
	case m.Rcode == code.NoError, m.Rcode == code.NXDomain:
		return ""
	case m.Rcode == code.YXDomain:
		if _, ok := message.Above(m.Answer, q.Name, w.search.cut.apex, rr.TypeDNAME); ok {
			return ""
		}
	}
	if m.Text != "" {
		return fmt.Sprintf("response code %s, %q", m.Rcode, m.Text)
	}
	return "response code " + m.Rcode.String()
}

// sideways is how m shows that its server has no say in the zone: it refers to
// the zone itself, or away from the name (RFC 1912, Section 2.8), or "".
func (w *walk) sideways(m *Message, q Question) string {
	if m.Rcode != code.NoError || len(m.Answer) > 0 {
		return ""
	}
	soa, ns := false, dname.Name(nil)
	for _, i := range m.Authority {
		switch i.Set.Type() {
		case rr.TypeSOA:
			soa = true
		case rr.TypeNS:
			ns = i.Owner
		}
	}
	apex := w.search.cut.apex
	if soa || ns == nil || !apex.IsBelow(ns) && (m.AA || m.RA || w.search.cut.forward()) {
		return ""
	}
	return fmt.Sprintf("refers to %s when asked for %s", ns, q.Name)
}

// lame goes on to another server.
func (w *walk) lame(server exchange.Server, s Step, why string) state {
	s.Kind, s.Why = Lame, why
	w.search.last, w.search.failed = why, append(w.search.failed, server)
	w.step(s)
	w.search.cut.drop(server)
	return (*walk).ask
}

// judgePart: the servers of the zone itself know about the name as far as it
// was shown. That it does not exist is believed of a name in part where all below it
// is denied with it: there are servers of lesser zones that deny empty non-terminals,
// against RFC 8020, Section 2.
func (w *walk) judgePart(q Question, s Step) state {
	m := &w.search.message
	if d, ok := message.Above(m.Answer, w.name.Parent(), w.search.cut.apex, rr.TypeDNAME); ok && w.name.IsBelow(d.Owner) {
		return (*walk).answered
	}
	if w.deniesAll(q) {
		w.keepDenial(q.Name)
		return w.denied()
	}
	if m.Rcode != code.NoError {
		w.search.whole = true
		return w.showMore(s, m.Rcode.String()+" for a part of the name")
	}
	return w.showMore(s, fmt.Sprintf("no cut at %s", q.Name))
}

// deniesAll reports whether the message denies q, which shows a part of the name, and
// all below it.
func (w *walk) deniesAll(q Question) bool {
	m := &w.search.message
	soa, ok := message.Above(m.Authority, q.Name, w.search.cut.apex, rr.TypeSOA)
	return ok && m.Rcode == code.NXDomain && len(m.Answer) == 0 && w.deniesBelow(soa.Owner)
}

// referral is the NS set of a cut nearer to the name than this one (RFC 1034,
// Section 4.3.2, step 3b).
func (w *walk) referral(shown dname.Name) (Item, bool) {
	m, c := &w.search.message, &w.search.cut
	if c.forward() || m.Rcode != code.NoError {
		return Item{}, false
	}
	for _, i := range m.Answer {
		if i.Owner.Equal(shown) || i.Set.Type() == rr.TypeDNAME {
			return Item{}, false
		}
	}
	side := shown
	if w.t == rr.TypeDS && shown.Equal(w.name) {
		side = shown.Parent()
	}
	for _, i := range m.Authority {
		if i.Set.Type() == rr.TypeSOA {
			return Item{}, false
		}
		if i.Set.Type() == rr.TypeNS && i.Owner.IsBelow(c.apex) && side.IsAtOrBelow(i.Owner) {
			return i, true
		}
	}
	return Item{}, false
}
