package cli

import (
	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// followFlags say how the server itself follows the target of a CNAME or ALIAS record.
type followFlags struct {
	flatten   bool
	onFailure string
	maxStale  string
	fallback  []string
}

var followNames = []string{"flatten", "on-failure", "max-stale", "fallback"}

func (w *followFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&w.flatten, "flatten", false, "answer for a CNAME with the addresses of its target; --flatten=false never does")
	f.StringVar(&w.onFailure, "on-failure", "", "`ANSWER` while the target cannot be resolved: stale, servfail, nodata or fallback (default stale)")
	f.StringVar(&w.maxStale, "max-stale", "", "`TIME` for which the last good addresses are served, as 90s, 1h or 3d (default 3d)")
	f.StringSliceVar(&w.fallback, "fallback", nil, "`ADDRESS` to answer with, for --on-failure fallback; repeatable")
	_ = c.RegisterFlagCompletionFunc("on-failure", cobra.FixedCompletions([]string{"stale", "servfail", "nodata", "fallback"}, cobra.ShellCompDirectiveNoFileComp))
}

// settings is what was given; nil where nothing was.
func (w *followFlags) settings(given func(flag string) bool) (*api.RecordSettings, error) {
	said := false
	for _, name := range followNames {
		said = said || given(name)
	}
	if !said {
		return nil, nil
	}
	s := &api.RecordSettings{OnFailure: w.onFailure, Fallback: w.fallback}
	if given("flatten") {
		s.Flatten = &w.flatten
	}
	if given("max-stale") {
		seconds, err := verb.ParseSeconds(w.maxStale)
		if err != nil {
			return nil, verb.Usagef("--max-stale %q: %w", w.maxStale, err)
		}
		s.MaxStale = &seconds
	}
	return s, nil
}
