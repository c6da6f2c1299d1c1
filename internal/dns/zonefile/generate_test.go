package zonefile

import (
	"strings"
	"testing"
)

func TestGenerate(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"plain", "$GENERATE 1-3 h$ 60 A 192.0.2.$\n", []string{
			"h1.example. 60 IN A 192.0.2.1", "h2.example. 60 IN A 192.0.2.2", "h3.example. 60 IN A 192.0.2.3"}},
		{"step", "$GENERATE 0-5/2 $ 60 IN CNAME $.x.\n", []string{
			"0.example. 60 IN CNAME 0.x.", "2.example. 60 IN CNAME 2.x.", "4.example. 60 IN CNAME 4.x."}},
		{"class before TTL, in lower case", "$generate 1-1 $ in 60 ns a\n", []string{"1.example. 60 IN NS a.example."}},
		{"TTL of $TTL", "$TTL 5\n$GENERATE 1-1 $ A 192.0.2.$\n", []string{"1.example. 5 IN A 192.0.2.1"}},
		{"offset", "$GENERATE 5-6 ${-5}-${10} 60 A 192.0.2.${1}\n", []string{
			"0-15.example. 60 IN A 192.0.2.6", "1-16.example. 60 IN A 192.0.2.7"}},
		{"width", "$GENERATE 9-10 h${0,3} 60 A 192.0.2.${0,0,d}\n", []string{
			"h009.example. 60 IN A 192.0.2.9", "h010.example. 60 IN A 192.0.2.10"}},
		{"bases", "$GENERATE 255-255 ${0,0,o}.${0,4,x}.${0,1,X} 60 NS a\n", []string{"377.00ff.ff.example. 60 IN NS a.example."}},
		{"nibbles", "$GENERATE 291-291 ${0,0,n} 60 PTR ${0,8,N}x.\n", []string{"3.2.1.example. 60 IN PTR 3.2.1.0.x."}},
		{"nibbles of an odd width", "$GENERATE 10-10 ${0,3,n} 60 PTR ${0,1,N}\n", []string{"a.0.example. 60 IN PTR A.example."}},
		{"literal dollars", `$GENERATE 1-1 a$$b\$c$ 60 TXT "$$$"` + "\n", []string{`a\$b\$c1.example. 60 IN TXT "$1"`}},
		{"several fields of data", "$GENERATE 1-2 @ 60 MX $0 mail$\n", []string{"example. 60 IN MX 10 mail1.example.", "example. 60 IN MX 20 mail2.example."}},
		{"data in quotes", `$GENERATE 1-1 @ 60 MX "$0 mail$"` + "\n", []string{"example. 60 IN MX 10 mail1.example."}},
		{"text in quotes", `$GENERATE 1-1 @ 60 TXT "number $" "; $"` + "\n", []string{`example. 60 IN TXT "number 1" "; 1"`}},
		{"key and quoted value", `$GENERATE 1-1 @ 60 SVCB $ . port="80$"` + "\n", []string{`example. 60 IN SVCB 1 . port="801"`}},
		{"generic data", `$GENERATE 16-16 @ 60 TYPE65280 \# 1 ${0,2,x}` + "\n", []string{`example. 60 IN TYPE65280 \# 1 10`}},
		{"never a directive", `$GENERATE 1-1 $$TTL 60 A 192.0.2.$` + "\n", []string{`\$ttl.example. 60 IN A 192.0.2.1`}},
		{"owner of before taken over afterwards", "a 60 A 192.0.2.8\n$GENERATE 1-2 h$ 60 A 192.0.2.$\n A 192.0.2.9\n", []string{
			"a.example. 60 IN A 192.0.2.8", "h1.example. 60 IN A 192.0.2.1", "h2.example. 60 IN A 192.0.2.2", "a.example. 60 IN A 192.0.2.9"}},
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

func TestGenerateAtItsLimit(t *testing.T) {
	n := 0
	err := Parse(strings.NewReader("$GENERATE 0-1048575 h$ 60 A 192.0.2.1\n"), "test.zone", example, func(r *Record) error {
		if n++; r.Pos.String() != "test.zone:1:21" {
			t.Fatalf("at %s", r.Pos)
		}
		return nil
	})
	if err != nil || n != maxGenerated {
		t.Errorf("%d records, %v", n, err)
	}
}

func TestPositionsBehindGenerate(t *testing.T) {
	_, err := lines("$GENERATE 1-2 h$ 60 A 192.0.2.$\na 60 A x\n", example)
	if err == nil || !strings.HasPrefix(err.Error(), "test.zone:2:8: ") {
		t.Error(err)
	}
}
