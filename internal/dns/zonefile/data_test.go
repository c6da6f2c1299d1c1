package zonefile

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestAppendData(t *testing.T) {
	origin := dname.MustParse("example.com.")
	for _, c := range []struct {
		name string
		kind rr.Type
		text string
		want string // presentation form, or the code of the error
	}{
		{"address", rr.TypeA, "192.0.2.1", "192.0.2.1"},
		{"relative name", rr.TypeCNAME, "www", "www.example.com."},
		{"absolute name", rr.TypeCNAME, "www.example.net.", "www.example.net."},
		{"blanks around", rr.TypeMX, "  10   mail\t", "10 mail.example.com."},
		{"quotes", rr.TypeTXT, `"a b" c`, `"a b" "c"`},
		{"parentheses over lines", rr.TypeTXT, "( a\n b )", `"a" "b"`},
		{"comment", rr.TypeA, "192.0.2.1 ; web", "192.0.2.1"},
		{"two lines", rr.TypeA, "192.0.2.1\n192.0.2.2", "!line_feed"},
		{"open parenthesis", rr.TypeA, "( 192.0.2.1", "!open_parenthesis"},
		{"open quote", rr.TypeTXT, `"a`, "!"},
		{"nothing", rr.TypeA, "", "!"},
		{"too many", rr.TypeA, "192.0.2.1 192.0.2.2", "!"},
		{"control octet", rr.TypeTXT, "a\x00b", "!"},
		{"generic", rr.Type(65280), `\# 2 abcd`, `\# 2 abcd`},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := AppendData(nil, c.kind, c.text, origin)
			var wrong *rr.DataError
			code, isError := strings.CutPrefix(c.want, "!")
			switch {
			case isError && (!errors.As(err, &wrong) || !strings.HasPrefix(wrong.Code, code)):
				t.Errorf("%v, want an error with code %s", err, code)
			case !isError && err != nil:
				t.Error(err)
			case !isError && string(rr.AppendDataText(nil, c.kind, data)) != c.want:
				t.Errorf("%s, want %s", rr.AppendDataText(nil, c.kind, data), c.want)
			}
		})
	}
}

func FuzzAppendData(f *testing.F) {
	f.Add(uint16(1), "192.0.2.1")
	f.Add(uint16(16), `"a" b \010`)
	f.Add(uint16(65), `1 . alpn="h2,h3"`)
	f.Add(uint16(65280), `\# 1 ab`)
	f.Add(uint16(257), `0 issue "ca.example; a=b"`)
	f.Fuzz(func(t *testing.T, kind uint16, text string) {
		data, err := AppendData(nil, rr.Type(kind), text, dname.Root)
		if err != nil {
			return
		}
		again, err := AppendData(nil, rr.Type(kind), string(rr.AppendDataText(nil, rr.Type(kind), data)), nil)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%d %q: %x, through its text %x (%v)", kind, text, data, again, err)
		}
	})
}
