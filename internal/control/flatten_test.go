package control

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/shape"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

const flatApex = "example.com."

// said is e with that said of its records.
func said(e Edit, a change.Alias) Edit {
	for i := range e.Records {
		e.Records[i].Alias = &a
	}
	return e
}

var flat = change.Alias{Flatten: change.Yes}

// alias is an edit of example.com. that says a of what it adds.
func (d *desk) alias(a change.Alias, owner, kind string, data ...string) Edit {
	d.Helper()
	return said(d.edit(Add, flatApex, owner, kind, data...), a)
}

// shown is the types under which the name is served, and with which data.
func (d *desk) shown(owner string) string {
	d.Helper()
	var out []string
	for _, t := range []rr.Type{rr.TypeCNAME, rr.TypeALIAS} {
		out = append(out, lines(held.Set(d.zone(flatApex).Snapshot, name(owner), t))...)
	}
	return strings.Join(out, ", ")
}

// lines is the records of s as text.
func lines(s rr.Set) (out []string) {
	for !s.Empty() {
		var r rr.Record
		r, s = s.Next()
		out = append(out, r.Type().String()+" "+string(rr.AppendDataText(nil, r.Type(), r.Data())))
	}
	return out
}

func (d *desk) shows(want map[string]string) {
	d.Helper()
	for owner, text := range want {
		if got := d.shown(owner + "." + flatApex); got != text {
			d.Errorf("%s is served as %q, not %q", owner, got, text)
		}
	}
	d.agrees()
}

// flattenAll switches flattening of the zone.
func (d *desk) flattenAll(on bool) *Result {
	d.Helper()
	return d.must(flattening(on))
}

func flattening(on bool) *Request {
	return &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Props: &ZonePatch{Settings: &change.Settings{FlattenAll: on}}}}}
}

// codes is the codes of findings, in order.
func codes(r *Result) string {
	var out []string
	for _, f := range r.Warnings {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

// turned is what r says of the names of zones that begin or cease to flatten all.
func turned(r *Result) string {
	names := func(n shape.Names) string {
		var out []string
		for _, name := range n.Some {
			out = append(out, name.Owner.String()+">"+name.Target.String()+strings.Repeat("!", min(1, len(name.Why))))
		}
		return fmt.Sprint(n.Count, " ", out)
	}
	var out []string
	for _, t := range r.Turned {
		out = append(out, map[bool]string{true: "on ", false: "off "}[t.On]+t.Apex.String()+" turns "+names(t.Turns)+" stays "+names(t.Stays))
	}
	return strings.Join(out, "; ")
}

// TestWhichNamesTurn asks before it is done, for records that are written in the same change too.
func TestWhichNamesTurn(t *testing.T) {
	d := newDesk(t)
	gone := said(d.edit(Add, flatApex, "off", "CNAME", "host.example.net."), change.Alias{})
	gone.Records[0].Disabled = new(true)
	d.make(flatApex, gone, d.edit(Add, flatApex, "www", "CNAME", "host.example.net."), d.alias(flat, "own", "CNAME", "host.example.net."), d.alias(flat, "mine", "CNAME", "host.example.net."))
	on, off := flattening(true), flattening(false)
	on.DryRun, off.DryRun = true, true
	if got := turned(d.must(on)); got != "on example.com. turns 1 [www.example.com.>host.example.net.] stays 0 []" {
		t.Errorf("on: %s", got)
	}
	on.Zones[0].Edits = []Edit{d.edit(Add, flatApex, "new", "CNAME", "x.example.net."), d.edit(Put, flatApex, "mine", "CNAME", "y.example.net."), d.edit(Remove, flatApex, "www", "CNAME")}
	if got := turned(d.must(on)); got != "on example.com. turns 1 [new.example.com.>x.example.net.] stays 0 []" {
		t.Errorf("on, with edits: %s", got)
	}
	d.flattenAll(true)
	if got := turned(d.must(off)); got != "off example.com. turns 1 [www.example.com.>host.example.net.] stays 2 [mine.example.com.>host.example.net.! own.example.com.>host.example.net.!]" {
		t.Errorf("off: %s", got)
	}
	if got := turned(d.change(flatApex, d.edit(Add, flatApex, "more", "CNAME", "x.example.net."))); got != "" {
		t.Errorf("without a switch: %s", got)
	}
	var edits []Edit
	for i := range shape.MaxTurned + 20 {
		edits = append(edits, d.edit(Add, flatApex, fmt.Sprintf("n%03d", i), "CNAME", "x.example.net."))
	}
	d.change(flatApex, edits...)
	res := d.must(off)
	if n := res.Turned[0].Turns; n.Count != shape.MaxTurned+22 || len(n.Some) != shape.MaxTurned {
		t.Errorf("%d turn, %d are named", n.Count, len(n.Some))
	}
}

// TestARefusalHasWarningsToo breaks a rule beside one that only warns.
func TestARefusalHasWarningsToo(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex)
	e := d.refused("cname-and-other-data", &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Edits: []Edit{
		d.edit(Add, flatApex, "www", "CNAME", "gone.example.com."), d.edit(Add, flatApex, "www", "TXT", "x"), d.edit(Add, flatApex, "other", "CNAME", "none.example.com.")}}}})
	var codes []string
	for _, f := range e.Warnings {
		codes = append(codes, f.Code+" "+f.Owner)
	}
	if got := strings.Join(codes, ", "); !strings.Contains(got, "dangling-target other.example.com.") || strings.Contains(got, "cname-and-other-data") || len(e.Findings) != 1 {
		t.Errorf("warnings: %s; %d errors", got, len(e.Findings))
	}
}

func TestACNAMEIsServedAsALIAS(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex, d.alias(flat, "www", "CNAME", "host.example.net."), d.edit(Add, flatApex, "www", "MX", "10 mail.example.net."), d.edit(Add, flatApex, "plain", "CNAME", "host.example.net."))
	d.has(flatApex, "plain.example.com. CNAME host.example.net.", "www.example.com. CNAME host.example.net.", "www.example.com. MX 10 mail.example.net.")
	d.shows(map[string]string{"www": "ALIAS host.example.net.", "plain": "CNAME host.example.net."})
	d.change(flatApex, d.edit(Put, flatApex, "www", "CNAME", "next.example.net."))
	d.shows(map[string]string{"www": "ALIAS next.example.net."})
	d.change(flatApex, said(d.edit(Put, flatApex, "www", "CNAME", "last.example.net."), change.Alias{}), d.edit(Remove, flatApex, "www", "MX"))
	d.shows(map[string]string{"www": "CNAME last.example.net."})
}

func TestWhatIsSaidStaysWithTheRecord(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make(flatApex, d.alias(flat, "www", "CNAME", "host.example.net."))
	set := d.edit(Set, flatApex, "www", "CNAME", "next.example.net.")
	set.ID = d.id(flatApex, "www.example.com.", "CNAME", "host.example.net.")
	d.change(flatApex, set)
	d.shows(map[string]string{"www": "ALIAS next.example.net."})
	no := d.change(flatApex, said(d.edit(Put, flatApex, "www", "CNAME", "next.example.net."), change.Alias{Flatten: change.No}))
	d.shows(map[string]string{"www": "CNAME next.example.net."})
	if _, err := d.Undo(ctx, d.admin, no.Change.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.shows(map[string]string{"www": "ALIAS next.example.net."})
	d.reopen()
	d.shows(map[string]string{"www": "ALIAS next.example.net."})
	d.change(flatApex, d.edit(Remove, flatApex, "www", "CNAME"))
	d.shows(map[string]string{"www": ""})
}

func TestAZoneIsFlattenedInOneChange(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make(flatApex, d.edit(Add, flatApex, "www", "CNAME", "host.example.net."), d.edit(Add, flatApex, "*.wild", "CNAME", "web.example.net."),
		d.edit(Add, flatApex, "_acme-challenge", "CNAME", "proof.example.net."), d.edit(Add, flatApex, "a._domainkey", "CNAME", "key.example.net."),
		d.edit(Add, flatApex, "token", "CNAME", "x.acm-validations.aws."), d.alias(change.Alias{Flatten: change.No}, "stays", "CNAME", "host.example.net."),
		d.alias(flat, "_dmarc", "CNAME", "host.example.net."))
	before := map[string]string{
		"www": "CNAME host.example.net.", "*.wild": "CNAME web.example.net.", "_acme-challenge": "CNAME proof.example.net.",
		"a._domainkey": "CNAME key.example.net.", "token": "CNAME x.acm-validations.aws.", "stays": "CNAME host.example.net.", "_dmarc": "ALIAS host.example.net.",
	}
	after := map[string]string{"www": "ALIAS host.example.net.", "*.wild": "ALIAS web.example.net."}
	for owner, text := range before {
		if _, flips := after[owner]; !flips {
			after[owner] = text
		}
	}
	d.shows(before)
	first := d.zone(flatApex).Serial
	res := d.flattenAll(true)
	d.shows(after)
	if n := len(res.Change.Zones[0].Sets); n != 0 || d.zone(flatApex).Serial != first+1 {
		t.Errorf("the switch has written %d RRsets, serial %d after %d", n, d.zone(flatApex).Serial, first)
	}
	if codes(res) != "kept-cname" || !strings.Contains(res.Warnings[0].Message, "4 names of example.com. keep their CNAME") {
		t.Errorf("it says %v", res.Warnings)
	}
	if got, want := turned(res), "on example.com. turns 2 [*.wild.example.com.>web.example.net. www.example.com.>host.example.net.] stays 4 "+
		"[_acme-challenge.example.com.>proof.example.net.! a._domainkey.example.com.>key.example.net.! stays.example.com.>host.example.net.! token.example.com.>x.acm-validations.aws.!]"; got != want {
		t.Errorf("of the names it says\n%s\nwant\n%s", got, want)
	}
	if again := d.flattenAll(true); again.Change != nil {
		t.Errorf("the same again made %+v", again.Change)
	}
	d.reopen()
	d.shows(after)
	if _, err := d.Undo(ctx, d.admin, res.Change.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.shows(before)
	if _, err := d.RestoreZone(ctx, d.admin, ref(flatApex), At{Revision: res.Change.Revision}, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.shows(after)
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Delete: true}}})
	if _, err := d.RestoreZone(ctx, d.admin, ref(flatApex), At{}, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.shows(after)
}

func TestTheSwitchAndRecordsInOneChange(t *testing.T) {
	d := newDesk(t)
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Create: &NewZone{}, Props: &ZonePatch{Settings: &change.Settings{FlattenAll: true}},
		Edits: []Edit{d.edit(Add, flatApex, "www", "CNAME", "host.example.net."), d.edit(Add, flatApex, "www", "TXT", "x")}}}})
	d.shows(map[string]string{"www": "ALIAS host.example.net."})
	off := flattening(false)
	e := d.refused("cname-and-other-data", off)
	if e.Class != Refused || e.Findings[0].Owner != "www.example.com." {
		t.Errorf("%+v", e)
	}
	off.Zones[0].Edits = []Edit{d.edit(Remove, flatApex, "www", "TXT"), d.edit(Add, flatApex, "new", "CNAME", "www")}
	d.must(off)
	d.shows(map[string]string{"www": "CNAME host.example.net.", "new": "CNAME www.example.com."})
}

func TestAPausedZoneIsFlattenedToo(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex, d.edit(Add, flatApex, "www", "CNAME", "host.example.net."))
	pause := func(status string) {
		d.must(&Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Props: &ZonePatch{Status: &status}}}})
		d.agrees()
	}
	pause(StatusPaused)
	d.flattenAll(true)
	d.shows(map[string]string{"www": "ALIAS host.example.net."})
	pause(StatusActive)
	d.shows(map[string]string{"www": "ALIAS host.example.net."})
}

func TestASwitchThatIsNotWrittenIsTakenBack(t *testing.T) {
	d, f := newFrail(t)
	d.change(flatApex, d.edit(Add, flatApex, "www", "CNAME", "main"), d.alias(flat, "flat", "CNAME", "main"))
	f.broken.Store(&breakage{err: errors.New("the disk is full")})
	if _, err := d.Apply(context.Background(), d.admin, flattening(true)); err == nil {
		t.Fatal("it was written")
	}
	d.shows(map[string]string{"www": "CNAME main.example.com.", "flat": "ALIAS main.example.com."})
	d.flattenAll(true)
	d.shows(map[string]string{"www": "ALIAS main.example.com."})
}

func TestImportsIntoAZoneThatIsFlattened(t *testing.T) {
	d := newDesk(t)
	stale := change.Alias{Flatten: change.Yes, OnFailure: "stale", MaxStale: change.SecondsOf(60)}
	d.make(flatApex, d.alias(stale, "www", "CNAME", "host.example.net."), d.edit(Add, flatApex, "plain", "CNAME", "host.example.net."))
	const text, kept = "www 300 CNAME host.example.net.", "plain 300 CNAME host.example.net."
	d.mustImport(ImportRequest{}, "www 300 CNAME other.example.net.", kept)
	d.shows(map[string]string{"www": "ALIAS other.example.net."})
	d.mustImport(ImportRequest{}, text, kept)
	d.shows(map[string]string{"www": "ALIAS host.example.net.", "plain": "CNAME host.example.net."})
	d.flattenAll(true)
	d.mustImport(ImportRequest{}, text, kept, "new 300 CNAME host.example.net.", "_x 300 CNAME host.example.net.", "more 300 A 192.0.2.1")
	d.shows(map[string]string{"www": "ALIAS host.example.net.", "plain": "ALIAS host.example.net.", "new": "ALIAS host.example.net.", "_x": "CNAME host.example.net."})
	d.mustImport(ImportRequest{Merge: true}, "later 300 CNAME host.example.net.")
	d.shows(map[string]string{"later": "ALIAS host.example.net."})
	d.reopen()
	d.shows(map[string]string{"www": "ALIAS host.example.net.", "later": "ALIAS host.example.net."})
}

// What is exported of a zone can be imported into it, though its text breaks a rule by itself.
func TestAnExportOfWhatIsFlattenedComesBack(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex, d.alias(flat, "www", "CNAME", "host.example.net."), d.edit(Add, flatApex, "www", "MX", "10 mail.example.net."), d.edit(Add, flatApex, "plain", "CNAME", "host.example.net."))
	text := func() string {
		var b strings.Builder
		if err := d.Export(context.Background(), d.admin, ref(flatApex), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	one := text()
	report, err := d.CheckText(context.Background(), d.admin, name(flatApex), strings.NewReader(one))
	if err != nil || report.Errors != 0 {
		t.Errorf("checked: %v %+v", err, report)
	}
	d.mustImport(ImportRequest{}, one, "more 300 A 192.0.2.1")
	d.flattenAll(true)
	d.mustImport(ImportRequest{}, text(), "plain 3600 TXT x")
	d.shows(map[string]string{"www": "ALIAS host.example.net.", "plain": "ALIAS host.example.net."})
	if _, err := d.importText(ImportRequest{}, text(), "_a 300 CNAME host.example.net.", "_a 300 TXT x"); err == nil {
		t.Error("a proof stands beside text")
	}
}

func TestACNAMEAtTheApexBecomesALIAS(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex, d.edit(Add, flatApex, "@", "MX", "10 mail.example.net."))
	put := d.edit(Put, flatApex, "@", "CNAME", "host.example.net.")
	if res := d.change(flatApex, put); codes(res) != "apex-cname" || put.Type != rr.TypeCNAME {
		t.Errorf("it says %v; the edit is of %s", res.Warnings, put.Type)
	}
	d.has(flatApex, "example.com. MX 10 mail.example.net.", "example.com. ALIAS host.example.net.")
	if again := d.change(flatApex, put); again.Change != nil {
		t.Errorf("the same again made %+v", again.Change)
	}
	d.refused("cname-at-apex", &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Edits: []Edit{d.edit(Add, flatApex, "@", "A", "192.0.2.1"), put}}}})
	d.refused("cname-at-apex", &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Edits: []Edit{d.edit(Add, flatApex, "@", "CNAME", "other.example.net.")}}}})
	d.change(flatApex, d.edit(Add, flatApex, "@", "A", "192.0.2.1"), d.edit(Add, flatApex, "@", "ALIAS", "more.example.net."))
	d.has(flatApex, "example.com. A 192.0.2.1", "example.com. MX 10 mail.example.net.", "example.com. ALIAS host.example.net.", "example.com. ALIAS more.example.net.")
	d.change(flatApex, d.edit(Remove, flatApex, "@", "CNAME"))
	d.has(flatApex, "example.com. A 192.0.2.1", "example.com. MX 10 mail.example.net.")
}

func TestATextWithACNAMEAtTheApex(t *testing.T) {
	d := newDesk(t)
	res := d.mustImport(ImportRequest{Create: &NewZone{}, Name: "example.zone"}, "www 300 A 192.0.2.1", "@ 300 CNAME host.example.net.", "@ 300 MX 10 mail.example.net.")
	if codes(res) != "apex-cname" || res.Warnings[0].At() != "example.zone:2:1" {
		t.Errorf("it says %v", res.Warnings)
	}
	d.has(flatApex, "example.com. MX 10 mail.example.net.", "example.com. ALIAS host.example.net.", "www.example.com. A 192.0.2.1")
	twice := d.mustImport(ImportRequest{}, "@ 300 CNAME host.example.net.", "@ 300 CNAME host.example.net.")
	if !strings.Contains(codes(twice), "apex-cname") {
		t.Errorf("it says %v", twice.Warnings)
	}
	for _, c := range []struct {
		name, code string
		merge      bool
		lines      []string
	}{
		{"beside an address", "cname-at-apex", false, []string{"@ 300 CNAME host.example.net.", "@ 300 A 192.0.2.1"}},
		{"beside an ALIAS", "cname-at-apex", false, []string{"@ 300 CNAME host.example.net.", "@ 300 ALIAS other.example.net."}},
		{"two of them", "cname-at-apex", false, []string{"@ 300 CNAME host.example.net.", "@ 300 CNAME other.example.net."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := d.importText(ImportRequest{Merge: c.merge}, c.lines...)
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || len(e.Findings[0].Conflicts) < 2 {
				t.Fatal(explain(err))
			}
			report, err := d.CheckText(context.Background(), d.admin, name(flatApex), strings.NewReader(strings.Join(c.lines, "\n")+"\n"))
			if err != nil || report.Errors == 0 {
				t.Errorf("checked: %v %+v", err, report)
			}
		})
	}
	d.mustImport(ImportRequest{}, "@ 300 A 192.0.2.1")
	if _, err := d.importText(ImportRequest{Merge: true}, "@ 300 CNAME host.example.net."); err == nil || !strings.Contains(err.Error(), "beside its addresses") {
		t.Errorf("merged beside an address: %v", err)
	}
	report, err := d.CheckText(context.Background(), d.admin, name(flatApex), strings.NewReader(fmt.Sprintf(soaLine, 1)+"\n@ 300 NS ns.example.\n@ 300 NS ns2.example.\n@ 300 CNAME host.example.net.\n"))
	if err != nil || report.Errors != 0 || report.Findings[0].Code != "apex-cname" {
		t.Errorf("checked: %v %+v", err, report)
	}
}

func TestACNAMEThatIsFlattenedBesideAnALIAS(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex, d.edit(Add, flatApex, "a", "ALIAS", "host.example.net."), d.alias(flat, "c", "CNAME", "host.example.net."))
	for situation, e := range map[string]Edit{
		"a CNAME comes to an ALIAS":  d.alias(flat, "a", "CNAME", "x.example.net."),
		"an ALIAS comes to a CNAME":  d.edit(Add, flatApex, "c", "ALIAS", "x.example.net."),
		"the ALIAS of the same data": d.edit(Add, flatApex, "c", "ALIAS", "host.example.net."),
	} {
		t.Run(situation, func(t *testing.T) {
			d.TB = t
			d.refused("cname-and-alias", &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Edits: []Edit{e}}}})
		})
	}
	d.TB = t
	d.refused("cname-and-alias", &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Edits: []Edit{d.alias(flat, "new", "CNAME", "x.example.net."), d.edit(Add, flatApex, "new", "ALIAS", "y.example.net.")}}}})
	d.change(flatApex, d.edit(Remove, flatApex, "a", "ALIAS"), d.alias(flat, "a", "CNAME", "host.example.net."),
		d.edit(Remove, flatApex, "c", "CNAME"), d.edit(Add, flatApex, "c", "ALIAS", "host.example.net."))
	d.shows(map[string]string{"a": "ALIAS host.example.net.", "c": "ALIAS host.example.net."})
	d.has(flatApex, "a.example.com. CNAME host.example.net.", "c.example.com. ALIAS host.example.net.")
}

// A fix can be sent as it is: it speaks of records as they are kept.
func TestFixesOfWhatIsFlattened(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex, d.alias(flat, "b", "CNAME", "a"))
	e := d.refused("cname-loop", &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Edits: []Edit{d.alias(flat, "a", "CNAME", "b")}}}})
	kinds := ""
	for _, fix := range e.Findings[0].Fixes {
		for _, edit := range fix.Edits {
			kinds += edit.Owner + " " + edit.Type + " "
		}
	}
	if !strings.Contains(kinds, "CNAME") || strings.Contains(kinds, "ALIAS") {
		t.Errorf("the fixes edit %s", kinds)
	}
}

func TestWhatLeadsBackIsRefusedHoweverItIsFollowed(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex, d.edit(Add, flatApex, "c", "CNAME", "a"), d.edit(Add, flatApex, "x.w", "CNAME", "www"), d.edit(Add, flatApex, "s", "ALIAS", "x.d"),
		d.edit(Add, flatApex, "d", "DNAME", "e"), d.alias(flat, "f", "CNAME", "g"))
	d.make("example.net.", d.edit(Add, "example.net.", "back", "ALIAS", "there.example.com."))
	for _, c := range []struct {
		situation, path string
		edits           []Edit
	}{
		{"ALIAS to itself", "a.example.com. -> a.example.com.", []Edit{d.edit(Add, flatApex, "a", "ALIAS", "a")}},
		{"ALIAS to a CNAME that leads back", "a.example.com. -> c.example.com. -> a.example.com.", []Edit{d.edit(Add, flatApex, "a", "ALIAS", "c")}},
		{"one of two targets leads back", "a.example.com. -> c.example.com. -> a.example.com.", []Edit{d.edit(Add, flatApex, "a", "ALIAS", "host.example.org.", "c")}},
		{"a CNAME that is flattened", "a.example.com. -> c.example.com. -> a.example.com.", []Edit{d.alias(flat, "a", "CNAME", "c")}},
		{"two that are flattened", "f.example.com. -> g.example.com. -> f.example.com.", []Edit{d.alias(flat, "g", "CNAME", "f")}},
		{"a wildcard to a name that it makes", "y.q.example.com. -> y.q.example.com.", []Edit{d.edit(Add, flatApex, "*.q", "ALIAS", "y.q")}},
		{"through a wildcard", "www.example.com. -> z.v.example.com. -> www.example.com.", []Edit{d.edit(Add, flatApex, "www", "ALIAS", "z.v"), d.edit(Add, flatApex, "*.v", "ALIAS", "www")}},
		{"through a DNAME", "x.d.example.com. -> x.e.example.com. -> s.example.com. -> x.d.example.com.", []Edit{d.edit(Add, flatApex, "x.e", "ALIAS", "s")}},
		{"through another zone", "there.example.com. -> back.example.net. -> there.example.com.", []Edit{d.edit(Add, flatApex, "there", "ALIAS", "back.example.net.")}},
		{"the apex, written as CNAME", "example.com. -> r.example.com. -> example.com.", []Edit{d.edit(Put, flatApex, "@", "CNAME", "r"), d.edit(Add, flatApex, "r", "CNAME", "@")}},
	} {
		t.Run(c.situation, func(t *testing.T) {
			d.TB = t
			e := d.refused("cname-loop", &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Edits: c.edits}}})
			if !strings.Contains(e.Error(), c.path) {
				t.Errorf("the path %s is not in: %v", c.path, e)
			}
		})
	}
	d.TB = t
}

var fallback = change.Alias{OnFailure: "fallback", Fallback: []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")}}

// policy is what answers for the record are made by.
func (d *desk) policy(owner, target string) string {
	d.Helper()
	s := d.zone(flatApex).Snapshot
	n := held.Node(s, name(owner+"."+flatApex))
	if n == nil {
		return "gone"
	}
	p := s.Policy(n, name(target))
	if p == nil {
		return ""
	}
	return fmt.Sprint(p.What(), " ", p.Stale(), " ", lines(p.Addresses(rr.TypeA)), lines(p.Addresses(rr.TypeAAAA)))
}

func TestPoliciesAreServedWithTheirRecords(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	fell := fmt.Sprint("fallback ", zone.DefaultMaxStale, " [A 192.0.2.7] [AAAA 2001:db8::7]")
	want := func(owner, target, policy string) {
		t.Helper()
		if got := d.policy(owner, target); got != policy {
			t.Errorf("%s to %s has %q, not %q", owner, target, got, policy)
		}
		d.agrees()
	}
	d.make(flatApex, d.alias(fallback, "www", "ALIAS", "host.example.net."), d.edit(Add, flatApex, "www", "ALIAS", "other.example.net."),
		d.alias(change.Alias{Flatten: change.Yes, OnFailure: "servfail"}, "c", "CNAME", "host.example.net."),
		d.alias(change.Alias{MaxStale: change.SecondsOf(0)}, "now", "ALIAS", "host.example.net."), d.alias(change.Alias{OnFailure: "nodata"}, "*.w", "ALIAS", "host.example.net."))
	want("www", "host.example.net.", fell)
	want("www", "other.example.net.", "")
	want("c", "host.example.net.", fmt.Sprint("servfail ", zone.DefaultMaxStale, " [] []"))
	want("now", "host.example.net.", "stale 1 [] []")
	want("*.w", "host.example.net.", fmt.Sprint("nodata ", zone.DefaultMaxStale, " [] []"))
	d.reopen()
	want("www", "host.example.net.", fell)

	plan := d.plan(PlanRequest{Kind: Retarget, From: name("host.example.net."), To: name("next.example.net.")})
	if _, err := d.ApplyPlan(ctx, d.admin, plan.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	want("www", "next.example.net.", fell)
	want("www", "host.example.net.", "")
	stale := d.change(flatApex, d.alias(change.Alias{OnFailure: "stale"}, "www2", "ALIAS", "next.example.net."), said(d.edit(Put, flatApex, "www", "ALIAS", "next.example.net."), change.Alias{}))
	want("www", "next.example.net.", "")
	if _, err := d.Undo(ctx, d.admin, stale.Change.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	want("www", "next.example.net.", fell)
	d.change(flatApex, said(d.edit(Put, flatApex, "c", "CNAME", "next.example.net."), change.Alias{OnFailure: "servfail"}))
	want("c", "next.example.net.", "")
	d.flattenAll(true)
	want("c", "next.example.net.", fmt.Sprint("servfail ", zone.DefaultMaxStale, " [] []"))
	if res := d.flattenAll(false); codes(res) != "setting-without-effect" {
		t.Errorf("it says %v", res.Warnings)
	}
	want("c", "next.example.net.", "")
	off := true
	gone := d.edit(Put, flatApex, "www", "ALIAS", "next.example.net.")
	gone.Records[0].Disabled = &off
	d.change(flatApex, gone)
	want("www", "next.example.net.", "gone")
}

func TestSettingsThatCannotBe(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex)
	addr := fallback.Fallback
	for _, c := range []struct {
		situation, kind, data string
		alias                 change.Alias
		word                  string
	}{
		{"a word that is none", "ALIAS", "x.example.", change.Alias{OnFailure: "retry"}, "stale, servfail, nodata or fallback"},
		{"a month and a second", "ALIAS", "x.example.", change.Alias{MaxStale: change.SecondsOf(30*86400 + 1)}, "30 days"},
		{"a time for what is not stale", "ALIAS", "x.example.", change.Alias{OnFailure: "nodata", MaxStale: change.SecondsOf(1)}, "nodata"},
		{"no addresses", "ALIAS", "x.example.", change.Alias{OnFailure: "fallback"}, "give fallback one address"},
		{"addresses alone", "ALIAS", "x.example.", change.Alias{Fallback: addr}, "say on_failure fallback"},
		{"an address twice", "ALIAS", "x.example.", change.Alias{OnFailure: "fallback", Fallback: []netip.Addr{addr[0], addr[0]}}, "twice"},
		{"an address in another", "ALIAS", "x.example.", change.Alias{OnFailure: "fallback", Fallback: []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.1")}}, "no address that a record can have"},
		{"no address", "ALIAS", "x.example.", change.Alias{OnFailure: "fallback", Fallback: []netip.Addr{{}}}, "no address that a record can have"},
		{"more than are kept", "ALIAS", "x.example.", change.Alias{OnFailure: "fallback", Fallback: make([]netip.Addr, 17)}, "at most 16"},
		{"of an address", "A", "192.0.2.1", change.Alias{OnFailure: "nodata"}, "this is A"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			d.TB = t
			e := d.refused("bad-setting", &Request{Zones: []ZoneEdit{{Zone: ref(flatApex), Edits: []Edit{d.alias(c.alias, "www", c.kind, c.data)}}}})
			if e.Class != Invalid || !strings.Contains(e.Error(), c.word) {
				t.Errorf("%v", e)
			}
		})
	}
	d.TB = t
}

func TestSettingsOfNoEffectAreTold(t *testing.T) {
	d := newDesk(t)
	d.make(flatApex)
	for _, c := range []struct {
		situation, owner, kind, data string
		alias                        change.Alias
		code                         string
	}{
		{"flattening of an address", "a", "A", "192.0.2.1", flat, "setting-without-effect"},
		{"ALIAS that shall not be followed", "b", "ALIAS", "x.example.", change.Alias{Flatten: change.No}, "setting-without-effect"},
		{"apex that shall stay a CNAME", "@", "CNAME", "x.example.", change.Alias{Flatten: change.No}, "apex-cname setting-without-effect"},
		{"policy of a plain CNAME", "c", "CNAME", "x.example.", change.Alias{OnFailure: "nodata"}, "setting-without-effect"},
		{"flattening of a proof", "_acme-challenge", "CNAME", "x.example.", flat, "flattened-proof"},
		{"CNAME that stays one where nothing is flattened", "d", "CNAME", "x.example.", change.Alias{Flatten: change.No}, ""},
		{"flattening", "e", "CNAME", "x.example.", flat, ""},
		{"flattening of an ALIAS", "f", "ALIAS", "x.example.", flat, "setting-without-effect"},
		{"policy", "g", "ALIAS", "x.example.", fallback, ""},
		{"target in the same zone", "h", "CNAME", "a", flat, ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			d.TB = t
			if res := d.change(flatApex, d.alias(c.alias, c.owner, c.kind, c.data)); codes(res) != c.code {
				t.Errorf("it says %v", res.Warnings)
			}
		})
	}
	d.TB = t
	d.agrees()
}

func TestPlansKeepACNAMEThatIsFlattened(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make("hub.test.", ttl(d.edit(Add, "hub.test.", "old", "A", "192.0.2.1"), 600), ttl(d.edit(Add, "hub.test.", "new", "A", "192.0.2.2"), 600))
	d.make(flatApex, ttl(d.alias(flat, "www", "CNAME", "old.hub.test."), 900), d.edit(Add, flatApex, "plain", "CNAME", "old.hub.test."))
	for _, types := range [][]rr.Type{{rr.TypeCNAME}, {rr.TypeALIAS}, nil} {
		plan := d.plan(PlanRequest{Kind: Retarget, From: name("old.hub.test."), To: name("new.hub.test."), Types: types})
		want := 2
		if len(types) == 1 && types[0] == rr.TypeALIAS {
			want = 1
		}
		if n := len(plan.Zones[0].Sets); n != want {
			t.Errorf("with %v %d RRsets turn", types, n)
		}
		for _, s := range plan.Zones[0].Sets {
			if s.Type() != rr.TypeCNAME {
				t.Errorf("%s %s turns", s.Owner(), s.Type())
			}
		}
	}
	raise := d.plan(PlanRequest{Kind: ChangeTTL, Name: name("old.hub.test."), TTL: 60, Followers: true})
	if _, err := d.ApplyPlan(ctx, d.admin, raise.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	if got := held.Set(d.zone(flatApex).Snapshot, name("www.example.com."), rr.TypeALIAS).TTL(); got != 60 {
		t.Errorf("the TTL of what is flattened is %d", got)
	}
	move := d.plan(retarget())
	if _, err := d.ApplyPlan(ctx, d.admin, move.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.has(flatApex, "plain.example.com. CNAME new.hub.test.", "www.example.com. CNAME new.hub.test.")
	d.shows(map[string]string{"www": "ALIAS new.hub.test."})
	gone := d.plan(PlanRequest{Kind: Delete, Name: name("www.example.com.")})
	if gone.Drain.Type != rr.TypeALIAS || gone.Drain.Seconds == 0 {
		t.Errorf("its drain is %+v", gone.Drain)
	}
}

func TestWhereOthersALIASPointsIsNotShown(t *testing.T) {
	d := newDesk(t)
	d.make("secret.test.", d.edit(Add, "secret.test.", "@", "ALIAS", "origin.example."), d.edit(Add, "secret.test.", "www", "CNAME", "@"),
		said(d.edit(Add, "secret.test.", "f", "CNAME", "origin.example."), flat))
	for _, owner := range []string{"secret.test.", "www.secret.test.", "f.secret.test."} {
		mine, err := d.Chain(d.admin, name(owner), rr.TypeA)
		if err != nil || mine.Last.String() != "origin.example." || mine.End != graph.Leaves {
			t.Errorf("to its owner %s leads to %s: %v", owner, mine.Last, err)
		}
		theirs, err := d.Chain(member("m1", "*"), name(owner), rr.TypeA)
		if err != nil || theirs.End != graph.Found || theirs.Last.Equal(mine.Last) {
			t.Errorf("to others %s leads to %s (%s): %v", owner, theirs.Last, theirs.End, err)
		}
	}
}

// That a chain is long is worth a warning, unless that tells where an ALIAS of others leads.
func TestWarningsDoNotTellWhereOthersALIASPoints(t *testing.T) {
	d := newDesk(t)
	d.make("secret.test.", d.edit(Add, "secret.test.", "@", "ALIAS", "origin.example."), d.edit(Add, "secret.test.", "www", "CNAME", "origin.example."))
	for _, c := range []struct{ target, theirs, mine string }{{"secret.test.", "", "alias-chain"}, {"www.secret.test.", "alias-chain", "alias-chain"}} {
		for _, who := range []struct {
			account, want string
		}{{"m1", c.theirs}, {"a1", c.mine}} {
			p := member(who.account, "*")
			apex := who.account + ".example."
			req := &Request{DryRun: true, Zones: []ZoneEdit{{Zone: ref(apex), Create: &NewZone{}, Edits: []Edit{d.edit(Add, apex, "x", "CNAME", c.target)}}}}
			res, err := d.Apply(context.Background(), p, req)
			if err != nil {
				t.Fatal(explain(err))
			}
			if got := codes(res); got != who.want {
				t.Errorf("%s is told of %s: %v", who.account, c.target, res.Warnings)
			}
		}
	}
}
