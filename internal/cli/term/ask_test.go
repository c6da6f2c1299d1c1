package term

import (
	"bytes"
	"strings"
	"testing"
)

func TestReadLine(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"one", "abc\n", "abc"},
		{"the first of two", "abc\ndef\n", "abc"},
		{"without an end", "abc", "abc"},
		{"with blanks and a carriage return", "  abc \r\n", "abc"},
		{"up to a limit", strings.Repeat("x", 2*maxLine), strings.Repeat("x", maxLine)},
		{"none", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readLine(bytes.NewBufferString(c.in))
			if got != c.want || (err != nil) != (c.in == "") {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
