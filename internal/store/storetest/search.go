package storetest

import (
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

func testSearch(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	d.append(
		create("b.example.", rrset("b.example.", rr.TypeMX, 60, "10 Mail.Host.example."), rrset("main-server.b.example.", rr.TypeA, 60, "192.0.2.1", "192.0.2.20")),
		create("a.example.", rrset("www.a.example.", rr.TypeCNAME, 60, "main-server.b.example."), rrset("alias.a.example.", rr.TypeCNAME, 60, "Main-Server.B.example."),
			rrset("a.example.", rr.TypeTXT, 60, `"100% sure"`, `"back\\slash"`), rrset("a_b.a.example.", rr.TypeA, 60, "192.0.2.9")))
	tests := []struct {
		name, text string
		want       []string
	}{
		{"data and owners, zones by apex", "main-server", []string{"alias.a.example. CNAME", "www.a.example. CNAME", "main-server.b.example. A"}},
		{"any case", "MAIN-server.B", []string{"alias.a.example. CNAME", "www.a.example. CNAME", "main-server.b.example. A"}},
		{"part of data", "host.exa", []string{"b.example. MX"}},
		{"each RRset once, and whole", "192.0.2.", []string{"a_b.a.example. A", "main-server.b.example. A"}},
		{"one record of many", "2.20", []string{"main-server.b.example. A"}},
		{"a percent sign is one", "0%", []string{"a.example. TXT"}},
		{"a percent sign is no wildcard", "w%w", nil},
		{"an underscore is one", "a_b", []string{"a_b.a.example. A"}},
		{"an underscore is no wildcard", "w_w", nil},
		{"a backslash is one", `k\\s`, []string{"a.example. TXT"}},
		{"a backslash escapes nothing", `\%`, nil},
		{"a quote", `"100`, []string{"a.example. TXT"}},
		{"nothing", "nowhere", nil},
		{"text of another language", "ü", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := find(t, d, store.Search{Text: test.text}); !slices.Equal(got, test.want) {
				t.Errorf("got %q", got)
			}
		})
	}
	t.Run("pages", func(t *testing.T) {
		all := find(t, d, store.Search{Text: "example"})
		if len(all) != 6 {
			t.Fatalf("got %q", all)
		}
		for size := 1; size <= len(all); size++ {
			var paged []string
			for q := (store.Search{Text: "example", Limit: size}); ; {
				page := find(t, d, q)
				if len(page) == 0 {
					break
				}
				if len(page) > size {
					t.Fatalf("a page of %d", len(page))
				}
				paged = append(paged, page...)
				q.After = lastPlace(t, d, q)
			}
			if !slices.Equal(paged, all) {
				t.Errorf("pages of %d: %q", size, paged)
			}
		}
	})
	t.Run("what is deleted is not found", func(t *testing.T) {
		d.append(d.update("b.example.", none("main-server.b.example.", rr.TypeA)), d.remove("a.example."))
		if got := find(t, d, store.Search{Text: "main-server"}); len(got) > 0 {
			t.Errorf("got %q", got)
		}
	})
}

// find is the hits as owner and type; each must be the whole RRset.
func find(t *testing.T, d *desk, q store.Search) (hits []string) {
	t.Helper()
	for hit, err := range d.store.Search(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		z := d.fold.zones[hit.Zone]
		if z == nil || !z.zone.Apex.Equal(hit.Apex) {
			t.Fatalf("a hit in zone %s %s", hit.Zone, hit.Apex)
		}
		want := z.sets[setKey{string(hit.RRset.Owner), hit.RRset.Type}]
		if got := setText(&hit.RRset); got != setText(&want) {
			t.Errorf("got %s", got)
		}
		hits = append(hits, text(hit.RRset))
	}
	return hits
}

func text(s change.RRset) string { return s.Owner.String() + " " + s.Type.String() }

func lastPlace(t *testing.T, d *desk, q store.Search) (last store.Place) {
	t.Helper()
	for hit, err := range d.store.Search(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		last = store.Place{Apex: hit.Apex, Owner: hit.RRset.Owner, Type: hit.RRset.Type}
	}
	return last
}
