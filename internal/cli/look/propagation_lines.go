package look

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
)

// servers are the lines of those that say something else than before.
func (f fields) servers(before map[string]string, list []api.PropagationServer) {
	for _, s := range list {
		if before[identity(s)] != statement(s) {
			f.server(s)
		}
	}
}

func (f fields) server(s api.PropagationServer) {
	serial := "-"
	if s.Serial != nil {
		serial = fmt.Sprint(*s.Serial)
	}
	f.line("server", s.State, s.Kind, s.Name, s.Server, s.Rcode, strings.Join(contentsOf(s), ", "),
		remote.SecondsOf(s.TTL), serial, number(s.TookMS), time.Now().UTC().Format(time.RFC3339), s.Why)
}

// contentsOf is what s answers: its records, or of an answer that is only an alias
// the chain of that.
func contentsOf(s api.PropagationServer) []string {
	if len(s.Records) > 0 {
		return s.Records
	}
	chain := make([]string, len(s.Aliases))
	for i, target := range s.Aliases {
		chain[i] = "CNAME " + target
	}
	return chain
}

// end is what is to be said of all servers, and how far it is.
func (f fields) end(p api.Propagation) {
	for _, text := range p.Warnings {
		f.line("warning", text)
	}
	state := "waiting"
	if p.Done {
		state = "done"
	}
	f.line("end", state, fmt.Sprint(p.Matches), fmt.Sprint(p.Differs), fmt.Sprint(p.Errors), remote.SecondsOf(p.Left))
}

// identity tells servers apart.
func identity(s api.PropagationServer) string { return s.Kind + " " + s.Name + " " + s.Server }

// statement is what a server says, without what changes with every look.
func statement(s api.PropagationServer) string {
	serial := uint32(0)
	if s.Serial != nil {
		serial = *s.Serial
	}
	return fmt.Sprint(s.State, s.Rcode, serial, strings.Join(slices.Sorted(slices.Values(s.Records)), "\n"), s.Aliases)
}
