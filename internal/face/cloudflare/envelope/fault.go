package envelope

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

// Fault is an error in the words of this API.
type Fault struct {
	Status   int
	Problems []Problem
	Retry    time.Duration // 429 and 503: when it may be tried again
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%d %s", f.Problems[0].Code, f.Problems[0].Message)
}

// Failure is a fault of one problem.
func Failure(status, code int, text string) *Fault {
	return &Fault{Status: status, Problems: []Problem{{Code: code, Message: text}}}
}

// Wrong is a record that cannot be as it stands (HTTP 400).
func Wrong(code int, text string) *Fault { return Failure(http.StatusBadRequest, code, text) }

// Invalid is wrong in the older form, with the code proper in the error_chain.
// Many clients print only the outer message, so that it says everything, too.
func Invalid(code int, text string) *Fault {
	f := Wrong(CodeValidation, "DNS Validation Error: "+text)
	f.Problems[0].Chain = []Message{{code, text}}
	return f
}

// BadHeader is a header that cannot be read.
func BadHeader(code int, text string) *Fault {
	f := Wrong(CodeHeaders, "Invalid request headers")
	f.Problems[0].Chain = []Message{{code, text}}
	return f
}

// At is f with the place in the request that it is about.
func (f *Fault) At(pointer string) *Fault {
	if f.Problems[0].Source == nil {
		f.Problems[0].Source = &Source{pointer}
	}
	return f
}

// The codes that are used in more than one place. Clients match on them.
const (
	CodeValidation  = 1004
	CodeHeaders     = 6003
	CodeIdentifier  = 7003
	CodeName        = 9000
	CodeTTL         = 9021
	CodeSelf        = 9039
	CodeProxied     = 9041
	CodeUnknownKey  = 9103
	CodeNoHeaders   = 9106
	CodeToken       = 9109
	CodeRequired    = 9101
	CodeBody        = 9207
	CodeTags        = 9300
	CodeAuth        = 10000
	CodeInternal    = 10001
	CodeNotice      = 10004 // a message of ours: a warning of the rules, or a setting without effect
	CodeUnsupported = 10005
	CodeMissing     = 81044
	CodeQuota       = 81045
	CodeTaken       = 81053
	CodeCNAME       = 81054
	CodeNS          = 81056
	CodeIdentical   = 81058
)

// Explain turns any error into a fault.
func Explain(err error) *Fault {
	var f *Fault
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
		return Failure(http.StatusForbidden, CodeAuth, "Authentication error: "+denied.Error())
	}
	return Failure(http.StatusServiceUnavailable, CodeInternal, "The server could not do it now. Nothing was changed; try again.")
}

func explainContent(e *content.Error) *Fault {
	f := Wrong(e.Code, e.Text)
	if e.Old {
		f = Invalid(e.Code, e.Text)
	}
	if e.Pointer != "" {
		f.At(e.Pointer)
	}
	return f
}

func explainControl(e *control.Error) *Fault {
	text := content.Sentence(e.Message, e.Fix)
	switch e.Class {
	case control.Denied:
		return Failure(http.StatusForbidden, CodeAuth, "Authentication error: "+text)
	case control.Missing:
		if e.Code == "zone-not-found" {
			return Failure(http.StatusNotFound, CodeIdentifier, "Could not route to that zone, perhaps your object identifier is invalid? "+text)
		}
		return Failure(http.StatusNotFound, CodeMissing, "Record does not exist. List the records of the zone to see which there are.")
	case control.Conflict:
		return explainConflict(e, text)
	case control.Refused:
		return Refusal(e, "")
	case control.Moved:
		return Failure(http.StatusConflict, CodeInternal, text)
	case control.TooLarge:
		return Failure(http.StatusRequestEntityTooLarge, CodeQuota, text)
	case control.Unavailable:
		f := Failure(http.StatusServiceUnavailable, CodeInternal, text)
		f.Retry = time.Second
		return f
	}
	return explainInvalid(e, text)
}

func explainConflict(e *control.Error, text string) *Fault {
	switch e.Code {
	case "zone-exists":
		return Wrong(1061, content.Sentence("The zone already exists", e.Message, e.Fix))
	case "record-exists":
		return Wrong(CodeIdentical, "An identical record already exists. "+text)
	case "zone-read-only":
		return Failure(http.StatusForbidden, CodeToken, "Unauthorized to access requested resource: "+text)
	}
	return Invalid(CodeValidation, text)
}

func explainInvalid(e *control.Error, text string) *Fault {
	switch e.Code {
	case "bad-ttl":
		return Invalid(CodeTTL, "Invalid TTL. "+text)
	case "bad-name", "out-of-zone":
		return Wrong(CodeName, "DNS name is invalid. "+text)
	}
	return Invalid(CodeValidation, text)
}

// Refusal is a Change that would break rules. typ is the type of the record
// that was to be written at the place of the first finding, if one was.
func Refusal(e *control.Error, typ string) *Fault {
	if len(e.Findings) == 0 {
		return Invalid(CodeValidation, content.Sentence(e.Message, e.Fix))
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
		return Wrong(CodeSelf, "CNAME content cannot reference itself. "+text)
	case "address-as-target", "url-as-target":
		return Invalid(content.Code(typ), content.Complaint(typ)+" "+text)
	case "mx-target-is-alias":
		return Wrong(9009, "Content for MX record must be a hostname. "+text)
	}
	f := Invalid(CodeValidation, text)
	for _, more := range e.Findings[1:] {
		f.Problems[0].Chain = append(f.Problems[0].Chain, Message{CodeValidation, content.Sentence(PlacedIn(&more), more.Fix)})
	}
	return f
}

func besideCNAME(f *lint.Finding, typ, text string) *Fault {
	switch {
	case typ != "CNAME":
		return Wrong(CodeCNAME, "A CNAME record with that host already exists. "+text)
	case slices.ContainsFunc(f.Conflicts, func(r string) bool { return strings.HasPrefix(r, "NS ") || strings.Contains(r, " NS ") }):
		return Wrong(CodeNS, "NS records with that host already exist. "+text)
	}
	return Wrong(CodeTaken, "An A, AAAA, or CNAME record with that host already exists. "+text)
}

// PlacedIn is the message of f with its owner, which many messages name themselves.
func PlacedIn(f *lint.Finding) string {
	if f.Owner == "" || strings.HasPrefix(f.Message, f.Owner) || strings.Contains(f.Message, " "+f.Owner) {
		return f.Message
	}
	return f.Owner + ": " + f.Message
}
