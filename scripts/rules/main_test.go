package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/zone/lint"
)

func TestThePageIsThatOfTheRules(t *testing.T) {
	var want strings.Builder
	if err := page(&want, lint.Rules()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want.String() {
		t.Error("docs/rules.md is not what the rules say; run: make generate")
	}
}

func TestTheReadmeCountsTheRules(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "[" + strconv.Itoa(len(lint.Rules())) + " of them](docs/rules.md)"; !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not say %s", want)
	}
}

func TestSection(t *testing.T) {
	r := &lint.Rule{Code: "some-rule", Severity: lint.Warning, Source: "RFC 1, Section 2", Fix: "do better",
		Good: lint.SampleHead, Bad: lint.SampleHead + "www A 192.0.2.1\n"}
	want := "## some-rule\n\nWarning, RFC 1, Section 2. Fix: do better.\n\nBreaks it:\n\n```\nwww A 192.0.2.1\n```\n"
	if got := section(r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	r.Load, r.Beside = lint.Silent, "b.example. A 192.0.2.1\n"
	want = "## some-rule\n\nWarning, at a load silent, RFC 1, Section 2. Fix: do better.\n\nBeside this zone:\n\n```\nb.example. A 192.0.2.1\n```\n" +
		"\nBreaks it:\n\n```\nwww A 192.0.2.1\n```\n"
	if got := section(r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
