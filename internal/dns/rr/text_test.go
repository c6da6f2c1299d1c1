package rr

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// cut makes fields of text as a master file's lexer does, for one line.
func cut(text string) (fields []Field) {
	last := -1
	for i := 0; i < len(text); {
		if text[i] == ' ' {
			i++
			continue
		}
		start, quoted := i, text[i] == '"'
		if quoted {
			i++
		}
		from := i
		for i < len(text) && (quoted && text[i] != '"' || !quoted && text[i] != ' ' && text[i] != '"') {
			if text[i] == '\\' {
				i++
			}
			i++
		}
		i = min(i, len(text))
		fields = append(fields, Field{Text: []byte(text[from:i]), Quoted: quoted, Joined: start == last})
		if quoted {
			i++
		}
		last = i
	}
	return fields
}

var testOrigin = dname.MustParse("example.net.")

func mustData(t *testing.T, rtype Type, text string) []byte {
	t.Helper()
	data, err := ParseData(nil, rtype, cut(text), testOrigin)
	if err != nil {
		t.Fatalf("%s %s: %v", rtype, text, err)
	}
	return data
}

// oracle is the RDATA that package dns reads from text.
func oracle(rtype Type, text string) ([]byte, error) {
	if uint16(rtype) == dns.TypeX25 || uint16(rtype) == dns.TypeGPOS {
		text = strings.ReplaceAll(text, `"`, "") // it refuses quotes there
	}
	r, err := dns.NewRR(fmt.Sprintf("$ORIGIN example.net.\n. 0 IN %s %s", rtype, text))
	if err != nil {
		return nil, err
	}
	return foreignPack(r)
}

func dataTypes() (types []Type) {
	for n := range dns.TypeToRR {
		if t := Type(n); !t.IsMeta() {
			types = append(types, t)
		}
	}
	return types
}

func TestEveryTypeHasAnExampleThatReadsAndPrints(t *testing.T) {
	for _, rtype := range append(dataTypes(), TypeALIAS) {
		t.Run(rtype.String(), func(t *testing.T) {
			if _, ok := examples[rtype]; !ok {
				t.Fatal("no example")
			}
			data := mustData(t, rtype, rtype.Example())
			if err := CheckData(rtype, data); err != nil {
				t.Error(err)
			}
			text := AppendDataText(nil, rtype, data)
			if again := mustData(t, rtype, string(text)); !bytes.Equal(again, data) {
				t.Errorf("%s reads back as %x, not %x", text, again, data)
			}
			if rtype == TypeALIAS || uint16(rtype) == dns.TypeNULL {
				return
			}
			want, err := oracle(rtype, rtype.Example())
			if err != nil || !bytes.Equal(data, want) {
				t.Errorf("oracle has %x (%v), not %x", want, err, data)
			}
			printed, err := oracle(rtype, string(text))
			if err != nil || !bytes.Equal(printed, data) {
				t.Errorf("oracle reads %s as %x (%v), not %x", text, printed, err, data)
			}
		})
	}
}

func TestGenericFormReadsForEveryType(t *testing.T) {
	for _, rtype := range append(dataTypes(), TypeALIAS, 65280) {
		data := mustData(t, rtype, rtype.Example())
		generic := string(appendGeneric(nil, data))
		if got := mustData(t, rtype, generic); !bytes.Equal(got, data) {
			t.Errorf("%s %s reads as %x", rtype, generic, got)
		}
	}
}

func TestBrokenWireFormsPrintGenerically(t *testing.T) {
	for _, rtype := range append(dataTypes(), TypeALIAS, 65280) {
		data := mustData(t, rtype, rtype.Example())
		for n := 0; n <= len(data); n++ {
			checkPrinted(t, rtype, data[:n])
			checkPrinted(t, rtype, append(bytes.Clone(data[:n]), 0xc0, 0))
		}
		flipped := bytes.Clone(data)
		for bit := range 8 * min(len(data), 40) {
			flipped[bit/8] ^= 1 << (bit % 8)
			checkPrinted(t, rtype, flipped)
			flipped[bit/8] ^= 1 << (bit % 8)
		}
	}
}

// checkPrinted holds data to the contract of printing: what is well formed
// reads back the same, what is not is printed in the generic form.
func checkPrinted(t *testing.T, rtype Type, data []byte) {
	t.Helper()
	text := string(AppendDataText(nil, rtype, data))
	if CheckData(rtype, data) != nil {
		if text != string(appendGeneric(nil, data)) {
			t.Fatalf("%s %x is not well formed, but printed as %s", rtype, data, text)
		}
		return
	}
	got, err := ParseData(nil, rtype, cut(text), nil)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("%s %x was printed as %s, which reads as %x, %v", rtype, data, text, got, err)
	}
}

func TestKnownForms(t *testing.T) {
	long := strings.Repeat("x", 255)
	tests := []struct {
		name, rtype, text, wire string
	}{
		{"relative target", "CNAME", "www", hexName("www.example.net.")},
		{"origin as target", "CNAME", "@", hexName("example.net.")},
		{"case is kept", "CNAME", "WwW.Example.", hexName("WwW.Example.")},
		{"escaped dot", "CNAME", `a\.b.example.`, "03612e62076578616d706c6500"},
		{"escaped octet", "CNAME", `\000\255.`, "0200ff00"},
		{"root", "NS", ".", "00"},
		{"U-label", "CNAME", "bücher.example.", hexName("xn--bcher-kva.example.")},
		{"SOA with units", "SOA", ". . 1 1h 15m 2w 1d", "0000" + "00000001" + "00000e10" + "00000384" + "00127500" + "00015180"},
		{"SOA with mixed units in any case", "SOA", ". . 4294967295 1H30m 0 0 0", "0000" + "ffffffff" + "00001518" + "00000000" + "00000000" + "00000000"},
		{"text without quotes", "TXT", "abc", "03616263"},
		{"two texts", "TXT", `a "b c"`, "0161" + "03622063"},
		{"texts without a blank between", "TXT", `"a""b"`, "0161" + "0162"},
		{"empty text", "TXT", `""`, "00"},
		{"text with escapes", "TXT", `"\"\\\009\;"`, "04225c093b"},
		{"longest text", "TXT", long, "ff" + strings.Repeat("78", 255)},
		{"UTF-8 in text", "TXT", `"ü"`, "02c3bc"},
		{"IPv4 in IPv6", "AAAA", "::ffff:192.0.2.1", "00000000000000000000ffffc0000201"},
		{"IPv6 zero", "AAAA", "::", strings.Repeat("00", 16)},
		{"IPv6 with a gap at the end", "AAAA", "2001:db8::", "20010db8" + strings.Repeat("00", 12)},
		{"CAA value with blanks", "CAA", `128 issue "ca.example; a=b"`, "80056973737565" + hex.EncodeToString([]byte("ca.example; a=b"))},
		{"CAA value empty", "CAA", `0 iodef ""`, "0005696f646566"},
		{"SRV to nowhere", "SRV", "0 0 0 .", "00000000000000"},
		{"ANAME", "ANAME", "host.", "04686f737400"},
		{"ISDN without subaddress", "ISDN", `"1"`, "0131"},
		{"generic A", "A", `\# 4 c0 0002 01`, "c0000201"},
		{"generic of no octets", "TYPE65280", `\# 0`, ""},
		{"empty APL", "APL", "", ""},
		{"SVCB with escaped dot in target", "SVCB", `1 a\.b.example. port=53`, "0001" + "03612e62076578616d706c6500" + "000300020035"},
		{"SVCB alias", "SVCB", "0 pool", "0000" + hexName("pool.example.net.")},
		{"HTTPS with escaped comma", "HTTPS", `1 . alpn="f\\\\oo\\,bar,h2"`, "000100" + "0001000c" + "08665c6f6f2c626172026832"},
		{"SvcParams by number", "HTTPS", `1 . port=1 key7=/q key1=\002h2 KEY6="` + strings.Repeat(`\001`, 16) + `"`,
			"000100" + "00010003" + "026832" + "000300020001" + "00060010" + strings.Repeat("01", 16) + "00070002" + "2f71"},
		{"one SvcParam by number", "SVCB", `1 . key3=\001\187`, "000100" + "0003000201bb"},
		{"SvcParam by number without value", "HTTPS", `1 . key2 alpn=h2`, "000100" + "00010003" + "026832" + "00020000"},
		{"key whose algorithm is named", "DNSKEY", "257 3 rsasha256 AAAA", "0101" + "0308" + "000000"},
		{"child key whose algorithm is named", "CDNSKEY", "257 3 ECDSAP256SHA256 AAAA", "0101" + "030d" + "000000"},
		{"LOC without seconds", "LOC", "42 21 N 71 W 5", "00121613" + hex.EncodeToString(binary.BigEndian.AppendUint32(nil, 1<<31+(42*60+21)*60_000)) +
			hex.EncodeToString(binary.BigEndian.AppendUint32(nil, 1<<31-71*3600_000)) + hex.EncodeToString(binary.BigEndian.AppendUint32(nil, 10_000_500))},
		{"CAA tag in quotes", "CAA", `0 "issue" "ca"`, "0005697373756563" + "61"},
		{"NAPTR regexp", "NAPTR", `1 2 "u" "E2U+sip" "!^.*$!sip:\\1@a!" .`, "00010002" + "0175" + "07453255" + "2b736970" + "0f" + hex.EncodeToString([]byte(`!^.*$!sip:\1@a!`)) + "00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rtype, err := ParseType(test.rtype)
			if err != nil {
				t.Fatal(err)
			}
			data := mustData(t, rtype, test.text)
			if got := hex.EncodeToString(data); got != test.wire {
				t.Errorf("got %s, want %s", got, test.wire)
			}
			checkPrinted(t, rtype, data)
		})
	}
}

func hexName(text string) string { return hex.EncodeToString(dname.MustParse(text)) }

func TestEscapesInNamesSurviveInEveryType(t *testing.T) {
	for _, odd := range []string{`a\.b.example.`, `\000x.example.`, `\@\;\(\"\\.example.`, `a\032b.example.`, `MiXed.Example.`, `\255\127.example.`} {
		for _, rtype := range dataTypes() {
			text := rtype.Example()
			at := strings.Index(text, "example.net.")
			if at < 0 || strings.HasSuffix(text, `"`) && rtype != TypeSVCB && rtype != TypeHTTPS {
				continue
			}
			start := strings.LastIndexByte(text[:at], ' ') + 1
			text = text[:start] + odd + text[at+len("example.net."):]
			data := mustData(t, rtype, text)
			if !bytes.Contains(data, dname.MustParse(odd)) {
				t.Errorf("%s %s: %x does not hold the name", rtype, text, data)
			}
			checkPrinted(t, rtype, data)
			if printed := AppendDataText(nil, rtype, data); bytes.HasPrefix(printed, []byte(`\#`)) {
				t.Errorf("%s %s: printed as %s", rtype, text, printed)
			}
		}
	}
}

func TestParsingAppends(t *testing.T) {
	for _, rtype := range []Type{TypeA, TypeMX, TypeTXT, TypeDS, TypeHTTPS} {
		want := append([]byte("before"), mustData(t, rtype, rtype.Example())...)
		got, err := ParseData([]byte("before"), rtype, cut(rtype.Example()), nil)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %q, %v", rtype, got, err)
		}
	}
}

func TestCommonTypesDoNotAllocate(t *testing.T) {
	dst := make([]byte, 0, 1024)
	for _, rtype := range []Type{TypeA, TypeAAAA, TypeNS, TypeCNAME, TypeDNAME, TypePTR, TypeALIAS, TypeMX, TypeSOA, TypeTXT, TypeSRV, TypeCAA} {
		fields := cut(rtype.Example())
		data := mustData(t, rtype, rtype.Example())
		if n := testing.AllocsPerRun(100, func() { ParseData(dst, rtype, fields, testOrigin) }); n != 0 {
			t.Errorf("reading %s allocates %v times", rtype, n)
		}
		if n := testing.AllocsPerRun(100, func() { AppendDataText(dst, rtype, data) }); n != 0 {
			t.Errorf("printing %s allocates %v times", rtype, n)
		}
	}
}

func TestTTL(t *testing.T) {
	tests := []struct {
		text string
		want uint32
		err  error
	}{
		{"0", 0, nil}, {"3600", 3600, nil}, {"1h30m", 5400, nil}, {"1w2d", 777600, nil}, {"1W2D3H4M5S", 788645, nil},
		{"1h30", 3630, nil}, {"2147483647", MaxTTL, nil}, {"2147483648", 0, ErrTTLRange}, {"99999999999999999999999", 0, ErrTTLRange},
		{"9999999999w9999999999w", 0, ErrTTLRange}, {"", 0, ErrTTL}, {"h", 0, ErrTTL}, {"1x", 0, ErrTTL}, {"-1", 0, ErrTTL}, {"1hh", 0, ErrTTL}, {"1.5h", 0, ErrTTL},
	}
	for _, test := range tests {
		if got, err := ParseTTL([]byte(test.text)); got != test.want || err != test.err {
			t.Errorf("%q: %d, %v", test.text, got, err)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	for _, text := range []string{"192.0.2.1", "2001:db8::1", "::", "1::", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "01.2.3.4", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := netip.ParseAddr(text)
		v4, ok4 := ipv4([]byte(text))
		if ok4 != (err == nil && want.Is4()) || ok4 && want != netip.AddrFrom4([4]byte{byte(v4 >> 24), byte(v4 >> 16), byte(v4 >> 8), byte(v4)}) {
			t.Errorf("%q: IPv4 %x, %v", text, v4, ok4)
		}
		v6, ok6 := ipv6([]byte(text))
		if ok6 != (err == nil && want.Is6() && want.Zone() == "") || ok6 && want != netip.AddrFrom16(v6) {
			t.Errorf("%q: IPv6 %x, %v", text, v6, ok6)
		}
	})
}

func FuzzData(f *testing.F) {
	for _, rtype := range append(dataTypes(), TypeALIAS, 65280) {
		data, err := ParseData(nil, rtype, cut(rtype.Example()), nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint16(rtype), data)
	}
	f.Fuzz(func(t *testing.T, rtype uint16, data []byte) {
		if len(data) <= MaxData && !Type(rtype).IsMeta() {
			checkPrinted(t, Type(rtype), data)
		}
	})
}
