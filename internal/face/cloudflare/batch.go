package cloudflare

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// maxOperations bounds a batch, as in the original's paid plans.
const maxOperations = 3500

// batchIn is many writes that are done together or not at all.
type batchIn struct {
	Deletes []recordIn `json:"deletes"`
	Patches []recordIn `json:"patches"`
	Puts    []recordIn `json:"puts"`
	Posts   []recordIn `json:"posts"`
}

type batchOut struct {
	Deletes []*recordOut `json:"deletes"`
	Patches []*recordOut `json:"patches"`
	Puts    []*recordOut `json:"puts"`
	Posts   []*recordOut `json:"posts"`
}

// order is a batch on its way to one Change.
type order struct {
	c      *call
	edits  []control.Edit
	places []string // of each edit in the body
	gone   []*recordOut
}

func batch(c *call) (any, error) {
	var in batchIn
	if err := c.read(&in, maxBatch); err != nil {
		return nil, err
	}
	if n := len(in.Deletes) + len(in.Patches) + len(in.Puts) + len(in.Posts); n > maxOperations {
		return nil, envelope.Failure(http.StatusBadRequest, envelope.CodeQuota, fmt.Sprintf("The batch has %d operations; at most %d are done together. Split it up.", n, maxOperations))
	}
	o := &order{c: c}
	if err := o.collect(&in); err != nil {
		return nil, err
	}
	if len(o.edits) == 0 {
		return o.show(nil, &in)
	}
	o.align()
	result, err := c.apply(o.edits)
	var m *misplaced
	if errors.As(err, &m) {
		return nil, m.At(o.places[m.edit])
	}
	if err != nil {
		return nil, err
	}
	return o.show(result, &in)
}

func (o *order) collect(in *batchIn) error {
	for i := range in.Deletes {
		f, err := o.c.lookup(in.Deletes[i].ID)
		if err != nil {
			return inPart(err, "deletes", i)
		}
		o.gone = append(o.gone, o.c.show(f))
		o.add(o.c.drop(f), "deletes", i)
	}
	for _, part := range []struct {
		name    string
		records []recordIn
		whole   bool
	}{{"patches", in.Patches, false}, {"puts", in.Puts, true}} {
		for i := range part.records {
			base, err := o.c.lookup(part.records[i].ID)
			if err != nil {
				return inPart(err, part.name, i)
			}
			if err := o.edit(&part.records[i], base, part.whole, part.name, i); err != nil {
				return err
			}
		}
	}
	for i := range in.Posts {
		if err := o.edit(&in.Posts[i], nil, true, "posts", i); err != nil {
			return err
		}
	}
	return nil
}

func (o *order) edit(in *recordIn, base *found, whole bool, part string, i int) error {
	e, err := o.c.edit(in, base, whole)
	if err != nil {
		return inPart(err, part, i)
	}
	o.add(e, part, i)
	return nil
}

func (o *order) add(e control.Edit, part string, i int) {
	o.edits = append(o.edits, e)
	o.places = append(o.places, fmt.Sprintf("/%s/%d", part, i))
}

// inPart says in which part of the batch err came up.
func inPart(err error, part string, i int) error {
	f := *envelope.Explain(err)
	f.Problems = slices.Clone(f.Problems)
	place := fmt.Sprintf("/%s/%d", part, i)
	if s := f.Problems[0].Source; s != nil {
		place += s.Pointer
	}
	f.Problems[0].Source = &envelope.Source{Pointer: place}
	return &f
}

// align gives the writes to one RRset one TTL, the last one: each record has
// its own in the original, and later ones win (RFC 2181, Section 5.2).
func (o *order) align() {
	last := make(map[string]*uint32)
	for i := len(o.edits) - 1; i >= 0; i-- {
		e := &o.edits[i]
		if e.TTL == nil {
			continue
		}
		key := fmt.Sprintf("%s %d", e.Owner, e.Type)
		if have := last[key]; have != nil {
			e.TTL = have
		}
		last[key] = e.TTL
	}
}

func (o *order) show(result *control.Result, in *batchIn) (any, error) {
	all := append([]*recordOut{}, o.gone...) // not nil: an empty part is [], not null
	for i := len(o.gone); i < len(o.edits); i++ {
		f, err := o.c.written(result, &o.edits[i])
		if err != nil {
			return nil, err
		}
		all = append(all, o.c.show(f))
	}
	out := new(batchOut)
	for _, part := range []struct {
		to *[]*recordOut
		n  int
	}{{&out.Deletes, len(in.Deletes)}, {&out.Patches, len(in.Patches)}, {&out.Puts, len(in.Puts)}, {&out.Posts, len(in.Posts)}} {
		*part.to, all = all[:part.n:part.n], all[part.n:]
	}
	return out, nil
}
