package cloudflare

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// fault is an error in the words of this API.
type fault struct {
	status   int
	problems []problem
	retry    time.Duration // 429 and 503: when it may be tried again
}

func (f *fault) Error() string {
	return fmt.Sprintf("%d %s", f.problems[0].Code, f.problems[0].Message)
}

// failure is a fault of one problem.
func failure(status, code int, text string) *fault {
	return &fault{status: status, problems: []problem{{Code: code, Message: text}}}
}

// wrong is a record that cannot be as it stands (HTTP 400).
func wrong(code int, text string) *fault { return failure(http.StatusBadRequest, code, text) }

// invalid is wrong in the older form, with the code proper in the error_chain.
// Many clients print only the outer message, so that it says everything, too.
func invalid(code int, text string) *fault {
	f := wrong(codeValidation, "DNS Validation Error: "+text)
	f.problems[0].Chain = []message{{code, text}}
	return f
}

// badHeader is a header that cannot be read.
func badHeader(code int, text string) *fault {
	f := wrong(codeHeaders, "Invalid request headers")
	f.problems[0].Chain = []message{{code, text}}
	return f
}

// at is f with the place in the request that it is about.
func (f *fault) at(pointer string) *fault {
	if f.problems[0].Source == nil {
		f.problems[0].Source = &source{pointer}
	}
	return f
}

// The codes that are used in more than one place. Clients match on them.
const (
	codeValidation  = 1004
	codeHeaders     = 6003
	codeIdentifier  = 7003
	codeName        = 9000
	codeTTL         = 9021
	codeSelf        = 9039
	codeProxied     = 9041
	codeUnknownKey  = 9103
	codeNoHeaders   = 9106
	codeToken       = 9109
	codeRequired    = 9101
	codeBody        = 9207
	codeTags        = 9300
	codeAuth        = 10000
	codeInternal    = 10001
	codeNotice      = 10004 // a message of ours: a warning of the rules, or a setting without effect
	codeUnsupported = 10005
	codeMissing     = 81044
	codeQuota       = 81045
	codeTaken       = 81053
	codeCNAME       = 81054
	codeNS          = 81056
	codeIdentical   = 81058
)

// explain turns any error into a fault.
func explain(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	var e *control.Error
	if errors.As(err, &e) {
		return explainControl(e)
	}
	var bad *content.Error
	if errors.As(err, &bad) {
		return explainContent(bad)
	}
	var denied *access.Denied
	if errors.As(err, &denied) {
		return failure(http.StatusForbidden, codeAuth, "Authentication error: "+denied.Error())
	}
	return failure(http.StatusServiceUnavailable, codeInternal, "The server could not do it now. Nothing was changed; try again.")
}

func explainContent(e *content.Error) *fault {
	f := wrong(e.Code, e.Text)
	if e.Old {
		f = invalid(e.Code, e.Text)
	}
	if e.Pointer != "" {
		f.at(e.Pointer)
	}
	return f
}

func explainControl(e *control.Error) *fault {
	text := content.Sentence(e.Message, e.Fix)
	switch e.Class {
	case control.Denied:
		return failure(http.StatusForbidden, codeAuth, "Authentication error: "+text)
	case control.Missing:
		if e.Code == "zone-not-found" {
			return failure(http.StatusNotFound, codeIdentifier, "Could not route to that zone, perhaps your object identifier is invalid? "+text)
		}
		return failure(http.StatusNotFound, codeMissing, "Record does not exist. List the records of the zone to see which there are.")
	case control.Conflict:
		return explainConflict(e, text)
	case control.Refused:
		return refusal(e, "")
	case control.Moved:
		return failure(http.StatusConflict, codeInternal, text)
	case control.TooLarge:
		return failure(http.StatusRequestEntityTooLarge, codeQuota, text)
	case control.Unavailable:
		f := failure(http.StatusServiceUnavailable, codeInternal, text)
		f.retry = time.Second
		return f
	}
	return explainInvalid(e, text)
}

func explainConflict(e *control.Error, text string) *fault {
	switch e.Code {
	case "zone-exists":
		return wrong(1061, content.Sentence("The zone already exists", e.Message, e.Fix))
	case "record-exists":
		return wrong(codeIdentical, "An identical record already exists. "+text)
	case "zone-read-only":
		return failure(http.StatusForbidden, codeToken, "Unauthorized to access requested resource: "+text)
	}
	return invalid(codeValidation, text)
}

func explainInvalid(e *control.Error, text string) *fault {
	switch e.Code {
	case "bad-ttl":
		return invalid(codeTTL, "Invalid TTL. "+text)
	case "bad-name", "out-of-zone":
		return wrong(codeName, "DNS name is invalid. "+text)
	}
	return invalid(codeValidation, text)
}

// refusal is a Change that would break rules. typ is the type of the record
// that was to be written at the place of the first finding, if one was.
func refusal(e *control.Error, typ string) *fault {
	if len(e.Findings) == 0 {
		return invalid(codeValidation, content.Sentence(e.Message, e.Fix))
	}
	first := &e.Findings[0]
	text := content.Sentence(first.Message, first.Fix)
	if len(first.Conflicts) > 0 {
		text += " " + content.Sentence("In the way: "+strings.Join(first.Conflicts, "; "))
	}
	switch first.Code {
	case "cname-and-other-data", "multiple-cnames":
		return besideCNAME(first, typ, text)
	case "cname-loop":
		return wrong(codeSelf, "CNAME content cannot reference itself. "+text)
	case "address-as-target", "url-as-target":
		return invalid(content.Code(typ), content.Complaint(typ)+" "+text)
	case "mx-target-is-alias":
		return wrong(9009, "Content for MX record must be a hostname. "+text)
	}
	f := invalid(codeValidation, text)
	for _, more := range e.Findings[1:] {
		f.problems[0].Chain = append(f.problems[0].Chain, message{codeValidation, content.Sentence(placedIn(&more), more.Fix)})
	}
	return f
}

func besideCNAME(f *lint.Finding, typ, text string) *fault {
	switch {
	case typ != "CNAME":
		return wrong(codeCNAME, "A CNAME record with that host already exists. "+text)
	case slices.ContainsFunc(f.Conflicts, func(r string) bool { return strings.HasPrefix(r, "NS ") || strings.Contains(r, " NS ") }):
		return wrong(codeNS, "NS records with that host already exist. "+text)
	}
	return wrong(codeTaken, "An A, AAAA, or CNAME record with that host already exists. "+text)
}

// placedIn is the message of f with its owner, which many messages name themselves.
func placedIn(f *lint.Finding) string {
	if f.Owner == "" || strings.HasPrefix(f.Message, f.Owner) || strings.Contains(f.Message, " "+f.Owner) {
		return f.Message
	}
	return f.Owner + ": " + f.Message
}

// warn passes the warnings of the rules on.
func (c *call) warn(r *control.Result) {
	if r == nil {
		return
	}
	for i := range r.Warnings {
		w := &r.Warnings[i]
		c.say(codeNotice, w.Code+": "+content.Sentence(placedIn(w), w.Fix))
	}
}
