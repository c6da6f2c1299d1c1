package flatten

import (
	"fmt"
	"strings"
	"testing"
)

func TestWhoLooksForACNAME(t *testing.T) {
	for _, c := range []struct{ owner, target, word string }{
		{"www", "host.example.net.", ""},
		{"@", "host.example.net.", ""},
		{"_acme-challenge", "x.acme.example.net.", "_acme-challenge"},
		{"_ACME-Challenge.www", "x.acme.example.net.", "_acme-challenge"},
		{"s1._domainkey", "s1.domainkey.example.net.", "_domainkey"},
		{"_dmarc", "dmarc.example.net.", "_dmarc"},
		{"_0123456789abcdef0123456789abcdef.www", "_x.acm-validations.aws.", "_0123456789abcdef0123456789abcdef"},
		{"*._domainkey", "x.example.net.", "_domainkey"},
		{"under_score", "host.example.net.", ""},
		{"token", "abc.acm-validations.aws.", "AWS"},
		{"token", "ABC.ACM-Validations.AWS.", "AWS"},
		{"token", "acm-validations.aws.", "AWS"},
		{"token", "notacm-validations.aws.", ""},
		{"token", "dcv.digicert.com.", "DigiCert"},
		{"token", "digicert.com.", ""},
		{"token", "0a1b.comodoca.com.", "Sectigo"},
		{"token", "0a1b.sectigo.com.", "Sectigo"},
		{"token", "verify.bing.com.", "Bing"},
		{"token", "gv-abc.dv.googlehosted.com.", "Google"},
		{"ghs", "ghs.googlehosted.com.", ""},
		{"em1234", "u1.wl.sendgrid.net.", "SendGrid"},
		{"awverify.www", "awverify.app.azurewebsites.net.", "Azure"},
		{"AsVerify", "asverify.x.blob.core.windows.net.", "Azure"},
		{"www.asverify", "x.blob.core.windows.net.", ""},
	} {
		why := Reason(name(c.owner), name(c.target))
		if (why == "") != (c.word == "") || !strings.Contains(why, c.word) {
			t.Errorf("%s to %s: %q, not %q", c.owner, c.target, why, c.word)
		}
	}
}

func TestKeptNamesAreListedInOrder(t *testing.T) {
	s := built(t, set("www", "CNAME", "x.example.net."), set("_b", "CNAME", "x.example.net."), set("_a", "CNAME", "x.example.net."), set("a", "ALIAS", "x.example.net."), set("txt", "TXT", "x"))
	var got []string
	for _, k := range KeptIn(s) {
		got = append(got, fmt.Sprintf("%s: %s", k.Owner, k.Why))
	}
	want := "_a.example.com.: the label _a is looked up as it is (RFC 8552)\n_b.example.com.: the label _b is looked up as it is (RFC 8552)\nwww.example.com.: its own setting says so"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
