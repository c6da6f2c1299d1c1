package propagation

import (
	"bytes"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/resolver"
)

// judge holds what servers say against what is expected of them.
type judge struct {
	lookup func(resolver.Question) []resolver.Item
	p      *Report
	want   Expected
	like   *servers.View     // what servers are held against where nothing is given
	ends   map[string]rr.Set // where aliases lead that leave the zone
}

func (j *judge) all() {
	p := j.p
	if j.want.Data == nil && !j.want.Gone {
		j.choose()
	} else {
		j.given()
	}
	unknown := false
	for n := range p.Rows {
		r := &p.Rows[n]
		switch r.State = j.state(r); r.State {
		case Matches:
			p.Matches++
		case Errs:
			p.Errors++
		case Differs:
			p.Differs++
			p.Left = max(p.Left, r.Left)
			unknown = unknown || r.Role != Recursive || r.Left == Nobody
		}
	}
	if p.Done = p.Matches > 0 && p.Differs == 0; unknown {
		p.Left = Nobody
	}
	if p.Ours && !p.elsewhere() {
		p.Warnings = append(p.Warnings, "no other server has answered: only what this server itself says is known")
	}
}

// given says in words what the request expects.
func (j *judge) given() {
	j.p.From, j.p.Expect = "given", []string{}
	if j.want.Gone {
		j.want.Data = nil
		return
	}
	for n, data := range j.want.Data {
		j.p.Expect = append(j.p.Expect, string(rr.AppendDataText(nil, j.p.Type, data)))
		lower := bytes.Clone(data)
		rr.LowerNames(j.p.Type, lower)
		j.want.Data[n] = lower
	}
}

// choose takes what our own zone says as right, or else what most servers of the
// zone do, or else most resolvers.
func (j *judge) choose() {
	j.p.From, j.p.Expect = "none", []string{}
	for _, from := range []struct {
		role Role
		name string
	}{{Ourselves, "ours"}, {Authoritative, "authoritative"}, {Recursive, "resolvers"}} {
		if best := j.most(from.role); best != nil {
			j.like, j.p.From = &best.view, from.name
			if j.p.Expect = slices.Clone(best.Records); len(best.Records) == 0 {
				j.p.Expect = texts(best.Aliases)
			}
			return
		}
	}
}

// texts are names in presentation form, never nil.
func texts(names []dname.Name) []string {
	out := []string{}
	for _, n := range names {
		out = append(out, n.String())
	}
	return out
}

// most is the row of that role that most others of the role agree with; of two
// alike the one with the newer zone.
func (j *judge) most(role Role) (best *Row) {
	votes := 0
	for n := range j.p.Rows {
		r := &j.p.Rows[n]
		if r.Role != role || !r.Answered() {
			continue
		}
		agree := 0
		for m := range j.p.Rows {
			if o := &j.p.Rows[m]; o.Role == role && o.Answered() && servers.Agrees(&r.view, &o.view) {
				agree++
			}
		}
		if agree > votes || agree == votes && newer(r, best) {
			best, votes = r, agree
		}
	}
	return best
}

// newer reports whether r has a newer version of the zone than s (RFC 1982, Section 3.2).
func newer(r, s *Row) bool {
	return s != nil && r.Serial != nil && s.Serial != nil && *r.Serial != *s.Serial && *r.Serial-*s.Serial < 1<<31
}

func (j *judge) state(r *Row) State {
	switch {
	case !r.Answered():
		return Errs
	case j.like != nil:
		return matching(servers.Agrees(j.like, &r.view))
	case j.p.From == "none":
		return Errs
	}
	records := r.view.Set
	if n := len(r.Aliases); n > 0 && !r.view.Ended {
		records = j.endOf(r.Aliases[n-1])
	}
	have := servers.Canonical(records)
	if j.want.Gone {
		return matching(len(have) == 0)
	}
	for _, data := range j.want.Data {
		if !slices.ContainsFunc(have, func(h []byte) bool { return bytes.Equal(h, data) }) {
			return Differs
		}
	}
	return Matches
}

func matching(ok bool) State {
	if ok {
		return Matches
	}
	return Differs
}

// endOf is the records at the end of a chain that leaves the zone, which its
// servers cannot know.
func (j *judge) endOf(name dname.Name) rr.Set {
	key := strings.ToLower(name.String())
	if set, ok := j.ends[key]; ok {
		return set
	}
	items := j.lookup(resolver.Question{Name: name, Type: j.p.Type})
	end := name
	if more := servers.Aliases(items, name); len(more) > 0 {
		end = more[len(more)-1]
	}
	if j.ends == nil {
		j.ends = make(map[string]rr.Set)
	}
	j.ends[key] = servers.SetOf(items, end, j.p.Type)
	return j.ends[key]
}

// elsewhere reports whether a server has answered that is not this one.
func (p *Report) elsewhere() bool {
	return slices.ContainsFunc(p.Rows, func(r Row) bool { return r.Role != Ourselves && r.Answered() })
}
