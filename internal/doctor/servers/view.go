package servers

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
)

// sections are the records of a message as RRsets.
type sections struct {
	answer, authority, additional []Item
}

// Bounds of what is read.
const (
	maxSets    = 256 // of a section
	maxRecords = 64  // of a set
)

func readAll(r *wire.Reply) sections {
	return sections{read(r, wire.Answer), read(r, wire.Authority), read(r, wire.Additional)}
}

// read gathers the records of a section into RRsets; the TTL of a set that it
// shows is that of its first record.
func read(r *wire.Reply, s wire.Section) (items []Item) {
	rows := r.Rows(s, nil)
	for {
		row, _, ok := rows.Next()
		if !ok {
			return items
		}
		if row.Class != rr.ClassIN || row.Record.Type().IsMeta() {
			continue
		}
		at := slices.IndexFunc(items, func(i Item) bool {
			return i.Set.Type() == row.Record.Type() && i.Owner.Equal(row.Owner)
		})
		switch {
		case at >= 0 && items[at].Set.Count() < maxRecords:
			items[at].Set = append(items[at].Set, row.Record...)
		case at < 0 && len(items) < maxSets:
			items = append(items, Item{Owner: row.Owner.Clone(), Set: rr.Set(bytes.Clone(row.Record))})
		}
	}
}

// Item is an RRset at an owner.
type Item = resolver.Item

// Nobody is a TTL that nobody knows.
const Nobody = -1

// View is what one server says of a name.
type View struct {
	Heard   bool       // a response came
	Rcode   code.Rcode // of it
	AA      bool
	Aliases []dname.Name // that the name leads to
	Set     rr.Set       // of the type asked for, at the end of the chain
	Beside  rr.Set       // of the type asked for, at the name itself though it is an alias
	Ended   bool         // the chain has an end: records, or their denial
	Left    int64        // how long all of it is true, in seconds; Nobody where it says nothing
	SOA     Item         // of a denial
	Refers  bool         // to other servers
	Took    time.Duration
	Why     string // there is no answer
}

// Ask asks a server for q, and waits for it for some seconds.
func Ask(ctx context.Context, n resolver.Network, s exchange.Server, q exchange.Question) View {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start := time.Now()
	a, err := n.Ask(ctx, s, q)
	if err != nil {
		v := View{Left: Nobody, Took: time.Since(start), Why: err.Error()}
		if e := new(exchange.Error); errors.As(err, &e) {
			v.Why = whyNot[e.Kind]
		}
		return v
	}
	v := viewOf(&a.Reply, q.Name, q.Type)
	v.Took = a.Took
	return v
}

// patience is how long one server is waited for.
const patience = 3 * time.Second

var whyNot = map[exchange.Kind]string{
	exchange.Timeout: "no answer in time", exchange.Canceled: "the time for the request was over", exchange.Unreachable: "the address cannot be reached",
	exchange.Mismatch: "what came answers another question", exchange.Malformed: "what came is no DNS message",
	exchange.Insecure: "the server could not prove its name", exchange.Busy: "this server asks too much already",
}

// viewOf reads what a message says of name.
func viewOf(r *wire.Reply, name dname.Name, t rr.Type) View {
	s := readAll(r)
	v := View{Heard: true, Rcode: r.Rcode, AA: r.Flags&wire.AA != 0, Left: Nobody}
	if v.Rcode != code.NoError && v.Rcode != code.NXDomain {
		v.Why = "response code " + v.Rcode.String()
		return v
	}
	end := name
	if t != rr.TypeCNAME && t != rr.TypeANY {
		if v.Aliases = Aliases(s.answer, name); len(v.Aliases) > 0 {
			end = v.Aliases[len(v.Aliases)-1]
			v.Beside = SetOf(s.answer, name, t)
		}
	}
	v.Set = SetOf(s.answer, end, t)
	v.passed(s.answer)
	for _, i := range s.authority {
		switch i.Set.Type() {
		case rr.TypeSOA:
			v.SOA = i
		case rr.TypeNS:
			v.Refers = true
		}
	}
	v.Refers = v.Refers && v.SOA.Set.Empty() && v.Set.Empty() && len(v.Aliases) == 0
	v.Ended = !v.Set.Empty() || !v.SOA.Set.Empty() || v.Rcode == code.NXDomain
	if v.Set.Empty() && !v.SOA.Set.Empty() {
		v.shorten(int64(v.SOA.Set.NegativeTTL()))
	}
	return v
}

// passed makes the view last no longer than the answer section does.
func (v *View) passed(items []Item) {
	for _, i := range items {
		v.shorten(int64(i.Set.TTL()))
	}
}

func (v *View) shorten(ttl int64) {
	if v.Left == Nobody || ttl < v.Left {
		v.Left = ttl
	}
}
