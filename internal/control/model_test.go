package control

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/store"
)

// The small world in which random requests meet each other often.
var (
	someApexes = []string{"a.test.", "b.test.", "sub.a.test."}
	someOwners = []string{"@", "www", "main", "*", "x.y", "old", "sub", "deep.sub", "_acme-challenge.www"}
	someAlias  = []change.Alias{
		{}, {Flatten: change.Yes}, {Flatten: change.Yes}, {Flatten: change.No}, {OnFailure: "servfail"},
		{Flatten: change.Yes, OnFailure: "stale", MaxStale: change.SecondsOf(60)},
		{OnFailure: "fallback", Fallback: []netip.Addr{netip.MustParseAddr("192.0.2.9")}}, {OnFailure: "fallback"},
	}
	someData = map[string][]string{
		"A":     {"192.0.2.1", "192.0.2.2", "192.0.2.3"},
		"AAAA":  {"2001:db8::1", "2001:db8::2"},
		"CNAME": {"main.a.test.", "www.b.test.", "old.a.test.", "host.example.", "x.y"},
		"ALIAS": {"main.a.test.", "www.b.test.", "host.example."},
		"MX":    {"10 main.a.test.", "20 www.b.test.", "10 mail.example."},
		"TXT":   {`"one"`, `"two"`, `"three" "four"`},
		"NS":    {"ns1.host.test.", "ns.example."},
		"SRV":   {"1 2 443 main.a.test.", "1 2 443 host.example."},
		"HTTPS": {"0 www.b.test.", "1 . alpn=h2", "1 main.a.test. alpn=h2"},
		"DNAME": {"main.a.test.", "b.test."},
		"PTR":   {"www.b.test."},
		"CAA":   {`0 issue "ca.example"`},
	}
	someTypes = sortedKeys(someData)
)

func sortedKeys(m map[string][]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// player throws random requests at a desk.
type player struct {
	*desk
	*rapid.T
	who   []*access.Principal
	tally map[string]int // what came of requests, by the test
}

func pick[E any](p *player, from []E, what string) E { return rapid.SampledFrom(from).Draw(p.T, what) }

func (p *player) chance(percent int, what string) bool {
	x := rapid.Uint64().Draw(p.T, what) // small ones come often: they are spread over all
	return int((x+1)*0x9e3779b97f4a7c15>>32%100) < percent
}

// wire is data as text in wire form.
func wire(kind, data string, apex dname.Name) (rr.Type, []byte) {
	t, err := rr.ParseType(kind)
	if err != nil {
		panic(err)
	}
	b, err := zonefile.AppendData(nil, t, data, apex)
	if err != nil {
		panic(err)
	}
	return t, b
}

func ptr[T any](v T) *T { return &v }

func (p *player) someEdit(apex dname.Name) Edit {
	kind := pick(p, someTypes, "type")
	if p.chance(30, "followed") {
		kind = pick(p, []string{"CNAME", "CNAME", "ALIAS"}, "alias")
	}
	owner, err := dname.Parse(pick(p, someOwners, "owner"), apex)
	if err != nil {
		panic(err)
	}
	if p.chance(3, "elsewhere") {
		owner = name("www.elsewhere.test.")
	}
	e := Edit{Op: pick(p, []Op{Put, Add, Add, Add, Remove, Set, Drop}, "op"), Owner: owner, Upsert: p.chance(30, "upsert")}
	for range pick(p, []int{1, 1, 2, 0}, "records") {
		var r RecordEdit
		e.Type, r.Data = wire(kind, pick(p, someData[kind], "data"), apex)
		if p.chance(20, "disable") {
			r.Disabled = ptr(p.chance(70, "disabled"))
		}
		if p.chance(20, "note") {
			r.Note = &change.Note{Comment: pick(p, []string{"", "one", "two"}, "comment"), Tags: []string{"a:b"}}
		}
		if p.chance(map[bool]int{true: 40, false: 3}[kind == "CNAME" || kind == "ALIAS"], "said") {
			r.Alias = ptr(pick(p, someAlias, "settings"))
		}
		if p.chance(2, "broken") {
			r.Data = r.Data[:len(r.Data)-1]
		}
		e.Records = append(e.Records, r)
	}
	e.Type, _ = rr.ParseType(kind)
	if p.chance(30, "ttl") {
		e.TTL = ptr(pick(p, []uint32{0, 60, 300, 1 << 31}, "seconds"))
	}
	if p.chance(15, "comments") {
		e.Comment = ptr(pick(p, []string{"", "all"}, "rrset comment"))
	}
	if e.Op == Set || e.Op == Drop {
		e.ID = p.someRecord(apex)
	}
	return e
}

// someRecord is the id of a record of the zone, or of none.
func (p *player) someRecord(apex dname.Name) uint64 {
	var ids []uint64
	for s, err := range p.RRsets(context.Background(), p.admin, Ref{Apex: apex}, Range{}) {
		if err != nil {
			break
		}
		for i := range s.Records {
			if s.Records[i].ID != 0 {
				ids = append(ids, s.Records[i].ID)
			}
		}
	}
	if len(ids) == 0 || p.chance(3, "no record") {
		return 42
	}
	return pick(p, ids, "id")
}

func (p *player) someZone(apex string) ZoneEdit {
	e := ZoneEdit{Zone: ref(apex)}
	z, err := p.Zone(p.admin, ref(apex))
	switch {
	case err != nil || p.chance(1, "make"):
		e.Create = &NewZone{Bare: p.chance(10, "bare")}
		if p.chance(20, "paused") {
			e.Create.Status = StatusPaused
		}
	case p.chance(6, "delete"):
		return ZoneEdit{Zone: Ref{ID: z.ID}, Delete: true}
	case p.chance(20, "props"):
		e.Props = &ZonePatch{}
		if p.chance(60, "status") {
			e.Props.Status = ptr(pick(p, []string{StatusActive, StatusPaused, "odd"}, "status"))
		}
		if p.chance(40, "settings") {
			e.Props.Settings = &change.Settings{DefaultTTL: pick(p, []int{0, 120, -1}, "default"), FlattenAll: p.chance(50, "flatten all")}
		}
		if p.chance(30, "soa ttl") {
			e.Props.SOATTL = ptr(pick(p, []uint32{60, 600}, "seconds"))
		}
	case p.chance(10, "if-match"):
		e.IfMatch = ptr(z.Serial - change.Serial(rapid.IntRange(0, 1).Draw(p.T, "behind")))
	}
	for range pick(p, []int{2, 1, 3, 4, 0}, "edits") {
		e.Edits = append(e.Edits, p.someEdit(name(apex)))
	}
	if p.chance(8, "soa") {
		t, data := wire("SOA", fmt.Sprintf("ns1.host.test. root.host.test. %d 1 2 3 4", rapid.Uint32().Draw(p.T, "serial")), name(apex))
		e.Edits = append(e.Edits, Edit{Op: Put, Owner: name(apex), Type: t, Records: []RecordEdit{{Data: data}}})
		if p.chance(25, "soa again") {
			e.Edits = append(e.Edits, e.Edits[len(e.Edits)-1])
		}
	}
	return e
}

func (p *player) someRequest() *Request {
	r := &Request{Reason: "at random"}
	for _, apex := range rapid.Permutation(someApexes).Draw(p.T, "apexes")[:rapid.IntRange(1, 2).Draw(p.T, "zones")] {
		r.Zones = append(r.Zones, p.someZone(apex))
	}
	return r
}

// gist is what a result says but for what is new each time: ids and times.
func gist(res *Result, err error) string {
	if err != nil {
		return "refused"
	}
	if res.Change == nil {
		return "nothing"
	}
	var b strings.Builder
	for i := range res.Change.Zones {
		d := &res.Change.Zones[i]
		fmt.Fprintf(&b, "%s %s %v %v\n", d.Kind, d.Apex, d.From, d.To)
		if d.After != nil {
			fmt.Fprintf(&b, " %s %s %d %x %+v\n", d.After.Status, d.After.Account, d.After.SOATTL, d.After.SOA, d.After.Settings)
		}
		for j := range d.Sets {
			for _, s := range []*change.RRset{&d.Sets[j].Before, &d.Sets[j].After} {
				fmt.Fprintf(&b, " %s %s %d", d.Sets[j].Owner(), d.Sets[j].Type(), s.TTL)
				for _, r := range s.Records {
					fmt.Fprintf(&b, " [%x %v %+v]", r.Data, r.Disabled, r.Note)
				}
				b.WriteString("\n")
			}
		}
	}
	return b.String()
}

func (p *player) shuffled(r *Request) *Request {
	s := *r
	s.Zones = rapid.Permutation(slices.Clone(r.Zones)).Draw(p.T, "zone order")
	for i := range s.Zones {
		s.Zones[i].Edits = rapid.Permutation(slices.Clone(s.Zones[i].Edits)).Draw(p.T, "edit order")
	}
	return &s
}

// apply dry-runs r in two orders and then does it: all three come to the same.
func (p *player) apply() {
	ctx, who, r := context.Background(), pick(p, p.who, "who"), p.someRequest()
	before := p.fullDump()
	dry := *r
	dry.DryRun = true
	first := gist(p.Apply(ctx, who, &dry))
	second := gist(p.Apply(ctx, who, p.shuffled(&dry)))
	if first != second {
		p.T.Fatalf("%+v\nin one order:\n%s\nin another:\n%s", r, first, second)
	}
	if got := p.fullDump(); got != before {
		p.T.Fatalf("a dry run left\n%s\nbefore:\n%s", got, before)
	}
	res, err := p.Apply(ctx, who, p.shuffled(r))
	if got := gist(res, err); got != first {
		p.T.Fatalf("a dry run said\n%s\nand then\n%s %v", first, got, err)
	}
	p.settled(before, res, err)
}

// settled checks that what is refused has left nothing behind.
func (p *player) settled(before string, res *Result, err error) {
	var e *Error
	switch {
	case err == nil && res.Change != nil:
		p.tally["done"]++
		return
	case err == nil:
		p.tally["nothing"]++
	case !errors.As(err, &e) || e.Code == "" || e.Message == "" || e.Class == Unavailable:
		p.T.Fatalf("not an error of ours: %v", err)
	default:
		p.tally[e.Code]++
	}
	if got := p.fullDump(); got != before {
		p.T.Fatalf("what was refused (%v) left\n%s\nbefore:\n%s", err, got, before)
	}
}

// fullDump is all there is, with serials, notes and ids.
func (p *player) fullDump() string {
	var b strings.Builder
	for _, z := range p.Zones(p.admin, nil) {
		fmt.Fprintf(&b, "%s %s %d %d\n", z.Apex, z.Status, z.Serial, z.Head)
		for s, err := range p.RRsets(context.Background(), p.admin, Ref{ID: z.ID}, Range{}) {
			if s.Type == rr.TypeSOA {
				s.Records[0].Modified = 0 // the store does not keep when the last Change to a zone was
			}
			fmt.Fprintf(&b, "%+v %v\n", s, err)
		}
	}
	return b.String()
}

func (p *player) someChange() string {
	head, err := p.store.Head(context.Background())
	if err != nil {
		p.T.Fatal(err)
	}
	return fmt.Sprint(rapid.Uint64Range(max(uint64(head), 6)-5, uint64(head)+1).Draw(p.T, "change"))
}

func (p *player) undo() {
	before := p.fullDump()
	res, err := p.Undo(context.Background(), pick(p, p.who, "who"), p.someChange(), &Request{})
	p.settled(before, res, err)
	if err == nil && res.Change != nil {
		p.tally["undone"]++
	}
}

// restore brings a zone or a name back to a random moment and checks that it is
// as the log says that it was then.
func (p *player) restore() {
	ctx, apex, before := context.Background(), pick(p, someApexes, "apex"), p.fullDump()
	head, _ := p.store.Head(ctx)
	at := At{Revision: change.Revision(rapid.Uint64Range(1, uint64(head)+1).Draw(p.T, "at"))}
	if p.chance(50, "a name") {
		res, err := p.RestoreName(ctx, p.admin, ref(apex), name("www."+apex), at, &Request{})
		p.settled(before, res, err)
		return
	}
	res, err := p.RestoreZone(ctx, p.admin, ref(apex), at, &Request{})
	p.settled(before, res, err)
	if err != nil {
		return
	}
	z, err := p.Zone(p.admin, ref(apex))
	if err != nil {
		p.T.Fatal(err)
	}
	p.tally["restored"]++
	if got, want := p.contents(z), p.contentsAt(z.ID, at.Revision); got != want && z.Head > at.Revision {
		p.T.Fatalf("%s restored to revision %d is\n%swhere it was\n%s", apex, at.Revision, got, want)
	}
}

func setLine(s *change.RRset) string {
	line := fmt.Sprintf("%s %s %d", s.Owner, s.Type, s.TTL)
	for _, r := range s.Records {
		line += fmt.Sprintf(" [%x %v %+v]", r.Data, r.Disabled, r.Note)
	}
	return line + "\n"
}

func (p *player) contents(z *ZoneInfo) (text string) {
	for s, err := range p.store.RRsets(context.Background(), z.ID, Range{}) {
		if err != nil {
			p.T.Fatal(err)
		}
		text += setLine(&s)
	}
	return text
}

// contentsAt folds the log of a zone up to a revision; where it was deleted
// then, up to its deletion.
func (p *player) contentsAt(id change.ZoneID, at change.Revision) (text string) {
	var sets []change.RRset
	for ch, err := range p.store.Changes(context.Background(), store.Query{Zone: id, Before: at + 1}) {
		if err != nil {
			p.T.Fatal(err)
		}
		if ch.Zones[0].Kind == change.Delete {
			continue
		}
		if ch.Zones[0].Kind == change.Create {
			sets = nil
		}
		for _, d := range ch.Zones[0].Sets {
			sets = slices.DeleteFunc(sets, func(s change.RRset) bool { return s.Owner.Equal(d.Owner()) && s.Type == d.Type() })
			if !d.After.Empty() {
				sets = append(sets, d.After)
			}
		}
	}
	held.SortSets(sets)
	for i := range sets {
		text += setLine(&sets[i])
	}
	return text
}

// reimport imports what is exported, alone or with a record more, and checks that
// all that the text does not say stays as it was.
func (p *player) reimport() {
	apex := pick(p, someApexes, "apex")
	z, err := p.Zone(p.admin, ref(apex))
	if err != nil || z.Disabled > 0 { // disabled records stand in an export as comments
		return
	}
	var text strings.Builder
	if err := p.Export(context.Background(), p.admin, ref(apex), &text); err != nil {
		p.T.Fatal(err)
	}
	before, more := p.fullDump(), p.chance(50, "more")
	if more {
		text.WriteString(pick(p, []string{"new 60 CNAME host.example.\n", "_new 60 CNAME host.example.\n", "new 60 A 192.0.2.1\n"}, "line"))
	}
	res, err := p.Import(context.Background(), p.admin, ImportRequest{Zone: ref(apex), Text: strings.NewReader(text.String())})
	p.settled(before, res, err)
	if !more && (err != nil || res.Change != nil) {
		p.T.Fatalf("%s of its own export became %s %v", apex, gist(res, err), err)
	}
	if err == nil {
		p.tally["imported"]++
	}
}

func (p *player) retarget() {
	ctx := context.Background()
	before := p.fullDump()
	plan, err := p.Plan(ctx, p.admin, PlanRequest{Kind: Retarget, From: name("main.a.test."), To: name("host.example.")})
	if err != nil {
		p.settled(before, nil, err)
		return
	}
	res, err := p.ApplyPlan(ctx, p.admin, plan.ID, &Request{})
	p.settled(before, res, err)
	if err == nil && len(plan.Fixed) == 0 {
		for e := range p.graph.Direct(name("main.a.test.")) {
			p.T.Fatalf("%s %s still points there", e.Owner, e.Kind)
		}
	}
}

func TestRandomRequestsLeaveEverythingInAgreement(t *testing.T) {
	tally := make(map[string]int)
	rapid.Check(t, func(r *rapid.T) {
		d := newDesk(t)
		defer func() { d.stop() }() // of the last time it was opened
		member := func(account string, l access.Limits) *access.Principal {
			l.Scopes = []access.Scope{"*"}
			return &access.Principal{Account: account, Token: "t", Name: "member", Limits: l}
		}
		p := &player{desk: d, T: r, tally: tally, who: []*access.Principal{
			d.admin, d.admin, d.admin, member("a1", access.Limits{}), member("m1", access.Limits{}),
			member("a1", access.Limits{Owners: []string{"www", "**"}, Types: []string{"A", "CNAME"}}),
			member("a1", access.Limits{Zones: []string{"a.test."}, Targets: []string{"a.test."}}),
		}}
		r.Repeat(map[string]func(*rapid.T){
			"apply": func(r *rapid.T) { p.T = r; p.apply() }, "apply too": func(r *rapid.T) { p.T = r; p.apply() },
			"apply again": func(r *rapid.T) { p.T = r; p.apply() }, "undo": func(r *rapid.T) { p.T = r; p.undo() },
			"restore": func(r *rapid.T) { p.T = r; p.restore() }, "retarget": func(r *rapid.T) { p.T = r; p.retarget() },
			"import": func(r *rapid.T) { p.T = r; p.reimport() },
			"reopen": func(r *rapid.T) {
				p.T = r
				if p.chance(25, "really") {
					before := p.fullDump()
					d.reopen()
					if after := p.fullDump(); after != before {
						r.Fatalf("after a restart\n%s\nbefore\n%s", after, before)
					}
				}
			},
			"": func(r *rapid.T) {
				if err := d.disagreement(); err != nil {
					r.Fatal(err)
				}
			},
		})
	})
	for _, want := range []string{"done", "nothing", "undone", "restored", "record-exists", "denied", "changed-since", "duplicate-edit", "zone-exists", "bad-setting", "imported"} {
		if tally[want] == 0 && !t.Failed() {
			t.Errorf("no request came to %q: the random ones say too little: %v", want, tally)
		}
	}
	t.Log(tally)
}
