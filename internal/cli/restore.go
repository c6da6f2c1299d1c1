package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newRestore() *cobra.Command {
	var w writing
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
	w.flags(c, true)
	_ = c.RegisterFlagCompletionFunc("zone", zoneNames)
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

func (s *session) restore(w *writing, zone string, r api.RestoreRequest) error {
	what := first(r.Name, zone)
	return s.consent(w, "Bring "+what+" back to this?", func(dryRun bool) (api.ChangeData, error) {
		r.DryRun, r.Reason = dryRun, w.reason
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
	t, err := parseTime(text, -1)
	if err != nil {
		return r, verb.Usagef("--to %w", err)
	}
	r.Time = &t
	return r, nil
}

// parseTime reads a time, or how far away one is: sign says in which direction.
func parseTime(text string, sign time.Duration) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	d, err := parseSpan(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time; write it as in 2026-11-21 09:30, or how far away, as in 90m, 2h or 3d", text)
	}
	return time.Now().Add(sign * d), nil
}

// maxSpan bounds spans, far below where a time.Duration ends.
const maxSpan = 100 * 365 * 24 * time.Hour

// parseSpan is time.ParseDuration that knows days too.
func parseSpan(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 15)
		return time.Duration(n) * 24 * time.Hour, err
	}
	d, err := time.ParseDuration(text)
	if err == nil && (d <= 0 || d > maxSpan) {
		err = fmt.Errorf("%s is out of range", text)
	}
	return d, err
}
