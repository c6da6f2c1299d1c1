package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// codings is how files may be compressed, the smallest first.
var codings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// file is one file in all its forms.
type file struct {
	kind  string
	cache string
	forms map[string]form // by content coding; empty for none
}

// form is the octets of a file in one coding.
type form struct {
	content []byte
	tag     string // its entity tag
}

func newForm(content []byte) form {
	sum := sha256.Sum256(content)
	return form{content, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", f.cache)
	if len(f.forms) > 1 {
		h.Set("Vary", "Accept-Encoding")
	}
	coding, form, ok := f.pick(r.Header.Values("Accept-Encoding"))
	if !ok {
		http.Error(w, "this file is there in no coding that you take", http.StatusNotAcceptable)
		return
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("ETag", form.tag)
	if has(r.Header.Values("If-None-Match"), form.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", length(form.content))
	if r.Method != http.MethodHead {
		_, _ = w.Write(form.content) // the client may be gone
	}
}

// pick is the smallest form that a client takes.
func (f *file) pick(accepts []string) (coding string, _ form, ok bool) {
	for _, c := range codings {
		if got, there := f.forms[c.name]; there && takes(accepts, c.name) {
			return c.name, got, true
		}
	}
	plain, ok := f.forms[""]
	return "", plain, ok
}

// takes reports whether a coding is among those that a client lists, and is not
// listed to be left out (RFC 9110, Section 12.5.3).
func takes(accepts []string, coding string) bool {
	for _, line := range accepts {
		for one := range strings.SplitSeq(line, ",") {
			name, weight, _ := strings.Cut(one, ";")
			if strings.EqualFold(strings.TrimSpace(name), coding) {
				return !isZero(weight)
			}
		}
	}
	return false
}

// isZero reports whether a weight is "q=0", however many zeros it has.
func isZero(weight string) bool {
	q, found := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(weight, " ", "")), "q=")
	return found && strings.HasPrefix(q, "0") && strings.Trim(q, "0.") == ""
}

// has reports whether the client has the entity of that tag already. The
// comparison is the weak one (RFC 9110, Section 13.1.2).
func has(lines []string, tag string) bool {
	for _, line := range lines {
		for one := range strings.SplitSeq(line, ",") {
			if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}
