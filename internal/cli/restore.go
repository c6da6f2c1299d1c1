package cli

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newRestore() *cobra.Command {
	var w remote.Writing
	var to, zone string
	c := &cobra.Command{
		Use:   "restore ZONE|NAME",
		Short: "Bring a zone or a name back to what it was",
		Long: `Bring a zone, or one name, back to what it was at a serial or a time, as one change. What is a
zone, also a deleted one, is taken as the zone; with --zone it is a name in that zone.`,
		Example: `  truename restore example.com --to 2026112101
  truename restore www.example.com --to 2h
  truename restore www.example.com --to "2026-11-21 09:30" --dry-run`,
		Args: verb.Exactly("ZONE|NAME"),
	}
	whenFlag(c, &to)
	c.Flags().StringVar(&zone, "zone", "", "`ZONE` that holds NAME")
	w.Flags(c, true)
	_ = c.RegisterFlagCompletionFunc("zone", remote.ZoneNames)
	return connects(c, func(s *session, args []string) error {
		r, err := restoreTo(to)
		if err != nil {
			return err
		}
		ref, name, err := s.zoneOrName(zone, args[0])
		if err != nil {
			return err
		}
		if r.Name = name; name != "" && to == "" {
			return verb.Usagef("say by --to how %s shall be again: a serial, a time, or how long ago", name)
		}
		return s.restore(&w, ref, r)
	})
}

// zoneOrName tells whether text names a zone, or a name in one.
func (s *session) zoneOrName(zone, text string) (ref, name string, err error) {
	if zone != "" {
		return zone, text, nil
	}
	if _, err := s.Zone(s, text); err == nil || !noZone(err) {
		return text, "", err
	}
	deleted, err := s.DeletedZones(s)
	if err != nil {
		return "", "", err
	}
	for _, z := range deleted {
		if bare(z.Name) == bare(text) || z.ID == text {
			return z.ID, "", nil
		}
	}
	z, err := s.zoneOf(text)
	return z.Name, bare(text) + ".", err
}

func (s *session) restore(w *remote.Writing, zone string, r api.RestoreRequest) error {
	what := cmp.Or(r.Name, zone)
	return s.Consent(w, "Bring "+what+" back to this?", func(dryRun bool) (api.ChangeData, error) {
		r.DryRun, r.Reason = dryRun, w.Reason
		return s.Restore(s, zone, r)
	})
}

func whenFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "to", "", "`WHEN`: a serial; a time, as 2026-11-21 09:30 or in RFC 3339; how long ago, as 90m, 2h or 3d; or a change, as r42: right after it")
}

// restoreTo reads a WHEN; an empty one is none.
func restoreTo(text string) (api.RestoreRequest, error) {
	var r api.RestoreRequest
	if text == "" {
		return r, nil
	}
	if n, err := strconv.ParseUint(text, 10, 32); err == nil {
		serial := uint32(n)
		r.Serial = &serial
		return r, nil
	}
	if rest, ok := strings.CutPrefix(text, "r"); ok {
		if n, err := strconv.ParseUint(rest, 10, 64); err == nil && n > 0 {
			r.Revision = n
			return r, nil
		}
	}
	t, err := verb.ParseTime(text, -1)
	if err != nil {
		return r, verb.Usagef("--to %w", err)
	}
	r.Time = &t
	return r, nil
}
