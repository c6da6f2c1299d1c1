package v1

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

type listed struct {
	Data struct {
		Records    []struct{ Name, Type, Content string }
		Pagination struct {
			Total   int
			HasMore bool `json:"has_more"`
		}
	}
}

// list is what a list of records shows, page by page.
func (d *desk) list(query string, limit int) (lines []string) {
	d.Helper()
	for offset := 0; ; offset += limit {
		var page listed
		d.into(d.send("GET", fmt.Sprintf("/zones/$zone/records?limit=%d&offset=%d%s", limit, offset, query), ""), &page)
		for _, r := range page.Data.Records {
			lines = append(lines, r.Name+" "+r.Type+" "+strings.TrimSuffix(r.Content, "."))
		}
		if !page.Data.Pagination.HasMore {
			if page.Data.Pagination.Total != len(lines) {
				d.Errorf("pages of %d: %d records of %d in all", limit, len(lines), page.Data.Pagination.Total)
			}
			return lines
		}
	}
}

func TestTheServersOwnNameServersAreLeftOut(t *testing.T) {
	for name, more := range map[string][]string{
		"nothing else at the apex": nil,
		"addresses before them":    {`"name":"@","type":"A","content":"192.0.2.1"`, `"name":"@","type":"A","content":"192.0.2.2"`},
		"mail behind them":         {`"name":"@","type":"MX","content":"10 mail.example.net"`},
		"others among them":        {`"name":"@","type":"NS","content":"a.example.net"`, `"name":"@","type":"NS","content":"ns1.other.test"`, `"name":"@","type":"NS","content":"z.example.net"`, `"name":"@","type":"A","content":"192.0.2.1"`},
	} {
		t.Run(name, func(t *testing.T) {
			d := zoned(t)
			for i, body := range slices.Concat(more, []string{`"name":"www","type":"A","content":"192.0.2.3"`, `"name":"sub","type":"NS","content":"ns1.host.test"`}) {
				d.run([]step{{fmt.Sprint(i), "POST", "/zones/$zone/records", "{" + body + "}", nil, 201, nil}})
			}
			all := d.list("&managed=true", 100)
			want := slices.DeleteFunc(slices.Clone(all), func(line string) bool {
				return strings.HasPrefix(line, "example.com. NS ns") && strings.HasSuffix(line, ".host.test")
			})
			if len(all)-len(want) != 2 {
				t.Fatalf("%d of %v are the server's own", len(all)-len(want), all)
			}
			for limit := range 6 {
				if got := d.list("", limit+1); !slices.Equal(got, want) {
					t.Errorf("pages of %d:\n%s\nwant\n%s", limit+1, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
			if got := d.list("&type=NS&name=@", 100); len(got) < 2 {
				t.Errorf("asked for by type: %v", got)
			}
		})
	}
}

func TestANameServerThatSomebodyWroteBesideIsListed(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"a comment", "PUT", "/zones/$zone/records/by-name/@/NS?content=ns1.host.test", `{"content":"ns1.host.test","comment":"ours"}`, nil, 200, nil},
		{"no boolean", "GET", "/zones/$zone/records?managed=perhaps", "", nil, 400, []string{"error.details.0.field=managed"}},
	})
	if got := d.list("", 10); len(got) < 2 {
		t.Errorf("%v", got)
	}
}
