package reach

import (
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
)

func parse(t *testing.T, apex, text string) *zone.Snapshot {
	t.Helper()
	b := zone.NewBuilder(dname.MustParse(apex))
	err := zonefile.Parse(strings.NewReader("$TTL 300\n@ SOA ns.test. root.test. 1 2 3 4 5\n"+text), apex, zonefile.Options{Origin: dname.MustParse(apex)}, func(r *zonefile.Record) error {
		b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Build().Snapshot
}

const roads = `
end A 192.0.2.1
a CNAME end
b ALIAS out.test.
b ALIAS a
c CNAME d
d CNAME e
e ALIAS d
e ALIAS end
f CNAME c
old DNAME new
x.new CNAME a
grow DNAME x.grow
g CNAME y.grow
s HTTPS 0 a
s A 192.0.2.2
n HTTPS 0 .
w ALIAS q.wild
*.wild CNAME end
`

func walker(z *zone.Snapshot) *Walker { return &Walker{Zone: z, Pass: MaxPassed} }

func TestTails(t *testing.T) {
	z := parse(t, "example.", roads)
	for _, c := range []struct {
		name string
		q    Question
		want string // links, end, what is odd about it
	}{
		{"end", Addresses, "0 end"},
		{"gone", Addresses, "0 gone"},
		{"a", Addresses, "1 end"},
		{"a", HTTPS, "1 end"},
		{"b", Addresses, "2 end forks"},
		{"b", HTTPS, "0 b"},
		{"c", Addresses, "circle"},
		{"f", Addresses, "circle"},
		{"x.old", Addresses, "3 end"},
		{"g", Addresses, "grows"},
		{"s", HTTPS, "2 end"},
		{"s", Addresses, "0 s"},
		{"n", HTTPS, "0 n"},
		{"w", Addresses, "2 end"},
	} {
		tail := walker(z).Tail(dname.MustParse(c.name+".example."), c.q)
		got := fmt.Sprintf("%d %s", tail.Links, strings.TrimSuffix(tail.End.String(), ".example."))
		switch {
		case tail.Circle:
			got = "circle"
		case tail.Grows:
			got = "grows"
		case tail.Forks:
			got += " forks"
		}
		if got != c.want {
			t.Errorf("%s, question %d: got %q, want %q", c.name, c.q, got, c.want)
		}
	}
}

func TestCircles(t *testing.T) {
	z := parse(t, "example.", roads)
	for _, c := range []struct{ from, to, loop, path string }{
		{"d", "e", "d e", "d e"},
		{"e", "d", "e d", "e d"},
		{"f", "c", "d e", "f c d e"},
		{"e", "end", "", ""},
		{"a", "end", "", ""},
		{"c", "e", "", ""}, // there is no such step
	} {
		from, to := dname.MustParse(c.from+".example."), dname.MustParse(c.to+".example.")
		w := walker(z)
		r := w.Circle(Link{From: from, Q: Addresses, To: to})
		var loop, path string
		if r != nil {
			loop, path = short(r.Loop), short(r.Path)
		}
		if loop != c.loop || path != c.path {
			t.Errorf("%s to %s: got %q by %q, want %q by %q", c.from, c.to, loop, path, c.loop, c.path)
		}
		if r == nil {
			continue
		}
		if w.Note(r); w.Circle(Link{From: from, Q: Addresses, To: to}) != nil {
			t.Errorf("%s to %s is told twice", c.from, c.to)
		}
		if w.Change = true; w.Circle(Link{From: from, Q: Addresses, To: to}) == nil {
			t.Errorf("%s to %s is not told of a Change", c.from, c.to)
		}
	}
}

func short(names []dname.Name) string {
	return strings.ReplaceAll(strings.ReplaceAll(PathText(names, false), ".example.", ""), " ->", "")
}

func TestAChangeWalksNoFurtherThanItMay(t *testing.T) {
	w := walker(parse(t, "example.", roads))
	w.Change, w.Left = true, 2
	if tail := w.Tail(dname.MustParse("x.old.example."), Addresses); tail.Links != 2 || w.Left != 0 {
		t.Errorf("%d links, %d left", tail.Links, w.Left)
	}
}

// known is who points where, as "target: owner".
type known []string

func (k known) To(target dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool) {
	for _, line := range k {
		if to, owner, _ := strings.Cut(line, ": "); dname.MustParse(to).Equal(target) && !yield(dname.MustParse("example."), dname.MustParse(owner), rr.TypeCNAME) {
			return
		}
	}
}

func (k known) Below(name dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool) {
	for _, line := range k {
		if to, owner, _ := strings.Cut(line, ": "); dname.MustParse(to).IsBelow(name) && !yield(dname.MustParse("example."), dname.MustParse(owner), rr.TypeCNAME) {
			return
		}
	}
}

func TestWhomAChangeConcerns(t *testing.T) {
	const before = "host A 192.0.2.1\nwww CNAME host\nshop CNAME www\nx.y A 192.0.2.2\n"
	pointing := known{"host.example.: www.example.", "www.example.: shop.example.", "z.new.example.: far.example."}
	for _, c := range []struct{ name, touched, after, want string }{
		{"another address", "host", strings.Replace(before, "192.0.2.1", "192.0.2.9", 1), "host"},
		{"a host that goes", "host", strings.Replace(before, "host A 192.0.2.1\n", "", 1), "host, www follows"},
		{"an alias that leads elsewhere", "www", strings.Replace(before, "www CNAME host", "www CNAME x.y", 1), "www, shop follows"},
		{"an empty non-terminal that goes", "x.y", strings.Replace(before, "x.y A 192.0.2.2\n", "", 1), "x.y, y"},
		{"a DNAME above what is pointed at", "new", before + "new DNAME x.y\n", "new, far follows"},
	} {
		apex := dname.MustParse("example.")
		set := func(text string) *zone.Set {
			return new(zone.Set).With(zone.Entry{Apex: apex, Zone: parse(t, "example.", text)})
		}
		whom := Of(set(before), set(c.after), []Touched{{Apex: apex, Owner: dname.MustParse(c.touched + ".example.")}}, pointing)
		var got []string
		for _, s := range whom.Names {
			text := strings.TrimSuffix(s.Owner.String(), ".example.")
			if s.Follower {
				text += " follows"
			}
			got = append(got, text)
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: got %q, want %q", c.name, text, c.want)
		}
	}
}

func TestZonesThatComeAndGo(t *testing.T) {
	apex := dname.MustParse("example.")
	full := new(zone.Set).With(zone.Entry{Apex: apex, Zone: parse(t, "example.", roads)})
	touched := []Touched{{Apex: apex, Owner: apex}, {Apex: apex, Owner: apex}}
	if whom := Of(nil, full, touched, known{"a.example.: x.test."}); len(whom.Created) != 1 || len(whom.Gone) != 0 || len(whom.Names) != 1 {
		t.Errorf("came: %+v", whom)
	}
	if whom := Of(full, new(zone.Set), touched, known{"a.example.: x.test."}); len(whom.Created) != 0 || len(whom.Gone) != 1 || len(whom.Names) != 1 {
		t.Errorf("went: %+v", whom)
	}
}
