package zonefile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInclude(t *testing.T) {
	dir := files(t,
		"main.zone", "$TTL 60\na A 192.0.2.1\n$INCLUDE sub/hosts.zone sub\n TXT \"owner is a again\"\nz CNAME z\n$INCLUDE \"with blank.zone\"\n",
		"sub/hosts.zone", "h A 192.0.2.2\n$INCLUDE more.zone\n$ORIGIN elsewhere.\nx A 192.0.2.3\n",
		"sub/more.zone", "m A 192.0.2.4",
		"with blank.zone", "b A 192.0.2.5\n$TTL 70\nc A 192.0.2.6\n",
	)
	got, err := fileLines(filepath.Join(dir, "main.zone"))
	if err != nil {
		t.Fatal(err)
	}
	expectLines(t, got,
		"main.zone:2:1: a.example. 60 IN A 192.0.2.1",
		"hosts.zone:1:1: h.sub.example. 60 IN A 192.0.2.2",
		"more.zone:1:1: m.sub.example. 60 IN A 192.0.2.4",
		"hosts.zone:4:1: x.elsewhere. 60 IN A 192.0.2.3",
		`main.zone:4:2: a.example. 60 IN TXT "owner is a again"`,
		"main.zone:5:1: z.example. 60 IN CNAME z.example.",
		"with blank.zone:1:1: b.example. 60 IN A 192.0.2.5",
		"with blank.zone:3:1: c.example. 70 IN A 192.0.2.6",
	)
}

func TestAbsoluteInclude(t *testing.T) {
	dir := files(t, "a.zone", "a 60 A 192.0.2.1\n")
	got, err := lines("$INCLUDE "+filepath.Join(dir, "a.zone")+" b.\n", example)
	if err != nil {
		t.Fatal(err)
	}
	expectLines(t, got, "a.b. 60 IN A 192.0.2.1")
}

func TestErrorsNameTheIncludedFile(t *testing.T) {
	dir := files(t,
		"main.zone", "$INCLUDE b.zone\na 60 A x\n$INCLUDE c.zone no..name\n",
		"b.zone", "\nb 60 A y\n", "c.zone", "")
	_, err := fileLines(filepath.Join(dir, "main.zone"))
	var wrong Errors
	if !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	var got []string
	for _, e := range wrong {
		got = append(got, filepath.Base(e.Pos.String())+" "+e.Code)
	}
	expectLines(t, got, "main.zone:2:8 bad_field", "main.zone:3:17 bad_origin", "b.zone:2:8 bad_field")
}

func TestIncludeRefusals(t *testing.T) {
	dir := files(t,
		"self.zone", "$INCLUDE self.zone\n",
		"ping.zone", "a 60 A 192.0.2.1\n$INCLUDE pong.zone\n",
		"pong.zone", "$INCLUDE ./sub/../ping.zone\n",
		"sub/x", "",
		"directory.zone", "$INCLUDE sub\n",
		"missing.zone", "$INCLUDE gone.zone\n",
	)
	for i := range maxIncludes + 2 {
		name := filepath.Join(dir, fmt.Sprintf("deep%d.zone", i))
		if err := os.WriteFile(name, fmt.Appendf(nil, "$INCLUDE deep%d.zone\n", i+1), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ file, code, at, words string }{
		{"self.zone", "include_loop", "self.zone:1:10", "self.zone -> "},
		{"ping.zone", "include_loop", "pong.zone:1:10", "ping.zone -> " + dir + "/pong.zone -> " + dir + "/ping.zone"},
		{"directory.zone", "include_failed", "directory.zone:1:10", "not a regular file"},
		{"missing.zone", "include_failed", "missing.zone:1:10", "no such file"},
		{"deep0.zone", "include_depth", "deep15.zone:1:10", "16 deep"},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			_, err := fileLines(filepath.Join(dir, test.file))
			var wrong Errors
			if !errors.As(err, &wrong) || len(wrong) != 1 {
				t.Fatal(err)
			}
			if e := wrong[0]; e.Code != test.code || filepath.Base(e.Pos.String()) != test.at || !strings.Contains(e.Message, test.words) {
				t.Errorf("got %s: %v", e.Code, e)
			}
		})
	}
}

func TestTheSameFileMayBeIncludedTwice(t *testing.T) {
	dir := files(t, "main.zone", "$INCLUDE a.zone b\n$INCLUDE a.zone c\n", "a.zone", "@ 60 A 192.0.2.1\n")
	got, err := fileLines(filepath.Join(dir, "main.zone"))
	if err != nil {
		t.Fatal(err)
	}
	expectLines(t, got, "a.zone:1:1: b.example. 60 IN A 192.0.2.1", "a.zone:1:1: c.example. 60 IN A 192.0.2.1")
}

func TestIncludeCanBeRefused(t *testing.T) {
	o := example
	o.RefuseInclude = true
	_, err := lines("$INCLUDE a.zone\n", o)
	var wrong Errors
	if !errors.As(err, &wrong) || wrong[0].Code != "include_refused" {
		t.Error(err)
	}
}

func TestIncludeIsToldOfEveryFile(t *testing.T) {
	dir := files(t,
		"main.zone", "$INCLUDE empty.zone\n$INCLUDE sub/more.zone\n$INCLUDE gone.zone\n$INCLUDE\n",
		"empty.zone", "", "sub/more.zone", "$INCLUDE ../empty.zone\n$INCLUDE \"/no such place/x\"\n")
	var got []string
	o := example
	o.Include = func(path string) { got = append(got, path) }
	err := ParseFile(filepath.Join(dir, "main.zone"), o, func(*Record) error { return nil })
	var wrong Errors
	if !errors.As(err, &wrong) || len(wrong) != 3 {
		t.Error(err)
	}
	expectLines(t, got, dir+"/empty.zone", dir+"/sub/more.zone", dir+"/empty.zone", "/no such place/x", dir+"/gone.zone")
}
