package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

// recordRow is a row of records as it was read.
type recordRow struct {
	zone              int64
	key               []byte
	typ               rr.Type
	id                uint64
	owner             string
	ttl               uint32
	data              string
	disabled          bool
	created, modified int64
	note              string
}

// scanRecord reads the columns of recordColumns.
func scanRecord(r row) recordRow {
	return recordRow{zone: r.int(0), key: r.blob(1), typ: rr.Type(r.int(2)), id: uint64(r.int(3)), owner: r.text(4),
		ttl: uint32(r.int(5)), data: r.text(6), disabled: r.int(7) != 0, created: r.int(8), modified: r.int(9), note: r.text(10)}
}

// sameSet reports whether both rows are of one RRset.
func (a *recordRow) sameSet(b *recordRow) bool {
	return a.zone == b.zone && a.typ == b.typ && bytes.Equal(a.key, b.key)
}

// record is what r says of its record.
func (r *recordRow) record() (change.Record, error) {
	rec := change.Record{ID: r.id, Disabled: r.disabled, Created: r.created, Modified: r.modified}
	var err error
	if r.note != "" {
		if err = json.Unmarshal([]byte(r.note), &rec.Note); err != nil {
			return rec, fmt.Errorf("record %d: note: %w", r.id, err)
		}
	}
	if rec.Data, err = parseData(r.typ, r.data); err != nil {
		return rec, fmt.Errorf("record %d: %s %s %s: %w", r.id, r.owner, r.typ, r.data, err)
	}
	return rec, nil
}

// parseData is the RDATA that text stands for. The types that most records
// have take a short cut past the lexer.
func parseData(t rr.Type, text string) ([]byte, error) {
	switch t {
	case rr.TypeA, rr.TypeAAAA:
		if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" && a.Is4() == (t == rr.TypeA) {
			return a.AsSlice(), nil
		}
	case rr.TypeCNAME, rr.TypeALIAS:
		if strings.IndexByte(text, '\\') < 0 {
			if n, err := dname.Parse(text, nil); err == nil {
				return n, nil
			}
		}
	}
	return zonefile.AppendData(nil, t, text, nil)
}

// grouper makes RRsets out of rows that come in order.
type grouper struct {
	last recordRow // of the RRset at hand
	set  change.RRset
	open bool
}

// add takes the next row and gives back the RRset before it, if one ended there.
func (g *grouper) add(r recordRow) (ended change.RRset, ok bool, err error) {
	if g.open && !g.last.sameSet(&r) {
		ended, ok = g.set, true
		g.open = false
	}
	rec, err := r.record()
	if err != nil {
		return ended, ok, err
	}
	if !g.open {
		owner, err := g.owner(&r)
		if err != nil {
			return ended, ok, err
		}
		g.set = change.RRset{Owner: owner, Type: r.typ, TTL: r.ttl}
		g.last, g.open = r, true
	}
	g.set.Records = append(g.set.Records, rec)
	return ended, ok, nil
}

// owner is that of r; RRsets of one owner share it.
func (g *grouper) owner(r *recordRow) (dname.Name, error) {
	if r.owner == g.last.owner && g.set.Owner != nil {
		return g.set.Owner, nil
	}
	return dname.Parse(r.owner, nil)
}

// end is the RRset that is still open.
func (g *grouper) end() (change.RRset, bool) {
	defer func() { g.open = false }()
	return g.set, g.open
}
