package remote

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/cli/term/termtest"
)

// TestBusy: a person is told what is waited for, and the note goes again.
func TestBusy(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	for _, c := range []struct {
		name  string
		json  bool
		shown bool
	}{{"on a terminal", false, true}, {"for JSON", true, false}} {
		t.Run(c.name, func(t *testing.T) {
			x := termtest.New(t)
			s := &Session{Context: context.Background(), Stderr: x.TTY, JSON: c.json}
			if err := s.Busy("asking for a.", func() error {
				if c.shown {
					x.Await("asking for a.")
				}
				return io.EOF
			}); err != io.EOF {
				t.Error(err)
			}
			shown := x.End()
			if strings.Contains(shown, "asking") != c.shown || strings.Join(termtest.Screen(shown), "") != "" {
				t.Errorf("%q", shown)
			}
		})
	}
	var err bytes.Buffer
	if s := (&Session{Stderr: &err}); s.Busy("x", func() error { return nil }) != nil || err.Len() > 0 {
		t.Errorf("in a pipe: %q", err.String())
	}
}
