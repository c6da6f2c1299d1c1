// Package form judges the form of names and RDATA by itself: what can be said
// without a look at any zone.
package form

import (
	"bytes"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// MayBeAddress reports whether the first label of n is a number or holds a
// colon, which spares most names the conversion to text.
func MayBeAddress(n dname.Name) bool {
	number := !n.IsRoot()
	for _, c := range n[1 : 1+int(n[0])] {
		if c == ':' {
			return true
		}
		number = number && c >= '0' && c <= '9'
	}
	return number
}

// Plain is the labels of n with dots between them and nothing escaped.
func Plain(n dname.Name) string {
	var b strings.Builder
	for n[0] != 0 {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.Write(n[1 : 1+n[0]])
		n = n[1+n[0]:]
	}
	return b.String()
}

// IsHostname reports whether all labels of n are letters, digits and hyphens, none of them at the ends.
func IsHostname(n dname.Name) bool {
	for ; n[0] != 0; n = n[1+n[0]:] {
		label := n[1 : 1+n[0]]
		if label[0] == '-' || label[len(label)-1] == '-' || !isLDH(label) {
			return false
		}
	}
	return true
}

func isLDH(label []byte) bool {
	for _, c := range label {
		if !letterDigitHyphen[c] {
			return false
		}
	}
	return len(label) > 0
}

var letterDigitHyphen = func() (is [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-" {
		is[c] = true
	}
	return is
}()

// IsURL reports whether a label of n holds a colon or a slash.
func IsURL(n dname.Name) bool {
	for ; n[0] != 0; n = n[1+n[0]:] {
		if bytes.IndexByte(n[1:1+n[0]], '/') >= 0 || bytes.IndexByte(n[1:1+n[0]], ':') >= 0 {
			return true
		}
	}
	return false
}

// HostOf is what of a URL, or the start of one, names the host.
func HostOf(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	host, _, _ := strings.Cut(url, "/")
	host, _, _ = strings.Cut(host, ":")
	return strings.TrimSuffix(host, ".")
}
