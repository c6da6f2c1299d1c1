package rr

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestBadData(t *testing.T) {
	tests := []struct {
		name, rtype, text, code string
		field                   int
	}{
		{"address missing", "A", "", "missing_field", 0},
		{"address too short", "A", "192.0.2", "bad_field", 0},
		{"address too long", "A", "192.0.2.1.2", "bad_field", 0},
		{"address out of range", "A", "192.0.2.256", "bad_field", 0},
		{"leading zero", "A", "192.0.02.1", "bad_field", 0},
		{"two addresses", "A", "192.0.2.1 192.0.2.2", "extra_field", 1},
		{"IPv6 for A", "A", "2001:db8::1", "bad_field", 0},
		{"IPv4 for AAAA", "AAAA", "192.0.2.1", "bad_field", 0},
		{"two gaps", "AAAA", "1::2::3", "bad_field", 0},
		{"nine groups", "AAAA", "1:2:3:4:5:6:7:8:9", "bad_field", 0},
		{"seven groups", "AAAA", "1:2:3:4:5:6:7", "bad_field", 0},
		{"five digits", "AAAA", "12345::", "bad_field", 0},
		{"lone colon at the end", "AAAA", "1:2:3:4:5:6:7:", "bad_field", 0},
		{"zone", "AAAA", "fe80::1%eth0", "bad_field", 0},
		{"gap for nothing", "AAAA", "1:2:3:4::5:6:7:8", "bad_field", 0},
		{"SvcParam by number and by name", "HTTPS", "1 . alpn=h2 key1=\\002h3", "bad_field", 2},
		{"SvcParam by number twice", "HTTPS", "1 . key3=\\001\\187 key3=\\001\\187", "bad_field", 2},
		{"SvcParam by number with a wrong value", "HTTPS", "1 . key3=443", "bad_field", 2},
		{"SvcParam by number with a bad escape", "HTTPS", `1 . key3=\1`, "bad_escape", 2},
		{"no protocol in alpn", "HTTPS", "1 . alpn=", "bad_field", 2},
		{"key 65535", "HTTPS", "1 . key65535=x", "bad_field", 2},
		{"algorithm that is none", "DNSKEY", "257 3 ROT13 AAAA", "bad_field", 2},
		{"preference is no number", "MX", "mail 10", "bad_field", 0},
		{"preference too great", "MX", "65536 mail", "bad_field", 0},
		{"exchange missing", "MX", "10", "missing_field", 1},
		{"quoted name", "MX", `10 "mail"`, "bad_field", 1},
		{"empty label", "CNAME", "a..b.", "bad_field", 0},
		{"label too long", "CNAME", strings.Repeat("x", 64) + ".", "bad_field", 0},
		{"name too long", "CNAME", strings.Repeat("x.", 128), "bad_field", 0},
		{"lone backslash", "CNAME", `a\`, "bad_field", 0},
		{"escape beyond an octet", "CNAME", `\256.`, "bad_field", 0},
		{"SOA serial with unit", "SOA", ". . 1h 1 1 1 1", "bad_field", 2},
		{"SOA minimum missing", "SOA", ". . 1 1 1 1", "missing_field", 6},
		{"SOA refresh no time", "SOA", ". . 1 x 1 1 1", "bad_field", 3},
		{"SOA expire too great", "SOA", ". . 1 1 1 4294967296 1", "bad_field", 5},
		{"text too long", "TXT", strings.Repeat("x", 256), "string_too_long", 0},
		{"no text", "TXT", "", "missing_field", 0},
		{"bad escape in second text", "TXT", `a \300`, "bad_escape", 1},
		{"short escape", "TXT", `"\12"`, "bad_escape", 0},
		{"CAA tag with hyphen", "CAA", `0 is-sue "x"`, "bad_field", 1},
		{"CAA flags too great", "CAA", `256 issue "x"`, "bad_field", 0},
		{"CAA value missing", "CAA", "0 issue", "missing_field", 2},
		{"SRV port missing", "SRV", "0 0", "missing_field", 2},
		{"generic without length", "A", `\#`, "bad_generic", 1},
		{"generic length no number", "A", `\# x 00`, "bad_generic", 1},
		{"generic length wrong", "TYPE65280", `\# 2 00`, "bad_generic", 1},
		{"generic half an octet", "TYPE65280", `\# 1 000`, "bad_generic", 1},
		{"generic not hexadecimal", "TYPE65280", `\# 1 0g`, "bad_generic", 2},
		{"generic A of three octets", "A", `\# 3 c00002`, "bad_generic", 2},
		{"generic NS without end", "NS", `\# 2 0161`, "bad_generic", 2},
		{"generic NS with pointer", "NS", `\# 2 c000`, "bad_generic", 2},
		{"generic CAA without tag", "CAA", `\# 2 0000`, "bad_generic", 2},
		{"unknown type with text", "TYPE65280", "abc", "no_text_form", 0},
		{"meta type", "ANY", "", "meta_type", 0},
		{"transfer", "AXFR", "", "meta_type", 0},
		{"DS without data", "DS", "", "missing_field", 0},
		{"DS digest not hexadecimal", "DS", "1 5 1 xyz", "bad_field", 0},
		{"DS key tag", "DS", "x 5 1 00", "bad_field", 0},
		{"DS algorithm", "DS", "1 x! 1 00", "bad_field", 1},
		{"HTTPS priority", "HTTPS", "x . alpn=h2", "bad_field", 0},
		{"HTTPS target missing", "HTTPS", "1", "missing_field", 1},
		{"HTTPS unknown parameter", "HTTPS", "1 . nonsense=1", "bad_field", 2},
		{"NSEC with U-label", "NSEC", "bücher.example. A", "bad_field", 0},
		{"locator with five groups", "L64", "10 1:2:3:4:5", "bad_field", 1},
		{"locator with three groups", "L64", "10 1:2:3", "bad_field", 1},
		{"broken UTF-8 in name", "CNAME", "\xff.example.", "bad_field", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rtype, err := ParseType(test.rtype)
			if err != nil {
				t.Fatal(err)
			}
			data, err := ParseData(nil, rtype, cut(test.text), testOrigin)
			var wrong *DataError
			if !errors.As(err, &wrong) {
				t.Fatalf("got %x, %v", data, err)
			}
			if wrong.Code != test.code || wrong.Field != test.field || wrong.Message == "" || wrong.Fix == "" {
				t.Errorf("got %s at field %d: %v", wrong.Code, wrong.Field, wrong)
			}
		})
	}
}

func TestMessagesSayWhatToWrite(t *testing.T) {
	tests := []struct{ rtype, text, want string }{
		{"MX", "ten mail", `MX preference "ten" is not a number from 0 to 65535; write it as in: MX 10 mail.example.net.`},
		{"A", "localhost", `A address "localhost" is not an IPv4 address; write it as in: A 192.0.2.1`},
		{"SRV", "0 5 5060", `SRV has no target; write it as in: SRV 0 5 5060 sip.example.net.`},
		{"TXT", strings.Repeat("x", 256), `TXT string "` + strings.Repeat("x", 40) + `"... is longer than 255 octets; split it into several strings, as in "first part" "second part"`},
		{"TYPE65280", "x", `records of type TYPE65280 have no text form of their own; write the RDATA as in \# 4 c0000201: the number of octets, then hexadecimal digits (RFC 3597, Section 5)`},
	}
	for _, test := range tests {
		rtype, _ := ParseType(test.rtype)
		if _, err := ParseData(nil, rtype, cut(test.text), testOrigin); err == nil || err.Error() != test.want {
			t.Errorf("%s %s: got %v", test.rtype, test.text, err)
		}
	}
}

func TestRelativeNameWithoutOrigin(t *testing.T) {
	for _, rtype := range []Type{TypeCNAME, TypeRRSIG, TypeHTTPS} {
		text := strings.ReplaceAll(rtype.Example(), "example.net.", "relative")
		if data, err := ParseData(nil, rtype, cut(text), nil); err == nil {
			t.Errorf("%s %s reads as %x", rtype, text, data)
		}
	}
}

func TestDataLimits(t *testing.T) {
	texts := func(n int) []Field {
		f := make([]Field, n)
		for i := range f {
			f[i].Text = bytes.Repeat([]byte("x"), 255)
		}
		return f
	}
	if data, err := ParseData(nil, TypeTXT, texts(255), nil); err != nil || len(data) != 255*256 {
		t.Errorf("%d octets: %v", len(data), err)
	}
	var wrong *DataError
	if _, err := ParseData(nil, TypeTXT, texts(256), nil); !errors.As(err, &wrong) || wrong.Code != "data_too_long" {
		t.Errorf("65536 octets: %v", err)
	}
}
