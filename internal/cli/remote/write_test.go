package remote

import (
	"bytes"
	"testing"

	"github.com/truename-dns/truename/api"
)

func TestWarningsAreBounded(t *testing.T) {
	var w bytes.Buffer
	s := &Session{Stderr: &w}
	s.Warn(make([]api.Finding, findingsShown+2))
	if got := bytes.Count(w.Bytes(), []byte("\n")); got != findingsShown+1 || !bytes.HasSuffix(w.Bytes(), []byte("… and 2 more findings; --json shows all\n")) {
		t.Errorf("%d lines:\n%s", got, w.String())
	}
}
