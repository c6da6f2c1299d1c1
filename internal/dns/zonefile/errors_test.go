package zonefile

import (
	"errors"
	"strings"
	"testing"
)

func TestBadInput(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // code, line:column, message and fix of each error
	}{
		{"address", "a 60 IN A 192.0.2\n", []string{
			`bad_field 1:11: A address "192.0.2" is not an IPv4 address; write it as in: A 192.0.2.1`,
		}},
		{"second line", "; x\na 60 IN A localhost\n", []string{
			`bad_field 2:11: A address "localhost" is not an IPv4 address; write it as in: A 192.0.2.1`,
		}},
		{"data missing", "a 60 A\n", []string{
			`missing_field 1:7: A has no address; write it as in: A 192.0.2.1`,
		}},
		{"data missing before a comment", "a 60 MX 10 ; mail\n", []string{
			`missing_field 1:11: MX has no exchange; write it as in: MX 10 mail.example.net.`,
		}},
		{"too many fields", "a 60 A 192.0.2.1 192.0.2.2\n", []string{
			`extra_field 1:18: A has more fields than it takes, from "192.0.2.2" on; write it as in: A 192.0.2.1`,
		}},
		{"field on a later line of parentheses", "@ 60 SOA ns host (\n 1\n  now\n 1 1 1 )\n", []string{
			`bad_field 3:3: SOA refresh "now" is not a time of 0 to 4294967295 seconds (units w, d, h, m, s may be used); write it as in: SOA ns1.example.net. hostmaster.example.net. 1 3600 900 1209600 300`,
		}},
		{"unknown type", "a 60 IN AA 192.0.2.1\n", []string{
			`bad_type 1:9: "AA" is not an RR type; an unknown one is written TYPE and its number, as in TYPE65280 (RFC 3597, Section 5)`,
		}},
		{"type that is only a number", "a 60 IN TYPE70000 \\# 0\n", []string{
			`bad_type 1:9: "TYPE70000" is not an RR type; an unknown one is written TYPE and its number, as in TYPE65280 (RFC 3597, Section 5)`,
		}},
		{"type missing", "a 60 IN\n", []string{
			`missing_type 1:8: the entry ends before its type; write owner, TTL, class, type and data, as in www 3600 IN A 192.0.2.1`,
		}},
		{"owner alone", "a\n", []string{
			`missing_type 1:2: the entry ends before its type; write owner, TTL, class, type and data, as in www 3600 IN A 192.0.2.1`,
		}},
		{"first entry without owner", "  60 A 192.0.2.1\n", []string{
			`no_owner 1:3: the entry starts with a blank, but there is no owner before it to take over; write the owner at the start of the line, @ for the origin`,
		}},
		{"relative owner without origin", "a 60 A 192.0.2.1\n", []string{
			`bad_owner 1:1: owner "a": name is relative (it has no final dot) and there is no origin; end it with a dot, or put a $ORIGIN before it`,
		}},
		{"relative target without origin", "a. 60 CNAME b\n", []string{
			`bad_field 1:13: CNAME target "b": name is relative (it has no final dot) and there is no origin; end the name with a dot, or set an origin before it`,
		}},
		{"at sign without origin", "@ 60 A 192.0.2.1\n", []string{
			`bad_owner 1:1: owner "@": name is relative (it has no final dot) and there is no origin; end it with a dot, or put a $ORIGIN before it`,
		}},
		{"no TTL at all", "a A 192.0.2.1\n", []string{
			`no_ttl 1:3: the record has no TTL, and nothing before it gives one; put a $TTL at the top of the file, as in $TTL 3600`,
		}},
		{"TTL too great", "a 2147483648 A 192.0.2.1\n", []string{
			`bad_ttl 1:3: TTL "2147483648": time is too long; a TTL is at most 2147483647 seconds (RFC 2181, Section 8)`,
		}},
		{"TTL with unknown unit", "a 60x A 192.0.2.1\n", []string{
			`bad_ttl 1:3: TTL "60x": not a time; write seconds, or numbers with the units w, d, h, m, s, as in 1h30m`,
		}},
		{"two TTLs", "a 60 IN 60 A 192.0.2.1\n", []string{
			`second_ttl 1:9: "60" is a second TTL; write one TTL, one class and then the type`,
		}},
		{"two classes", "a IN 60 IN A 192.0.2.1\n", []string{
			`second_class 1:9: "IN" is a second class; write one TTL, one class and then the type`,
		}},
		{"class CH", "a 60 CH A 192.0.2.1\n", []string{
			`bad_class 1:6: class CH is not served; write IN, or leave the class out`,
		}},
		{"class HS in lower case", "a 60 hs A 192.0.2.1\n", []string{
			`bad_class 1:6: class hs is not served; write IN, or leave the class out`,
		}},
		{"class by number", "a 60 CLASS3 A 192.0.2.1\n", []string{
			`bad_class 1:6: class CLASS3 is not served; write IN, or leave the class out`,
		}},
		{"quoted type", "a 60 \"A\" 192.0.2.1\n", []string{
			`bad_type 1:6: "A" stands in quotes where TTL, class or type is due; write it without`,
		}},
		{"no owner before $GENERATE", "$GENERATE 1-1 h$ 60 A 192.0.2.$\n A 192.0.2.9\n", []string{
			`no_owner 2:2: the entry starts with a blank, but there is no owner before it to take over; write the owner at the start of the line, @ for the origin`,
		}},
		{"quoted name", "a 60 CNAME \"b\"\n", []string{
			`bad_field 1:12: CNAME target "b" stands in quotes, which only texts may; write it as in: CNAME host.example.net.`,
		}},
		{"meta type", "a 60 ANY x\n", []string{
			`meta_type 1:6: ANY is no type for zone data; remove the record: such types exist in messages only (RFC 6895, Section 3.1)`,
		}},
		{"meta type by number", "a 60 TYPE255 \\# 0\n", []string{
			`meta_type 1:6: ANY is no type for zone data; remove the record: such types exist in messages only (RFC 6895, Section 3.1)`,
		}},
		{"OPT", "a 60 OPT x\n", []string{
			`meta_type 1:6: OPT is no type for zone data; remove the record: such types exist in messages only (RFC 6895, Section 3.1)`,
		}},
		{"empty label", "a..b 60 A 192.0.2.1\n", []string{
			`bad_owner 1:1: owner "a..b": name has an empty label; write a name as in www.example.net.`,
		}},
		{"owner label too long", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 60 A 192.0.2.1\n", []string{
			`bad_owner 1:1: owner "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"...: label is longer than 63 octets; write a name as in www.example.net.`,
		}},
		{"bad escape in owner", "a\\999 60 A 192.0.2.1\n", []string{
			`bad_owner 1:1: owner "a\\999": \999 is not an octet (0 to 255); write a name as in www.example.net.`,
		}},
		{"backslash at the end of a line", "a 60 TXT x\\\nb 60 A 192.0.2.1\n", []string{
			`bad_escape 1:11: a backslash stands at the end of the line; write \\ for a backslash`,
		}},
		{"quote left open", "a 60 TXT \"abc\nb 60 A x\n", []string{
			`open_quote 1:10: the text that starts here has no closing quote on its line; close it with "; to spread strings over lines, quote each and put ( ) around them`,
			`bad_field 2:8: A address "x" is not an IPv4 address; write it as in: A 192.0.2.1`,
		}},
		{"quote left open at the end of the file", "a 60 TXT x \"abc", []string{
			`open_quote 1:12: the text that starts here has no closing quote on its line; close it with "; to spread strings over lines, quote each and put ( ) around them`,
		}},
		{"quote left open within parentheses", "a 60 TXT ( \"abc\n \"d\" )\n", []string{
			`open_quote 1:12: the text that starts here has no closing quote on its line; close it with "; to spread strings over lines, quote each and put ( ) around them`,
		}},
		{"parenthesis that closes nothing", "a 60 A 192.0.2.1 )\n", []string{
			`stray_parenthesis 1:18: this ) closes nothing; remove it, or put the ( that it belongs to before it`,
		}},
		{"parenthesis never closed", "@ 60 SOA ns host (\n 1 1 1 1 1\na 60 A x\n", []string{
			`open_parenthesis 1:18: the ( that stands here is never closed; close it with ) at the end of the entry`,
			`bad_field 3:8: A address "x" is not an IPv4 address; write it as in: A 192.0.2.1`,
		}},
		{"parenthesis never closed at the end", "a 60 MX (10\n", []string{
			`open_parenthesis 1:9: the ( that stands here is never closed; close it with ) at the end of the entry`,
		}},
		{"NUL in a name", "a\x00b 60 A 192.0.2.1\n", []string{
			`control_octet 1:2: a control octet stands here; remove it, or write it as \000`,
		}},
		{"control octet in quotes", "a 60 TXT \"\x07\"\n", []string{
			`control_octet 1:11: a control octet stands here; remove it, or write it as \007`,
		}},
		{"string too long", "a 60 TXT xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", []string{
			`string_too_long 1:10: TXT string "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"... is longer than 255 octets; split it into several strings, as in "first part" "second part"`,
		}},
		{"broken UTF-8 in owner", "\xff 60 A 192.0.2.1\n", []string{
			`bad_owner 1:1: owner "\xff": label "\xff" is neither ASCII nor UTF-8; write such octets as \DDD`,
		}},
		{"Unicode that is no label", "a_ü 60 A 192.0.2.1\n", []string{
			`bad_owner 1:1: owner "a_ü": label "a_ü" is no internationalised label (RFC 5891): disallowed rune U+005F; write a name as in www.example.net.`,
		}},
		{"unknown directive", "$ORIGEN a.\n", []string{
			`bad_directive 1:1: "$ORIGEN" is no directive; write $ORIGIN, $TTL, $INCLUDE or $GENERATE; a name that starts with a dollar sign is written \$`,
		}},
		{"directive behind a blank", "a 60 A 192.0.2.1\n $TTL 60\n", []string{
			`bad_type 2:2: "$TTL" stands where TTL, class or type is due; start a directive at the first column of its line`,
		}},
		{"$ORIGIN without name", "$ORIGIN\n", []string{
			`missing_field 1:8: $ORIGIN lacks an argument; write it as in $ORIGIN example.net.`,
		}},
		{"$ORIGIN with two names", "$ORIGIN a. b.\n", []string{
			`extra_field 1:12: $ORIGIN takes no "b."; write it as in $ORIGIN example.net.`,
		}},
		{"$ORIGIN relative without origin", "$ORIGIN a\n", []string{
			`bad_origin 1:9: origin "a": name is relative (it has no final dot) and there is no origin; end it with a dot, or put a $ORIGIN before it`,
		}},
		{"$ORIGIN not a name", "$ORIGIN a..\n", []string{
			`bad_origin 1:9: origin "a..": name has an empty label; write a name as in www.example.net.`,
		}},
		{"$TTL without time", "$TTL ; x\n", []string{
			`missing_field 1:5: $TTL lacks an argument; write it as in $TTL 3600`,
		}},
		{"$TTL not a time", "$TTL soon\n", []string{
			`bad_ttl 1:6: TTL "soon": not a time; write seconds, or numbers with the units w, d, h, m, s, as in 1h30m`,
		}},
		{"$TTL too great", "$TTL 9999999999\n", []string{
			`bad_ttl 1:6: TTL "9999999999": time is too long; a TTL is at most 2147483647 seconds (RFC 2181, Section 8)`,
		}},
		{"generic data too short", "a 60 A \\# 4 c00002\n", []string{
			`bad_generic 1:11: A length is 4 octets, but the hexadecimal digits make 3; write \#, the number of octets, and two hexadecimal digits for each, as in \# 4 c0000201 (RFC 3597, Section 5)`,
		}},
		{"generic data of the wrong form", "a 60 A \\# 3 c00002\n", []string{
			`bad_generic 1:13: RDATA of A, 3 octets, is broken at its address: 3 octets left, takes 4; write it as in: A 192.0.2.1`,
		}},
		{"unknown type with text", "a 60 TYPE65280 abc\n", []string{
			`no_text_form 1:16: records of type TYPE65280 have no text form of their own; write the RDATA as in \# 4 c0000201: the number of octets, then hexadecimal digits (RFC 3597, Section 5)`,
		}},
		{"$GENERATE without data", "$GENERATE 1-3 a A\n", []string{
			`missing_field 1:18: $GENERATE lacks an argument; write it as in $GENERATE 1-254 host-$ A 192.0.2.$`,
		}},
		{"$GENERATE with a bad range", "$GENERATE 3-1 a$ A 192.0.2.$\n", []string{
			`bad_range 1:11: range "3-1" is not start-stop or start-stop/step; write numbers from 0 to 2147483647, the stop not below the start, as in 1-254 or 0-100/2`,
		}},
		{"$GENERATE with a step of nothing", "$GENERATE 1-3/0 a$ A 192.0.2.$\n", []string{
			`bad_range 1:11: range "1-3/0" is not start-stop or start-stop/step; write numbers from 0 to 2147483647, the stop not below the start, as in 1-254 or 0-100/2`,
		}},
		{"$GENERATE of too many", "$GENERATE 0-1048576 a$ 60 A 192.0.2.1\n", []string{
			`too_many_records 1:11: range "0-1048576" makes more than 1048576 records; split it, or use a wildcard`,
		}},
		{"$GENERATE with a bad modifier", "$GENERATE 1-3 a${0,3,q} 60 A 192.0.2.1\n", []string{
			`bad_modifier 1:15: "${0,3,q}" is no number of $GENERATE; write ${offset,width,base}, as in ${-1,3,d}; the base is one of d, o, x, X, n, N`,
		}},
		{"$GENERATE with an open modifier", "$GENERATE 1-3 a${0 60 A 192.0.2.1\n", []string{
			`bad_modifier 1:15: "${0" is no number of $GENERATE; write ${offset,width,base}, as in ${-1,3,d}; the base is one of d, o, x, X, n, N`,
		}},
		{"$GENERATE below nothing", "$GENERATE 1-3 a${-2} 60 A 192.0.2.1\n", []string{
			`bad_modifier 1:15: "${-2}" is no number of $GENERATE; write ${offset,width,base}, as in ${-1,3,d}; the base is one of d, o, x, X, n, N`,
		}},
		{"$GENERATE of bad data", "$GENERATE 254-300 a$ 60 A 192.0.2.$\n", []string{
			`bad_field 1:19: $GENERATE makes a bad entry for 256: A address "192.0.2.256" is not an IPv4 address; write it as in: A 192.0.2.1`,
		}},
		{"$INCLUDE without file", "$INCLUDE\n", []string{
			`missing_field 1:9: $INCLUDE lacks an argument; write it as in $INCLUDE hosts.zone example.net.`,
		}},
		{"$INCLUDE of a missing file", "$INCLUDE no-such-file\n", []string{
			`include_failed 1:10: cannot include: stat no-such-file: no such file or directory; name a file that can be read; a relative name starts at the directory of this file`,
		}},
		{"DS of a long-tail type", "a 60 DS 1 5 one 00\n", []string{
			`bad_field 1:13: DS cannot be read: bad DS DigestType: "one"; write it as in: DS 60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := example
			if strings.Contains(test.name, "without origin") {
				o = Options{}
			}
			_, err := lines(test.text, o)
			var wrong Errors
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, e := range wrong {
				got = append(got, e.Code+" "+strings.TrimPrefix(e.Error(), "test.zone:"))
			}
			expectLines(t, got, test.want...)
		})
	}
}

func TestParsingGoesOnBehindErrors(t *testing.T) {
	text := "a 60 A x\n TXT ok\nb 60 TXT \"open\n MX 1 swallowed\nc 60 A 192.0.2.1\n..  60 A 192.0.2.1\n A 192.0.2.2\nd 60 ( A\n x )\ne 60 A 192.0.2.3\n"
	got, err := lines(text, example)
	expectLines(t, got, `a.example. 60 IN TXT "ok"`, "c.example. 60 IN A 192.0.2.1", "e.example. 60 IN A 192.0.2.3")
	var wrong Errors
	if !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	var places []string
	for _, e := range wrong {
		places = append(places, e.Pos.String())
	}
	expectLines(t, places, "test.zone:1:8", "test.zone:3:10", "test.zone:6:1", "test.zone:9:2")
}

func TestMaxErrors(t *testing.T) {
	text := strings.Repeat("a 60 A x\n", 5000)
	for most, want := range map[int]int{0: 1000, 1: 1, 7: 7, 10_000: 5000} {
		o := example
		o.MaxErrors = most
		_, err := lines(text, o)
		var wrong Errors
		if !errors.As(err, &wrong) || len(wrong) != want {
			t.Errorf("at most %d: %d errors", most, len(wrong))
		}
	}
}

func TestManyOpenParenthesesCostBoundedTime(t *testing.T) {
	if _, err := lines(strings.Repeat("a 60 A (\n", 100_000), example); err == nil {
		t.Error("no error")
	}
}

func TestErrorsAreOneALine(t *testing.T) {
	e := Errors{
		{Position{"a", 1, 2}, "x", "message", "fix"},
		{Position{"a", 3, 4}, "x", "message", ""},
	}
	if got := e.Error(); got != "a:1:2: message; fix\na:3:4: message" {
		t.Error(got)
	}
}

func TestMissingTTLIsSaidOnceAndRecordsStillCome(t *testing.T) {
	got, err := lines("a A 192.0.2.1\nb A 192.0.2.1\nc A x\n", example)
	expectLines(t, got, "a.example. 0 IN A 192.0.2.1", "b.example. 0 IN A 192.0.2.1")
	var wrong Errors
	if !errors.As(err, &wrong) || len(wrong) != 2 || wrong[0].Code != "no_ttl" || wrong[1].Code != "bad_field" {
		t.Error(err)
	}
}
