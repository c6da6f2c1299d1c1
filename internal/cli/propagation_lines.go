package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
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
	f.line("server", s.State, s.Kind, first(s.Name, "-"), s.Server, first(s.Rcode, "-"), strings.Join(s.Records, ", "),
		secondsOf(s.TTL), serial, number(s.TookMS), time.Now().UTC().Format(time.RFC3339), s.Why)
}

func (f fields) end(p api.Propagation) {
	state := "waiting"
	if p.Done {
		state = "done"
	}
	f.line("end", state, fmt.Sprint(p.Matches), fmt.Sprint(p.Differs), fmt.Sprint(p.Errors), secondsOf(p.Left))
}

// identity tells servers apart.
func identity(s api.PropagationServer) string { return s.Kind + " " + s.Name + " " + s.Server }

// statement is what a server says, without what changes with every look.
func statement(s api.PropagationServer) string {
	serial := uint32(0)
	if s.Serial != nil {
		serial = *s.Serial
	}
	return fmt.Sprint(s.State, s.Rcode, serial, strings.Join(slices.Sorted(slices.Values(s.Records)), "\n"))
}
