package control

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/store/sqlite"
	"github.com/truename-dns/truename/internal/store/storetest"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

func TestMain(m *testing.M) {
	for f, v := range map[string]string{"rapid.checks": "15", "rapid.steps": "60", "rapid.shrinktime": "10s"} { // each opens stores; the command line has the last word
		if err := flag.Set(f, v); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// board is what a name server would answer from.
type board struct{ set atomic.Pointer[zone.Set] }

func newBoard() *board {
	b := new(board)
	b.set.Store(new(zone.Set))
	return b
}

func (b *board) Zones() *zone.Set    { return b.set.Load() }
func (b *board) Publish(s *zone.Set) { b.set.Store(s) }

// desk is a Control over a real store, with who works at it.
type desk struct {
	testing.TB
	*Control
	board *board
	dir   string
	stop  func()
	admin *access.Principal
	store store.Store                   // what the Control writes to
	wrap  func(store.Store) store.Store // put between the Control and the disk
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{TB: t, dir: t.TempDir(), admin: newAdmin()}
	d.open()
	t.Cleanup(func() { d.stop() })
	return d
}

func newAdmin() *access.Principal {
	return &access.Principal{Account: "a1", Token: "t1", Name: "tests", Admin: true, Limits: access.Limits{Scopes: []access.Scope{"*"}}}
}

// waitFor waits until holds says so.
func waitFor(t testing.TB, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

// open starts a Control over what is in the directory.
func (d *desk) open() {
	d.Helper()
	s, err := sqlite.Open(d.dir)
	if err != nil {
		d.Fatal(err)
	}
	d.store, d.board = s, newBoard()
	if d.wrap != nil {
		d.store = d.wrap(s)
	}
	d.Control = New(d.store, d.board, Config{NameServers: []dname.Name{dname.MustParse("ns1.host.test."), dname.MustParse("ns2.host.test.")}})
	if err := d.Open(context.Background()); err != nil {
		d.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := d.Control.Run(ctx); err != nil {
			d.Error(err)
		}
	}()
	d.stop = func() {
		d.stop = func() {}
		cancel()
		<-done
		if err := s.Close(); err != nil {
			d.Error(err)
		}
	}
}

func (d *desk) reopen() {
	d.Helper()
	d.stop()
	d.open()
}

func name(text string) dname.Name { return dname.MustParse(text) }

func ref(apex string) Ref { return Ref{Apex: name(apex)} }

// set is an edit out of text, as "www CNAME target" or "www 300 A 192.0.2.1 192.0.2.2".
func (d *desk) edit(op Op, apex, owner string, kind string, data ...string) Edit {
	d.Helper()
	t, err := rr.ParseType(kind)
	if err != nil {
		d.Fatal(err)
	}
	n, err := dname.Parse(owner, name(apex))
	if err != nil {
		d.Fatal(err)
	}
	e := Edit{Op: op, Owner: n, Type: t}
	for _, text := range data {
		wire, err := zonefile.AppendData(nil, t, text, name(apex))
		if err != nil {
			d.Fatal(err)
		}
		e.Records = append(e.Records, RecordEdit{Data: wire})
	}
	return e
}

// make creates a zone with edits.
func (d *desk) make(apex string, edits ...Edit) *Result {
	d.Helper()
	return d.must(&Request{Zones: []ZoneEdit{{Zone: ref(apex), Create: &NewZone{}, Edits: edits}}})
}

func (d *desk) change(apex string, edits ...Edit) *Result {
	d.Helper()
	return d.must(&Request{Zones: []ZoneEdit{{Zone: ref(apex), Edits: edits}}})
}

func (d *desk) must(r *Request) *Result {
	d.Helper()
	res, err := d.Apply(context.Background(), d.admin, r)
	if err != nil {
		d.Fatal(explain(err))
	}
	return res
}

// refused applies r, which must fail with that code.
func (d *desk) refused(code string, r *Request) *Error {
	d.Helper()
	before := d.dump()
	_, err := d.Apply(context.Background(), d.admin, r)
	var e *Error
	if !errors.As(err, &e) || e.Code != code {
		d.Fatalf("got %v, want an error %s", explain(err), code)
	}
	if after := d.dump(); after != before {
		d.Errorf("a refused change left something behind:\n%s\nbefore:\n%s", after, before)
	}
	return e
}

func explain(err error) string {
	if err == nil {
		return "no error"
	}
	text := err.Error()
	var e *Error
	if errors.As(err, &e) {
		text += " [" + e.Code + " " + e.Path + "]"
		for _, f := range e.Findings {
			text += "\n  " + f.String()
		}
	}
	return text
}

// dump is all zones as text.
func (d *desk) dump() string {
	d.Helper()
	var b strings.Builder
	for _, z := range d.Zones(d.admin, nil) {
		b.WriteString("; " + z.Apex.String() + " " + z.Status + "\n")
		if err := d.Export(context.Background(), d.admin, Ref{ID: z.ID}, &b); err != nil {
			d.Fatal(err)
		}
	}
	return b.String()
}

// has checks that the zone's text has these lines, each without TTL and class.
func (d *desk) has(apex string, lines ...string) {
	d.Helper()
	var got []string
	for s, err := range d.RRsets(context.Background(), d.admin, ref(apex), Range{}) {
		if err != nil {
			d.Fatal(err)
		}
		if s.Type == rr.TypeSOA || s.Type == rr.TypeNS {
			continue
		}
		for _, r := range s.Records {
			got = append(got, s.Owner.String()+" "+s.Type.String()+" "+string(rr.AppendDataText(nil, s.Type, r.Data)))
		}
	}
	if strings.Join(got, "\n") != strings.Join(lines, "\n") {
		d.Errorf("%s has\n  %s\nwant\n  %s", apex, strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
	d.agrees()
}

// agrees checks that log, store, what is served, graph, counters and export
// are all the same.
func (d *desk) agrees() {
	d.Helper()
	if err := d.disagreement(); err != nil {
		d.Error(err)
	}
}

func (d *desk) disagreement() error {
	ctx := context.Background()
	fold, err := storetest.Agree(ctx, d.store)
	if err != nil {
		return err
	}
	if head := d.revision(); head != fold.Head {
		return fmt.Errorf("the next change is judged upon revision %d, the log ends with %d", head, fold.Head)
	}
	served := 0
	for _, z := range d.Zones(d.admin, nil) {
		if !z.Paused() {
			served++
		}
		if err := d.zoneDisagrees(z); err != nil {
			return fmt.Errorf("%s: %w", z.Apex, err)
		}
	}
	if n := d.board.Zones().Len(); n != served {
		return fmt.Errorf("%d zones are served, there are %d to be", n, served)
	}
	if got, want := edges(d.graph), edges(graph.Build(d.board.Zones())); got != want {
		return fmt.Errorf("the graph knows\n%sit should\n%s", got, want)
	}
	return nil
}

// revision is what the next Change is judged upon.
func (d *desk) revision() change.Revision {
	d.accept.Lock()
	defer d.accept.Unlock()
	return d.ahead.revision
}

func (d *desk) zoneDisagrees(z *ZoneInfo) error {
	var k dname.Key
	k.Set(z.Apex)
	if e := d.board.Zones().Exact(&k, k.Depth()); z.Paused() != (e == nil) || e != nil && e.Zone != z.Snapshot {
		return fmt.Errorf("it is not served as it is kept")
	}
	served, records, off, text := 0, -1, 0, ""
	for s, err := range d.RRsets(context.Background(), d.admin, Ref{ID: z.ID}, Range{}) {
		if err != nil {
			return err
		}
		set := s.Served()
		served += set.Count()
		records += len(s.Records)
		off += len(s.Records) - set.Count()
		form := flatten.Form(&z.Zone, &s)
		if set.Empty() {
			form = s.Type // and the ALIAS there, if there is one, is another's
		}
		if set.Empty() && form == rr.TypeALIAS {
			continue // a CNAME beside it may be served as such; the sum below has it
		}
		if got := held.Set(z.Snapshot, s.Owner, form); !sameSet(got, flatten.Served(&z.Zone, &s)) {
			return fmt.Errorf("%s %s: served %d records as %s, kept %d", s.Owner, s.Type, got.Count(), form, set.Count())
		}
		if err := policiesDisagree(z, &s, form); err != nil {
			return err
		}
		for rest := set; !rest.Empty(); {
			var r rr.Record
			r, rest = rest.Next()
			text += s.Owner.String() + " " + s.Type.String() + " " + string(rr.AppendDataText(nil, s.Type, r.Data())) + "\n"
		}
	}
	if served != z.Snapshot.Records() || records != z.Records || off != z.Disabled || uint32(z.Snapshot.Serial()) != uint32(z.Serial) {
		return fmt.Errorf("%d of %d served, %d records counted of %d, %d of %d disabled, serial %d of %d",
			z.Snapshot.Records(), served, z.Records, records, z.Disabled, off, z.Snapshot.Serial(), z.Serial)
	}
	if got := d.exported(z); got != text {
		return fmt.Errorf("the export says\n%swhere there is\n%s", got, text)
	}
	return nil
}

// policiesDisagree checks that what is said of failures is what answers are made by.
func policiesDisagree(z *ZoneInfo, s *change.RRset, form rr.Type) error {
	if form != rr.TypeALIAS {
		return nil
	}
	for i := range s.Records {
		r := &s.Records[i]
		if r.Disabled {
			continue
		}
		want, got := "default", "default"
		if a := &r.Note.Alias; a.HasPolicy() {
			how := a.OnFailure
			if how == "" {
				how = "stale"
			}
			stale := uint32(zone.DefaultMaxStale)
			if a.MaxStale.IsGiven() {
				stale = max(a.MaxStale.Value(), 1)
			}
			want = fmt.Sprint(how, " ", stale, " ", len(a.Fallback))
		}
		if p := z.Snapshot.Policy(held.Node(z.Snapshot, s.Owner), r.Data); p != nil {
			got = fmt.Sprint(p.OnFailure, " ", p.Stale(), " ", p.A.Count()+p.AAAA.Count())
		}
		if got != want {
			return fmt.Errorf("%s %s: its policy is %s, not %s", s.Owner, s.Type, got, want)
		}
	}
	return nil
}

// sameSet compares records in any order: an import serves them as its text has them.
func sameSet(a, b rr.Set) bool {
	records := func(s rr.Set) (all []string) {
		for !s.Empty() {
			var r rr.Record
			r, s = s.Next()
			all = append(all, string(r))
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(records(a), records(b))
}

// exported is the records of a zone's export, parsed again.
func (d *desk) exported(z *ZoneInfo) string {
	var b, out strings.Builder
	if err := d.Export(context.Background(), d.admin, Ref{ID: z.ID}, &b); err != nil {
		return err.Error()
	}
	err := zonefile.Parse(strings.NewReader(b.String()), "export", zonefile.Options{Origin: z.Apex}, func(r *zonefile.Record) error {
		rr.LowerNames(r.Type, r.Data)
		out.WriteString(r.Owner.String() + " " + r.Type.String() + " " + string(rr.AppendDataText(nil, r.Type, r.Data)) + "\n")
		return nil
	})
	if err != nil {
		return err.Error()
	}
	return out.String()
}

// edges is all that a graph knows, as text.
func edges(g *graph.Graph) string {
	var lines []string
	for e := range g.Below(dname.Root) {
		lines = append(lines, fmt.Sprintf("%s %s %s (%s)\n", e.Owner, e.Kind, e.Target, e.Apex))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// state is the properties of a zone as they are now.
func (d *desk) zone(apex string) *ZoneInfo {
	d.Helper()
	z, err := d.Zone(d.admin, ref(apex))
	if err != nil {
		d.Fatal(err)
	}
	return z
}

func serial(n change.Serial) *change.Serial { return &n }
