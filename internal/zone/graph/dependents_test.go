package graph

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var following = map[string]string{
	"hub.test.": `
main A 192.0.2.1
www 100 CNAME main
mail MX 10 main
null MX 0 .
*.any 50 CNAME main
there.any A 192.0.2.2
deep.main A 192.0.2.3
svc HTTPS 0 main
both HTTPS 0 main
both ALIAS main
both SVCB 0 www
served HTTPS 1 main alpn=h2
sub NS main
glued.sub CNAME main
dn DNAME elsewhere.test.
under.dn CNAME main
loopa CNAME loopb
loopb CNAME loopa
`,
	"client.test.": `
@ 70 ALIAS www.hub.test.
ftp CNAME main.hub.test.
shop CNAME x.any.hub.test.
exists CNAME there.any.hub.test.
mx MX 5 y.any.hub.test.
old 80 DNAME hub.test.
viaold CNAME main.old
viaold2 CNAME www.old
_sip._tcp SRV 1 1 5060 ftp
ptr PTR main.hub.test.
h CNAME both.hub.test.
h2 CNAME svc.hub.test.
mxsvc MX 1 svc.hub.test.
part CNAME main.hub.test.
below.part CNAME main.hub.test.
shadowed.taken CNAME main.hub.test.
x.taken CNAME main.hub.test.
mx2 MX 1 x.any.hub.test.
`,
	"taken.client.test.": "x CNAME main.hub.test.\n",
}

func TestDependents(t *testing.T) {
	set := world(t, following)
	g := Build(set)
	for _, c := range []struct{ situation, name, want string }{
		{"nobody", "nobody.test.", ""},
		{"of a name in no zone", "elsewhere.test.", "dn.hub.test. DNAME 300 > elsewhere.test."},
		{"a DNAME leads from no name yet", "deep.main.hub.test.", `
			deep.main.old.client.test. DNAME by old.client.test. 80 > deep.main.hub.test.`},
		{"a ring", "loopa.hub.test.", `
			loopb.hub.test. CNAME 300 > loopa.hub.test.
			loopa.old.client.test. DNAME by old.client.test. 80 > loopa.hub.test.
			loopa.hub.test. CNAME 300 > loopb.hub.test. CNAME 300 > loopa.hub.test.
			loopb.old.client.test. DNAME by old.client.test. 80 > loopb.hub.test. CNAME 300 > loopa.hub.test.`},
		{"by a DNAME to an ancestor", "www.hub.test.", `
			client.test. ALIAS 70 > www.hub.test.
			both.hub.test. SVCB AliasMode 300 > www.hub.test.
			www.old.client.test. DNAME by old.client.test. 80 > www.hub.test.
			viaold2.client.test. CNAME 300 > www.old.client.test. DNAME by old.client.test. 80 > www.hub.test.
			h.client.test. CNAME 300 > both.hub.test. SVCB AliasMode 300 > www.hub.test.
			both.old.client.test. DNAME by old.client.test. 80 > both.hub.test. SVCB AliasMode 300 > www.hub.test.`},
		{"of everything", "main.hub.test.", `
			below.part.client.test. CNAME 300 > main.hub.test.
			ftp.client.test. CNAME 300 > main.hub.test.
			part.client.test. CNAME 300 > main.hub.test.
			x.taken.client.test. CNAME 300 > main.hub.test.
			*.any.hub.test. CNAME 50 > main.hub.test.
			www.hub.test. CNAME 100 > main.hub.test.
			both.hub.test. ALIAS 300 > main.hub.test.
			both.hub.test. HTTPS AliasMode 300 > main.hub.test.
			svc.hub.test. HTTPS AliasMode 300 > main.hub.test.
			sub.hub.test. NS 300 > main.hub.test.
			mail.hub.test. MX 300 > main.hub.test.
			ptr.client.test. PTR 300 > main.hub.test.
			served.hub.test. HTTPS ServiceMode 300 > main.hub.test.
			main.old.client.test. DNAME by old.client.test. 80 > main.hub.test.
			_sip._tcp.client.test. SRV 300 > ftp.client.test. CNAME 300 > main.hub.test.
			shop.client.test. CNAME 300 > x.any.hub.test. CNAME by *.any.hub.test. 50 > main.hub.test.
			mx2.client.test. MX 300 > x.any.hub.test. CNAME by *.any.hub.test. 50 > main.hub.test.
			mx.client.test. MX 300 > y.any.hub.test. CNAME by *.any.hub.test. 50 > main.hub.test.
			client.test. ALIAS 70 > www.hub.test. CNAME 100 > main.hub.test.
			www.old.client.test. DNAME by old.client.test. 80 > www.hub.test. CNAME 100 > main.hub.test.
			both.hub.test. SVCB AliasMode 300 > www.hub.test. CNAME 100 > main.hub.test.
			h.client.test. CNAME 300 > both.hub.test. ALIAS 300 > main.hub.test.
			both.old.client.test. DNAME by old.client.test. 80 > both.hub.test. ALIAS 300 > main.hub.test.
			h2.client.test. CNAME 300 > svc.hub.test. HTTPS AliasMode 300 > main.hub.test.
			svc.old.client.test. DNAME by old.client.test. 80 > svc.hub.test. HTTPS AliasMode 300 > main.hub.test.
			viaold.client.test. CNAME 300 > main.old.client.test. DNAME by old.client.test. 80 > main.hub.test.
			x.any.old.client.test. DNAME by old.client.test. 80 > x.any.hub.test. CNAME by *.any.hub.test. 50 > main.hub.test.
			y.any.old.client.test. DNAME by old.client.test. 80 > y.any.hub.test. CNAME by *.any.hub.test. 50 > main.hub.test.
			*.any.old.client.test. DNAME by old.client.test. 80 > *.any.hub.test. CNAME 50 > main.hub.test.
			viaold2.client.test. CNAME 300 > www.old.client.test. DNAME by old.client.test. 80 > www.hub.test. CNAME 100 > main.hub.test.`},
	} {
		t.Run(c.situation, func(t *testing.T) {
			got := paths(all(t, g, set, c.name, Query{Transitive: true}))
			want := lines(c.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			for _, limit := range []int{1, 2, 7} {
				paged := paths(all(t, g, set, c.name, Query{Transitive: true, Limit: limit}))
				slices.Sort(paged)
				if !slices.Equal(paged, want) {
					t.Errorf("in pages of %d got\n%s", limit, strings.Join(paged, "\n"))
				}
			}
		})
	}
}

func TestDirectDependentsOnly(t *testing.T) {
	set := world(t, following)
	g := Build(set)
	for _, d := range all(t, g, set, "MAIN.hub.test.", Query{}) {
		if d.Depth() != 1 {
			t.Errorf("%s is %d steps away", d.Name, d.Depth())
		}
	}
	for _, d := range all(t, g, set, "main.hub.test.", Query{Transitive: true, MaxDepth: 2, Limit: 3}) {
		if d.Depth() > 2 {
			t.Errorf("%s is %d steps away", d.Name, d.Depth())
		}
	}
}

func TestWhatADependentSays(t *testing.T) {
	set := world(t, following)
	i := slices.IndexFunc(all(t, Build(set), set, "main.hub.test.", Query{Transitive: true}), func(d Dependent) bool {
		return d.Owner.String() == "client.test." && d.Type() == rr.TypeALIAS && d.Apex.String() == "client.test." &&
			d.TTL == 70 && d.Least == 70 && d.Sum == 170 && d.Depth() == 2 && !d.Wildcard() && !d.Path[1].Wildcard()
	})
	if i < 0 {
		t.Error("the ALIAS at the apex is not described as it is")
	}
}

// A page goes on behind the last of the page before, whatever became of that.
func TestCursorKeepsItsMeaning(t *testing.T) {
	text := "main A 192.0.2.1\n"
	for i := range 50 {
		text += fmt.Sprintf("a%02d CNAME main\nb%02d CNAME a%02d\n", i, i, i)
	}
	before := world(t, map[string]string{"example.": text})
	after := world(t, map[string]string{"example.": strings.ReplaceAll(text, "a10 CNAME main\n", "a05x CNAME main\na10x CNAME main\n")})
	for _, c := range []struct {
		situation         string
		limit             int
		has, hasNot, last string
	}{
		{"the edge it ended at is gone", 11, "a10x", "a05x", "b49"},
		{"an edge on its way is gone", 50 + 11, "b11", "b10", "b49"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			g := Build(before)
			p, err := g.Dependents(before, dname.MustParse("main.example."), Query{Limit: c.limit, Transitive: true})
			if err != nil || len(p.Dependents) != c.limit {
				t.Fatal(err, len(p.Dependents))
			}
			apex := keyOf("example.")
			g.ReplaceZone(before.Exact(apex, 1).Zone, after.Exact(apex, 1).Zone)
			var names []string
			for _, d := range all(t, g, after, "main.example.", Query{Limit: 10, Transitive: true, Cursor: p.Cursor}) {
				names = append(names, strings.TrimSuffix(d.Name.String(), ".example."))
			}
			if !slices.Contains(names, c.has) || slices.Contains(names, c.hasNot) || names[len(names)-1] != c.last {
				t.Errorf("went on with %v", names)
			}
		})
	}
}

func keyOf(name string) *dname.Key {
	k := new(dname.Key)
	k.Set(dname.MustParse(name))
	return k
}

// With little work allowed there are more pages, some of them short, and the same dependents.
func TestWorkIsBounded(t *testing.T) {
	text := "main A 192.0.2.1\n"
	for i := range 2000 {
		text += fmt.Sprintf("a%d CNAME main\n*.w%d CNAME a%d\n", i, i, i)
	}
	for i := range 500 {
		text += fmt.Sprintf("t%d CNAME u%d.big\n", i, i)
	}
	text += "*.big CNAME main\nx CNAME n.w7\ny CNAME m.w1999\nz CNAME x\n"
	set := world(t, map[string]string{"example.": text})
	g := Build(set)
	want := paths(all(t, g, set, "main.example.", Query{Transitive: true, Work: 1 << 30}))
	if len(want) != 4504 {
		t.Fatalf("%d dependents, want 4504", len(want))
	}
	q := Query{Transitive: true, Limit: 1000}
	var got []string
	truncated := 0
	for i := range 1000 {
		q.Work = minWork + i%2 // so that pages end at names as well as at edges
		p, err := g.Dependents(set, dname.MustParse("main.example."), q)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, paths(p.Dependents)...)
		if p.Truncated {
			truncated++
		}
		if p.Truncated && p.Cursor == "" {
			t.Fatal("truncated without a cursor")
		}
		if q.Cursor = p.Cursor; q.Cursor == "" {
			break
		}
	}
	if truncated == 0 || !slices.Equal(got, want) {
		t.Errorf("%d dependents in %d truncated pages, want %d", len(got), truncated, len(want))
	}
}

// Many labels and a DNAME make every name dear; there are more pages then, and they all come to an end.
func TestWorkIsBoundedForDearNames(t *testing.T) {
	deep := strings.Repeat("l.", 100)
	text := fmt.Sprintf("main A 192.0.2.1\n%[1]sa HTTPS 0 main\n", deep)
	for i := range 30 {
		text += fmt.Sprintf("%sb%d HTTPS 0 %[1]sa\n%[1]sc%[2]d HTTPS 0 %[1]sb%[2]d\n", deep, i)
	}
	set := world(t, map[string]string{"example.": text + "d DNAME elsewhere.test.\n"})
	g := Build(set)
	want := paths(all(t, g, set, "main.example.", Query{Transitive: true, Work: 1 << 30}))
	p, err := g.Dependents(set, dname.MustParse("main.example."), Query{Transitive: true, Work: 1})
	if err != nil || !p.Truncated || len(want) != 61 {
		t.Fatal(err, p.Truncated, len(want))
	}
	if got := paths(all(t, g, set, "main.example.", Query{Transitive: true, Work: 1})); !slices.Equal(got, want) {
		t.Errorf("%d dependents, want %d", len(got), len(want))
	}
}

func TestCursorsOfStrangers(t *testing.T) {
	set := world(t, following)
	g := Build(set)
	for _, cursor := range []string{"!", "A", "AAA", "AQI", "_wA", "AQABAAU", "AQAB____", "AQAAAAAAAAAAAAAA", strings.Repeat("A", 1<<20)} {
		_, err := g.Dependents(set, dname.MustParse("main.hub.test."), Query{Cursor: cursor, Transitive: true})
		if !errors.Is(err, ErrCursor) {
			t.Errorf("%.20q: got %v", cursor, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	set := world(f, following)
	g := Build(set)
	q := Query{Transitive: true, Limit: 3}
	for range 20 {
		p, err := g.Dependents(set, dname.MustParse("main.hub.test."), q)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p.Cursor)
		q.Cursor = p.Cursor
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		p, err := g.Dependents(set, dname.MustParse("main.hub.test."), Query{Transitive: true, Limit: 3, Cursor: cursor})
		if err != nil && !errors.Is(err, ErrCursor) || len(p.Dependents) > 3 {
			t.Fatal(err, len(p.Dependents))
		}
	})
}

func TestHeight(t *testing.T) {
	text := "end A 192.0.2.1\nc0 CNAME end\nmx MX 1 c9\n@ ALIAS c3\n"
	for i := 1; i < 10; i++ {
		text += fmt.Sprintf("c%d CNAME c%d\n", i, i-1)
	}
	set := world(t, map[string]string{"example.": text, "to.": "d DNAME example.\n"})
	g := Build(set)
	for _, c := range []struct {
		name   string
		limit  int
		height int
	}{{"end.example.", 64, 11}, {"end.example.", 4, 4}, {"c9.example.", 16, 1}, {"c8.example.", 16, 2}, {"example.", 16, 0}, {"nowhere.test.", 16, 0}} {
		if got, exact := g.Height(set, dname.MustParse(c.name), c.limit, 0); got != c.height || !exact {
			t.Errorf("%s up to %d: got %d, %v, want %d", c.name, c.limit, got, exact, c.height)
		}
	}
}

func TestHeightOfARing(t *testing.T) {
	set := world(t, map[string]string{"example.": "a CNAME b\nb CNAME c\nc CNAME a\n"})
	if got, exact := Build(set).Height(set, dname.MustParse("a.example."), 16, 0); got != 3 || !exact {
		t.Errorf("got %d, %v, want 3: once around", got, exact)
	}
}

func TestHeightWithLittleWork(t *testing.T) {
	text := "end A 192.0.2.1\n"
	for i := range 1000 {
		text += fmt.Sprintf("a%d CNAME end\n", i)
	}
	set := world(t, map[string]string{"example.": text + "b CNAME a999\n"})
	g := Build(set)
	if got, exact := g.Height(set, dname.MustParse("end.example."), 16, minWork); got != 1 || exact {
		t.Errorf("got %d, %v, want 1, not exact", got, exact)
	}
	if got, exact := g.Height(set, dname.MustParse("end.example."), 16, 0); got != 2 || !exact {
		t.Errorf("got %d, %v, want 2", got, exact)
	}
}

func TestAZoneThatLeavesIsNoDependent(t *testing.T) {
	set := world(t, following)
	g := Build(set)
	without := set.With(zone.Entry{Apex: dname.MustParse("client.test.")})
	for _, d := range all(t, g, without, "main.hub.test.", Query{Transitive: true}) {
		if d.Apex.String() == "client.test." {
			t.Errorf("%s is in a zone no longer held", d.Name)
		}
	}
}
