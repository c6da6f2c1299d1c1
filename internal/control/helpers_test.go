package control

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/store/sqlite"
	"github.com/truename-dns/truename/internal/zone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	*testing.T
	*Control
	board *board
	dir   string
	stop  func()
	admin *access.Principal
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, dir: t.TempDir(), admin: &access.Principal{
		Account: "a1", Token: "t1", Name: "tests", Admin: true, Limits: access.Limits{Scopes: []access.Scope{"*"}},
	}}
	d.open()
	t.Cleanup(func() { d.stop() })
	return d
}

// open starts a Control over what is in the directory.
func (d *desk) open() {
	d.Helper()
	s, err := sqlite.Open(d.dir)
	if err != nil {
		d.Fatal(err)
	}
	d.board = newBoard()
	d.Control = New(s, d.board, Config{NameServers: []dname.Name{dname.MustParse("ns1.host.test."), dname.MustParse("ns2.host.test.")}})
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

// agrees checks that what is served is what the store holds.
func (d *desk) agrees() {
	d.Helper()
	for _, z := range d.Zones(d.admin, nil) {
		var k dname.Key
		k.Set(z.Apex)
		e := d.board.Zones().Exact(&k, k.Depth())
		if z.Paused() != (e == nil) || e != nil && e.Zone != z.Snapshot {
			d.Errorf("%s is not served as it is kept", z.Apex)
		}
		served := 0
		for s, err := range d.RRsets(context.Background(), d.admin, Ref{ID: z.ID}, Range{}) {
			if err != nil {
				d.Fatal(err)
			}
			set := s.Served()
			served += set.Count()
			if got := nodeOf(z.Snapshot, s.Owner).Set(s.Type); got.Count() != set.Count() || set.Count() > 0 && got.TTL() != set.TTL() {
				d.Errorf("%s %s: served %d records, kept %d", s.Owner, s.Type, got.Count(), set.Count())
			}
		}
		if served != z.Snapshot.Records() {
			d.Errorf("%s serves %d records, keeps %d", z.Apex, z.Snapshot.Records(), served)
		}
	}
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
