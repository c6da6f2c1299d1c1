package flatten

import (
	"bytes"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// validator is who looks for CNAME records to see whose a name is.
type validator struct {
	suffix dname.Name // of the target
	who    string
}

// validators look at the CNAME record itself, so that its addresses are no answer.
var validators = []validator{
	{dname.MustParse("acm-validations.aws."), "AWS Certificate Manager"},
	{dname.MustParse("authorize.certificatemanager.goog."), "Google Cloud Certificate Manager"},
	{dname.MustParse("comodoca.com."), "Sectigo"},
	{dname.MustParse("dcv.cloudflare.com."), "Cloudflare"},
	{dname.MustParse("dcv.digicert.com."), "DigiCert"},
	{dname.MustParse("dkim.amazonses.com."), "Amazon SES"},
	{dname.MustParse("dv.googlehosted.com."), "Google"},
	{dname.MustParse("fastly-validations.com."), "Fastly"},
	{dname.MustParse("sectigo.com."), "Sectigo"},
	{dname.MustParse("verify.bing.com."), "Bing Webmaster Tools"},
	{dname.MustParse("verify.squarespace.com."), "Squarespace"},
	{dname.MustParse("wl.sendgrid.net."), "SendGrid"},
	{dname.MustParse("zmverify.zoho.com."), "Zoho"},
	{dname.MustParse("zmverify.zoho.eu."), "Zoho"},
	{dname.MustParse("zmverify.zoho.in."), "Zoho"},
}

// proofs are first labels of names that only exist to be looked at.
var proofs = map[string]string{
	"afdverify": "Azure Front Door",
	"asverify":  "Azure Storage",
	"awverify":  "Azure App Service",
	"cdnverify": "Azure CDN",
}

// Reason is why a CNAME of owner to target stays one where a zone flattens all:
// somebody looks for the record itself. It is empty where nobody is known to.
func Reason(owner, target dname.Name) string {
	if label := scoped(owner); label != "" {
		return "the label " + label + " is looked up as it is (RFC 8552)"
	}
	if who := proofs[string(bytes.ToLower(firstLabel(owner)))]; who != "" {
		return who + " looks for the CNAME"
	}
	for i := range validators {
		if target.IsAtOrBelow(validators[i].suffix) {
			return validators[i].who + " looks for the CNAME"
		}
	}
	return ""
}

func firstLabel(n dname.Name) []byte { return n[1 : 1+int(n[0])] }

// scoped is the first label of n that begins with an underscore, as those of
// _acme-challenge, _domainkey and _dmarc do (RFC 8552, Section 1.1).
func scoped(n dname.Name) string {
	for ; !n.IsRoot(); n = n.Parent() {
		if label := firstLabel(n); label[0] == '_' {
			alone := dname.Name(append(slices.Clone(n[:1+len(label)]), 0))
			return strings.TrimSuffix(alone.Lower().String(), ".")
		}
	}
	return ""
}

// Kept is a name that stays a CNAME in a zone that flattens all.
type Kept struct {
	Owner dname.Name
	Why   string
}

// KeptIn is the names of s that are served with a CNAME, in canonical order: those
// that somebody looks at, and those whose own setting says so.
func KeptIn(s *zone.Snapshot) []Kept {
	var list []Kept
	for owner, node := range s.All() {
		if !node.Is(zone.HasCNAME) {
			continue
		}
		why := Reason(owner, node.Set(rr.TypeCNAME).Target())
		if why == "" {
			why = "its own setting says so"
		}
		list = append(list, Kept{owner.Clone(), why})
	}
	slices.SortFunc(list, func(a, b Kept) int { return a.Owner.Compare(b.Owner) })
	return list
}
