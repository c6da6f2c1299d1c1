package app

import (
	"bytes"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// maxLook bounds how many names are looked at for examples.
const maxLook = 20_000

// The kinds of example, best first.
const (
	aliasExample    = iota // an alias with an address at its end
	wildcardExample        // a name that only a wildcard stands for
	addressExample
	soaExample
	nsExample
	exampleKinds
)

const wantExamples = 3

// sampler looks for questions worth asking.
type sampler struct {
	set    *zone.Set
	finder *answer.Finder
	found  [exampleKinds]string
	left   int // names that may still be looked at
}

// examples is up to three questions, as arguments to dig, that set answers
// with records. version says that version.bind is answered too.
func examples(set *zone.Set, maxChain int, version bool) []string {
	s := &sampler{set: set, finder: answer.NewFinder(maxChain), left: maxLook}
	for e := range set.All {
		if e.Zone != nil && !s.zone(e.Zone) {
			break
		}
	}
	tries := make([]string, 0, wantExamples)
	for _, t := range s.found {
		if t != "" && len(tries) < wantExamples {
			tries = append(tries, t)
		}
	}
	if version && len(tries) < wantExamples {
		tries = append(tries, "version.bind CH TXT")
	}
	return tries
}

// zone looks for examples in z and reports whether more may be needed.
func (s *sampler) zone(z *zone.Snapshot) bool {
	s.try(soaExample, z.Apex(), rr.TypeSOA)
	s.try(nsExample, z.Apex(), rr.TypeNS)
	for owner, n := range z.All() {
		if s.left--; s.left < 0 {
			return false
		}
		switch {
		case owner.IsWildcard():
			s.try(wildcardExample, stranger(owner), rr.TypeA)
		case n.Is(zone.HasCNAME):
			s.try(aliasExample, owner, rr.TypeA)
		case !n.Set(rr.TypeA).Empty():
			s.try(addressExample, owner, rr.TypeA)
		}
	}
	return s.found[aliasExample] == "" || s.found[wildcardExample] == "" || s.found[addressExample] == ""
}

// stranger is a name that the wildcard stands for unless it exists.
func stranger(wildcard dname.Name) dname.Name {
	n, err := dname.Parse("anything", wildcard.Parent())
	if err != nil {
		return wildcard
	}
	return n
}

// try keeps the question if it is the first of its kind that gets the records asked for.
func (s *sampler) try(kind int, name dname.Name, t rr.Type) {
	if s.found[kind] != "" || !plain(name) {
		return
	}
	a := s.finder.Find(s.set, answer.Question{Name: name, Type: t})
	if a.Outcome == answer.Hit && a.Rcode == code.NoError {
		s.found[kind] = name.String() + " " + t.String()
	}
}

// plain reports whether a name can be typed at a shell as it stands.
func plain(n dname.Name) bool {
	return bytes.IndexFunc([]byte(n.String()), func(r rune) bool {
		return !(r == '.' || r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	}) < 0
}
