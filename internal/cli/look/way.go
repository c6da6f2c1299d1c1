package look

import (
	"fmt"
	"unicode/utf8"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
)

// asked is a step with those that were needed for it.
type asked struct {
	api.ExplainStep
	under []*asked
	leaf  string // instead of a step: a record
}

// link reports whether a step of that kind is on the way itself, and not a
// question to somebody.
func link(kind string) bool {
	switch kind {
	case "servers", "referral", "fetch", "silent", "lame", "shown", answering:
		return false
	}
	return true
}

// grown hangs every question below the link that it was asked for, and what was
// needed to ask it below itself. What led to no link stands alone.
func grown(steps []api.ExplainStep) (roots []*asked) {
	var pending []*asked
	var open []*asked // the last step of every depth
	for _, step := range steps {
		n := &asked{ExplainStep: step}
		depth := min(max(0, step.Depth), len(open))
		switch {
		case depth > 0:
			above := open[depth-1]
			above.under = append(above.under, n)
		case link(step.Kind) && step.Depth <= 0:
			n.under, pending = pending, nil
			roots = append(roots, n)
		default:
			pending = append(pending, n)
		}
		open = append(open[:depth], n)
	}
	return append(roots, pending...)
}

// way shows steps on a terminal.
type way struct {
	*remote.Session
	term.Glyphs
	width int
	of    string // the question
}

func newWay(s *remote.Session, name, rrtype string) *way {
	w := &way{Session: s, Glyphs: term.GlyphsHere(), of: term.Clean(name + " " + rrtype)}
	w.width, _ = term.Size(s.Stdout)
	return w
}

func (w *way) sheet(columns ...string) *term.Sheet {
	return term.NewSheet(w.Style, w.Glyphs, columns...)
}

// deepest is how deep a tree is drawn; what is below stands beside it.
const deepest = 4

// recordsShown bounds the records that a step shows; --json has all.
const recordsShown = 10

// tree adds to sheet the steps below the question; cells makes a row of one.
func (w *way) tree(sheet *term.Sheet, roots []*asked, cells func(*asked) []term.Cell) {
	sheet.Row("", term.In(term.Bold, w.of))
	w.branches(sheet, roots, "", cells)
}

func (w *way) branches(sheet *term.Sheet, list []*asked, indent string, cells func(*asked) []term.Cell) {
	for i, n := range list {
		knee, bar := w.Tee, w.Bar
		if i == len(list)-1 {
			knee, bar = w.Knee, "    "
		}
		if n.leaf != "" {
			sheet.Row(indent+knee, term.In(term.Green, n.leaf))
			continue
		}
		sheet.Row(indent+knee, cells(n)...)
		below := indent + bar
		if utf8.RuneCountInString(indent) >= 4*(deepest-1) {
			below = indent
		}
		if text := noteOf(n); text != "" {
			sheet.Row(below, term.Faint(text))
		}
		w.branches(sheet, append(n.under, leaves(n)...), below, cells)
	}
}

// leaves are the records that n found.
func leaves(n *asked) (list []*asked) {
	if n.Target != "" {
		return nil
	}
	shown := min(len(n.Records), recordsShown)
	for _, content := range n.Records[:shown] {
		list = append(list, &asked{leaf: joined(" ", n.Type, content)})
	}
	if left := len(n.Records) - shown; left > 0 {
		list = append(list, &asked{leaf: fmt.Sprintf("and %d more", left)})
	}
	return list
}

// noteOf is what is to be said of a step beside its row.
func noteOf(n *asked) string {
	text := whyOf(n.ExplainStep)
	if n.Kind == "servers" {
		text = "" // it stands in the row
	}
	if n.Via != "" {
		text = joined("; ", "by "+n.Via, text)
	}
	return text
}

// whyOf is what is wrong at a step, and what is known of the target of an ALIAS.
func whyOf(s api.ExplainStep) string {
	switch s.State {
	case "failing":
		return joined(": ", "the target fails now", s.Why)
	case "renewing":
		return joined("; ", "the target is being asked for anew", s.Why)
	}
	return s.Why
}

// name is whom a step is about: a link its owner, a question the zone that was asked.
func (w *way) name(n *asked) term.Cell {
	switch {
	case n.Depth > 0 && link(n.Kind) || n.Kind == "fetch":
		return term.Text(joined(" ", n.Owner, n.Type))
	case link(n.Kind):
		return term.Key(n.Owner)
	}
	return term.Text(n.Zone)
}

func (w *way) kind(n *asked) term.Cell {
	switch n.Kind {
	case "silent", "lame", "nodata", "unknown":
		return term.In(term.Yellow, n.Kind)
	case "nxdomain", "loop", "too-long", "exhausted":
		return term.In(term.Red, n.Kind)
	case "exact", "wildcard":
		return term.In(term.Green, n.Kind)
	}
	return term.Text(n.Kind)
}

func (w *way) source(n *asked) term.Cell {
	if n.Source == "stale" || n.State == "failing" {
		return term.In(term.Yellow, n.Source)
	}
	return term.Text(n.Source)
}

// where is the server that was asked, or the zone that has the answer.
func where(n *asked) string {
	text := n.Server
	switch {
	case text != "":
	case n.Kind == "servers":
		text = n.Why
	default:
		text = n.Zone
	}
	if n.Ours && n.Source != "own" {
		text = joined(" ", text, "(ours)")
	}
	return text
}
