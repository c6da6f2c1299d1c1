package doctor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// fixText is fixes as "title: op owner type old>data, …".
func fixText(fixes []lint.Fix) string {
	var all []string
	for _, f := range fixes {
		var edits []string
		for _, e := range f.Edits {
			edits = append(edits, fmt.Sprintf("%s %s %s %s>%s", e.Op, e.Owner, e.Type, strings.Join(e.Old, "+"), strings.Join(e.Data, "+")))
		}
		all = append(all, f.Title+": "+strings.Join(edits, ", "))
	}
	return strings.Join(all, "\n")
}

func TestVerdictsOfferFixes(t *testing.T) {
	known := warm(t)
	known["nowhere.cdn.net. A"] = answer.Flat{State: answer.Fresh, Gone: true, TTL: 60}
	known["nowhere.cdn.net. AAAA"] = known["nowhere.cdn.net. A"]
	known["mute.silent.net. A"] = answer.Flat{State: answer.Failing, Why: "timeout"}
	known["mute.silent.net. AAAA"] = known["mute.silent.net. A"]
	lines := append(oursCom[:len(oursCom):len(oursCom)],
		"bad.ours.com. CNAME host.ours.com.", "bad.ours.com. MX 10 host.ours.com.",
		"lost.ours.com. CNAME missing.ours.com.", "undotted.ours.com. CNAME host.ours.com.ours.com.",
		"*.wild.ours.com. CNAME missing.ours.com.", "a.ring.ours.com. CNAME b.ring.ours.com.", "b.ring.ours.com. CNAME a.ring.ours.com.",
		"duo.ours.com. ALIAS edge.cdn.net.", "duo.ours.com. ALIAS nowhere.cdn.net.", "mute.ours.com. ALIAS mute.silent.net.", "gone.tree.ours.com. TXT x")
	ours := zonesOf(t, lines, []string{"apex.org.", "apex.org. CNAME edge.cdn.net."})
	mine := &Caller{Token: "mine", Sees: func(apex dname.Name) bool { return apex.Equal(dname.MustParse("ours.com.")) }}
	d := usual(t).clinic(ours, func(o *Options) { o.Flattener, o.Dial = known, nobodyListens })
	for _, c := range []struct {
		situation, name string
		who             *Caller
		cause           string
		link, want      string
	}{
		{"a CNAME and others", "bad.ours.com.", anybody, CauseConflict, "",
			"use ALIAS instead of CNAME at bad.ours.com.: remove bad.ours.com. CNAME host.ours.com.>, add bad.ours.com. ALIAS >host.ours.com.\n" +
				"remove the CNAME record of bad.ours.com.: remove bad.ours.com. CNAME host.ours.com.>\n" +
				"keep the CNAME of bad.ours.com. alone: remove bad.ours.com. MX 10 host.ours.com.>"},
		{"a CNAME at the apex", "apex.org.", anybody, CauseApex, "apex.org. CNAME edge.cdn.net.",
			"use ALIAS instead of CNAME at apex.org.: remove apex.org. CNAME edge.cdn.net.>, add apex.org. ALIAS >edge.cdn.net."},
		{"in a zone of others", "apex.org.", mine, CauseApex, "", ""},
		{"a target that does not exist", "lost.ours.com.", anybody, CauseTarget, "lost.ours.com. CNAME missing.ours.com.",
			"remove CNAME missing.ours.com. of lost.ours.com.: remove lost.ours.com. CNAME missing.ours.com.>"},
		{"a final dot that is missing", "undotted.ours.com.", anybody, CauseTarget, "undotted.ours.com. CNAME host.ours.com.ours.com.",
			"point undotted.ours.com. CNAME to host.ours.com.: replace undotted.ours.com. CNAME host.ours.com.ours.com.>host.ours.com.\n" +
				"remove CNAME host.ours.com.ours.com. of undotted.ours.com.: remove undotted.ours.com. CNAME host.ours.com.ours.com.>"},
		{"by a wildcard", "any.wild.ours.com.", anybody, CauseTarget, "*.wild.ours.com. CNAME missing.ours.com.",
			"remove CNAME missing.ours.com. of *.wild.ours.com.: remove *.wild.ours.com. CNAME missing.ours.com.>"},
		{"a loop", "a.ring.ours.com.", anybody, CauseTarget, "b.ring.ours.com. CNAME a.ring.ours.com.",
			"remove CNAME a.ring.ours.com. of b.ring.ours.com.: remove b.ring.ours.com. CNAME a.ring.ours.com.>"},
		{"one target of two is gone", "duo.ours.com.", anybody, CauseTarget, "duo.ours.com. ALIAS nowhere.cdn.net.",
			"remove ALIAS nowhere.cdn.net. of duo.ours.com.: remove duo.ours.com. ALIAS nowhere.cdn.net.>"},
		{"servers that are silent may come back", "mute.ours.com.", anybody, CauseTarget, "mute.ours.com. ALIAS mute.silent.net.", ""},
		{"all is well", "host.ours.com.", anybody, CauseTarget, "", ""},
		{"a name that is not there", "none.ours.com.", anybody, CauseTarget, "", ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			got, err := d.Diagnose(t.Context(), c.who, Case{Name: dname.MustParse(c.name)})
			if err != nil {
				t.Fatal(err)
			}
			v := got.verdict(t, c.cause)
			link := ""
			if v.Link != nil {
				link = fmt.Sprintf("%s %s %s", v.Link.Owner, v.Link.Type, v.Link.Target)
			}
			if got := fixText(v.Fixes); got != c.want || link != c.link {
				t.Errorf("%s: by %q\n%s\nwant by %q\n%s", v.text(), link, got, c.link, c.want)
			}
		})
	}
}
