package remote

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
)

// diffPrinter prints differences of zones: a line a record, with - or + in front.
type diffPrinter struct {
	out   *bufio.Writer
	style term.Style
	most  int // lines a zone; 0 for all
	left  int
	over  int // lines that were not printed
}

// Differences prints list to w, at most so many lines of each zone; all if most is 0.
func Differences(w io.Writer, most int, list []api.ZoneDiff) error {
	p := &diffPrinter{out: bufio.NewWriter(w), style: term.StyleOf(w), most: most}
	for _, d := range list {
		p.zone(d)
	}
	return p.out.Flush()
}

func (p *diffPrinter) zone(d api.ZoneDiff) {
	p.left, p.over = p.most, 0
	fmt.Fprintln(p.out, p.style.Paint(term.Bold, zoneHead(d)))
	if d.Kind == "update" {
		p.props(d.Before, d.After)
	}
	for _, set := range d.Sets {
		p.set(set)
	}
	if p.over > 0 {
		fmt.Fprintf(p.out, "  … and %s\n", term.Plural(p.over, "more line"))
	}
}

// zoneHead says which zone changes and how its serial moves.
func zoneHead(d api.ZoneDiff) string {
	switch d.Kind {
	case "create":
		return fmt.Sprintf("zone %s is new, serial %d", term.Clean(d.Name), d.To)
	case "delete":
		return fmt.Sprintf("zone %s is gone, last serial %d", term.Clean(d.Name), d.From)
	}
	return fmt.Sprintf("zone %s, serial %d to %d", term.Clean(d.Name), d.From, d.To)
}

// props prints the properties that differ.
func (p *diffPrinter) props(before, after *api.ZoneProps) {
	if before == nil || after == nil {
		return
	}
	for _, f := range [...]struct{ name, old, new string }{
		{"type", before.Type, after.Type},
		{"region", before.Region, after.Region},
		{"status", before.Status, after.Status},
		{"account", before.Account, after.Account},
		{"default TTL", fmt.Sprint(before.DefaultTTL), fmt.Sprint(after.DefaultTTL)},
		{"flatten all CNAMEs", OnOff(before.FlattenAll), OnOff(after.FlattenAll)},
		{"SOA", before.SOA, after.SOA},
		{"TTL of the SOA", fmt.Sprint(before.SOATTL), fmt.Sprint(after.SOATTL)},
	} {
		if f.old != f.new {
			p.line(term.Red, "- "+f.name+": "+f.old)
			p.line(term.Green, "+ "+f.name+": "+f.new)
		}
	}
}

// set prints the records that are not the same before and after.
func (p *diffPrinter) set(d api.SetDiff) {
	before, after := recordLines(d, d.Before), recordLines(d, d.After)
	for _, l := range before {
		if !slices.Contains(after, l) {
			p.line(term.Red, "- "+l)
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			p.line(term.Green, "+ "+l)
		}
	}
}

func recordLines(d api.SetDiff, set *api.RRset) []string {
	if set == nil {
		return nil
	}
	lines := make([]string, len(set.Records))
	for i, r := range set.Records {
		lines[i] = fmt.Sprintf("%s %d %s %s", d.Name, set.TTL, d.Type, r.Content)
		if n := Notes(d.Type, r.Disabled, r.Settings, r.Comment); n != "" {
			lines[i] += "  ; " + n
		}
	}
	return lines
}

func (p *diffPrinter) line(c term.Colour, text string) {
	if p.most > 0 {
		if p.left == 0 {
			p.over++
			return
		}
		p.left--
	}
	fmt.Fprintln(p.out, p.style.Paint(c, term.Clean(text)))
}
