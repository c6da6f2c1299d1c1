package zonefile

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"TTL, class, type", "a 60 IN A 192.0.2.1\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"class, TTL, type", "a IN 60 A 192.0.2.1\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"class as number", "a CLASS1 60 A 192.0.2.1\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"lower case", "a in 60 cname B\n", []string{"a.example. 60 IN CNAME B.example."}},
		{"owner is lower-cased", "A.B.EXAMPLE. 60 A 192.0.2.1\n", []string{"a.b.example. 60 IN A 192.0.2.1"}},
		{"origin as owner and target", "@ 60 NS @\n", []string{"example. 60 IN NS example."}},
		{"owner taken over", "a 60 A 192.0.2.1\n\tA 192.0.2.2\n  IN A 192.0.2.3\n", []string{
			"a.example. 60 IN A 192.0.2.1", "a.example. 60 IN A 192.0.2.2", "a.example. 60 IN A 192.0.2.3"}},
		{"owner taken over across blank lines, comments and directives", "a 60 A 192.0.2.1\n\n   \n; x\n$TTL 5\n A 192.0.2.2\n", []string{
			"a.example. 60 IN A 192.0.2.1", "a.example. 5 IN A 192.0.2.2"}},
		{"owners that are words of the grammar", "A 60 A 192.0.2.1\nIN IN 60 A 192.0.2.1\nMX 60 MX 1 A\n60 60 A 192.0.2.1\n1h 60 IN A 192.0.2.1\n", []string{
			"a.example. 60 IN A 192.0.2.1", "in.example. 60 IN A 192.0.2.1", "mx.example. 60 IN MX 1 A.example.",
			"60.example. 60 IN A 192.0.2.1", "1h.example. 60 IN A 192.0.2.1"}},
		{"a first field behind a blank is never the owner", "a 60 A 192.0.2.1\n 30 A 192.0.2.2\n", []string{
			"a.example. 60 IN A 192.0.2.1", "a.example. 30 IN A 192.0.2.2"}},
		{"no line feed at the end", "a 60 A 192.0.2.1", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"comment at the end of the file", "a 60 A 192.0.2.1 ; x", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"comment without a blank before it", "a 60 A 192.0.2.1;x", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"carriage returns", "a 60 A 192.0.2.1\r\n\r\n TXT \"x\"\r\n; c\r\n", []string{"a.example. 60 IN A 192.0.2.1", `a.example. 60 IN TXT "x"`}},
		{"carriage return at the end of the file", "a 60 CNAME b\r", []string{"a.example. 60 IN CNAME b.example."}},
		{"tabs", "a\t60\t\tIN\tA\t192.0.2.1\t\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"byte order mark", "\xef\xbb\xbfa 60 A 192.0.2.1\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"nothing", "", nil},
		{"only blanks", " \t\n\n  ", nil},
		{"control octets in comments", "; \x00\x07\na 60 A 192.0.2.1 ; \x00\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"parentheses over lines with comments", "@ 60 SOA ns host ( ; ( \" )\n 1 ; serial\n\n 1h\n30m 2w ; ; ;\n1d )\n", []string{
			"example. 60 IN SOA ns.example. host.example. 1 3600 1800 1209600 86400"}},
		{"parentheses anywhere", "a ( 60\nIN ) ( A\n(192.0.2.1) )\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"parentheses without blanks", "a 60 MX(10 b)\n", []string{"a.example. 60 IN MX 10 b.example."}},
		{"parenthesis first", "(a 60 A\n192.0.2.1)\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"parentheses and line feeds in quotes are text", "a 60 TXT \"( ; )\" x\n", []string{`a.example. 60 IN TXT "( ; )" "x"`}},
		{"owner in quotes", "\"a b\" 60 A 192.0.2.1\n\"$TTL\" 60 A 192.0.2.1\n", []string{
			`a\032b.example. 60 IN A 192.0.2.1`, `\$ttl.example. 60 IN A 192.0.2.1`}},
		{"escaped quote and backslash", `a 60 TXT "a\"b\\" c\"d` + "\n", []string{`a.example. 60 IN TXT "a\"b\\" "c\"d"`}},
		{"escaped blank, semicolon, parenthesis", `a 60 TXT a\ b\;c\(d` + "\n", []string{`a.example. 60 IN TXT "a b;c(d"`}},
		{"escapes in names", `a\.b\032c.x 60 CNAME \@.\$` + "\n", []string{`a\.b\032c.x.example. 60 IN CNAME \@.\$.example.`}},
		{"escaped dollar at the start", `\$ttl 60 A 192.0.2.1` + "\n", []string{`\$ttl.example. 60 IN A 192.0.2.1`}},
		{"texts without blanks between", `a 60 TXT "x""y"z` + "\n", []string{`a.example. 60 IN TXT "x" "y" "z"`}},
		{"key and quoted value", `a 60 HTTPS 1 . alpn="h2,h3" port="8443"` + "\n", []string{`a.example. 60 IN HTTPS 1 . alpn="h2,h3" port="8443"`}},
		{"unknown type", `a 60 TYPE65280 \# 3 01 0203` + "\n", []string{`a.example. 60 IN TYPE65280 \# 3 010203`}},
		{"known type in generic form", `a 60 TYPE1 \# 4 c0000201` + "\n", []string{"a.example. 60 IN A 192.0.2.1"}},
		{"ALIAS and ANAME", "a 60 ALIAS b\na 60 ANAME c\na 60 TYPE65401 \\# 3 01 64 00\n", []string{
			"a.example. 60 IN ALIAS b.example.", "a.example. 60 IN ALIAS c.example.", "a.example. 60 IN ALIAS d."}},
		{"U-labels", "bücher 60 CNAME straße.de.\n", []string{"xn--bcher-kva.example. 60 IN CNAME xn--strae-oqa.de."}},
		{"underscores and wildcards", "_sip._tcp 60 SRV 0 0 5060 *\n*.b 60 A 192.0.2.1\n", []string{
			"_sip._tcp.example. 60 IN SRV 0 0 5060 *.example.", "*.b.example. 60 IN A 192.0.2.1"}},
		{"origin changes", "$ORIGIN a\nx 60 NS y\n$ORIGIN b.\nx 60 NS y\n$origin .\nx 60 NS y\n", []string{
			"x.a.example. 60 IN NS y.a.example.", "x.b. 60 IN NS y.b.", "x. 60 IN NS y."}},
		{"owner taken over keeps its origin", "a 60 NS b\n$ORIGIN c.\n NS d\n", []string{"a.example. 60 IN NS b.example.", "a.example. 60 IN NS d.c."}},
		{"directive with comment", "$TTL 1h ; x\na A 192.0.2.1\n", []string{"a.example. 3600 IN A 192.0.2.1"}},
		{"directive in parentheses", "$TTL (\n1h )\na A 192.0.2.1\n", []string{"a.example. 3600 IN A 192.0.2.1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := lines(test.text, example)
			if err != nil {
				t.Fatal(err)
			}
			expectLines(t, got, test.want...)
		})
	}
}

func TestMissingTTL(t *testing.T) {
	const soa = "SOA . . 1 2 3 4 99\n"
	tests := []struct {
		name, text string
		want       []uint32
	}{
		{"of $TTL", "$TTL 1h\n@ " + soa + "a A 192.0.2.1\nb 60 A 192.0.2.1\nc A 192.0.2.1\n", []uint32{3600, 3600, 60, 3600}},
		{"of the last $TTL", "$TTL 1\na A 192.0.2.1\n$TTL 2\na A 192.0.2.1\n", []uint32{1, 2}},
		{"stated last", "a 60 A 192.0.2.1\na A 192.0.2.2\na 70 A 192.0.2.3\na A 192.0.2.4\n", []uint32{60, 60, 70, 70}},
		{"of SOA MINIMUM, for the SOA too", "@ " + soa + "a A 192.0.2.1\n", []uint32{99, 99}},
		{"stated beats SOA MINIMUM", "@ " + soa + "a 60 A 192.0.2.1\na A 192.0.2.2\n", []uint32{99, 60, 60}},
		{"stated at the SOA", "@ 60 " + soa + "a A 192.0.2.1\n", []uint32{60, 60}},
		{"MINIMUM beyond every TTL", "@ SOA . . 1 2 3 4 4294967295\n", []uint32{rr.MaxTTL}},
		{"zero", "$TTL 0\na A 192.0.2.1\n", []uint32{0}},
		{"units", "a 1w2d A 192.0.2.1\na 1H30m A 192.0.2.1\na 2147483647 A 192.0.2.1\n", []uint32{777600, 5400, 2147483647}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []uint32
			err := Parse(strings.NewReader(test.text), "test.zone", example, func(r *Record) error {
				got = append(got, r.TTL)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range max(len(got), len(test.want)) {
				if i >= len(got) || i >= len(test.want) || got[i] != test.want[i] {
					t.Fatalf("got %v, want %v", got, test.want)
				}
			}
		})
	}
}

func TestPositions(t *testing.T) {
	text := "$TTL 60\n\n  ; x\na A 192.0.2.1\n\tTXT (\n x\n )\n( b A 192.0.2.2 )\n"
	want := []string{"test.zone:4:1", "test.zone:5:2", "test.zone:8:3"}
	var got []string
	err := Parse(strings.NewReader(text), "test.zone", example, func(r *Record) error {
		got = append(got, r.Pos.String())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	expectLines(t, got, want...)
}

func TestLongLines(t *testing.T) {
	var text strings.Builder
	text.WriteString("a 60 TXT (")
	for range 200 {
		text.WriteString(" \"" + strings.Repeat("x", 255) + "\"" + strings.Repeat(" ", 10_000) + "\n")
	}
	text.WriteString(") ; " + strings.Repeat("comment ", 300_000) + "\nb 60 A 192.0.2.1\n")
	var got []string
	err := Parse(strings.NewReader(text.String()), "test.zone", example, func(r *Record) error {
		got = append(got, r.Pos.String()+" "+r.Type.String())
		if r.Type == rr.TypeTXT && len(r.Data) != 200*256 {
			t.Errorf("text of %d octets", len(r.Data))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	expectLines(t, got, "test.zone:1:1 TXT", "test.zone:202:1 A")
}

func TestReadersThatGiveLittle(t *testing.T) {
	text := "$TTL 60\na\\.b A 192.0.2.1 ; x\r\n TXT \"a\\\"b\" (\n \"c\" )\r\nb.example. CNAME ü\n"
	want, err := lines(text, example)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"one octet at a time": iotest.OneByteReader(strings.NewReader(text)),
		"error with the data": iotest.DataErrReader(strings.NewReader(text)),
	} {
		var got []string
		if err := Parse(r, "test.zone", example, func(r *Record) error { got = append(got, line(r)); return nil }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		expectLines(t, got, want...)
	}
}

// Every entry lies across the end of a chunk for some amount of padding.
func TestChunkBoundaries(t *testing.T) {
	text := "a\\.b 60 ( IN ; (\n TXT \"a\\\"b\" c\\ d ) ; x\r\nb 60 A 192.0.2.1\n"
	want, err := lines(text, example)
	if err != nil {
		t.Fatal(err)
	}
	for shift := range len(text) + 2 {
		padding := ";" + strings.Repeat("x", firstChunk-shift-2) + "\n"
		got, err := lines(padding+text, example)
		if err != nil {
			t.Fatalf("shift %d: %v", shift, err)
		}
		expectLines(t, got, want...)
	}
}

func TestErrorsOfOthersPassThrough(t *testing.T) {
	broken := errors.New("disk on fire")
	r := io.MultiReader(strings.NewReader("a 60 A 192.0.2.1\n"), iotest.ErrReader(broken))
	if err := Parse(r, "test.zone", example, func(*Record) error { return nil }); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "test.zone: ") {
		t.Errorf("from the reader: %v", err)
	}
	calls := 0
	err := Parse(strings.NewReader("a 60 A 192.0.2.1\nb 60 A 192.0.2.1\n"), "test.zone", example, func(*Record) error {
		calls++
		return broken
	})
	if err != broken || calls != 1 {
		t.Errorf("from emit: %v after %d calls", err, calls)
	}
	if err := ParseFile("no/such/file", example, nil); err == nil {
		t.Error("missing file passes")
	}
}

func TestErrorsFromEmitAreGathered(t *testing.T) {
	err := Parse(strings.NewReader("a 60 A 192.0.2.1\nb 60 A x\nc 60 A 192.0.2.1\n"), "test.zone", example, func(r *Record) error {
		return &Error{r.Pos, "refused", "not this one", "remove it"}
	})
	var all Errors
	if !errors.As(err, &all) || len(all) != 3 || all[0].Code != "refused" || all[1].Code != "bad_field" || all[2].Pos.Line != 3 {
		t.Errorf("got %v", err)
	}
}

func TestProgress(t *testing.T) {
	text := strings.Repeat("a 60 A 192.0.2.1\n", 100_000)
	var last int64
	o := example
	o.Progress = func(n int64) {
		if n < last {
			t.Errorf("back from %d to %d", last, n)
		}
		last = n
	}
	if err := Parse(strings.NewReader(text), "test.zone", o, func(*Record) error { return nil }); err != nil || last != int64(len(text)) {
		t.Errorf("%d of %d, %v", last, len(text), err)
	}
}

func TestCommonTypesDoNotAllocate(t *testing.T) {
	zone := millionZone(20_000)
	allocs := testing.AllocsPerRun(3, func() {
		if err := Parse(strings.NewReader(string(zone)), "big.zone", Options{}, func(*Record) error { return nil }); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 100 {
		t.Errorf("%v allocations for 20000 records", allocs)
	}
}
