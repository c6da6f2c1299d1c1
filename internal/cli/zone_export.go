package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newZoneExport() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "export ZONE",
		Short: "Print a zone as a master file",
		Example: `  truename zone export example.com
  truename zone export example.com --output example.com.zone`,
		Args:              verb.Exactly("ZONE"),
		ValidArgsFunction: remote.ZoneNames,
	}
	c.Flags().StringVarP(&path, "output", "o", "", "`FILE` to write to, which is replaced once all is there")
	return connects(c, func(s *session, args []string) error {
		if path == "" {
			return s.export(args[0], s.Stdout)
		}
		return replaceFile(path, func(w io.Writer) error { return s.export(args[0], w) })
	})
}

// export writes a zone to w, as a master file or as the API's records.
func (s *session) export(zone string, w io.Writer) error {
	if !s.JSON {
		return s.Export(s, zone, w)
	}
	to := *s.Session
	to.Stdout = w
	return (&session{&to}).listRecords(zone, nil, nil)
}

// replaceFile puts what write writes at path, all of it or nothing.
func replaceFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".truename-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // in vain after the rename
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func newZoneDiff() *cobra.Command {
	var from, to string
	c := &cobra.Command{
		Use:   "diff ZONE [FILE]",
		Short: "Show what differs between two serials of a zone, or between it and a file",
		Long: `Show what differs between two serials of a zone, or what an import of FILE in place of the
zone would change: a line a record, with - for what goes and + for what comes.`,
		Example: `  truename zone diff example.com --from 2026112101
  truename zone diff example.com --from 2026112101 --to 2026112103
  truename zone diff example.com example.com.zone`,
		Args:              verb.Exactly("ZONE", "[FILE]"),
		ValidArgsFunction: remote.ZoneNames,
	}
	c.Flags().StringVar(&from, "from", "", "`SERIAL` before")
	c.Flags().StringVar(&to, "to", "", "`SERIAL` after (default: the present one)")
	return connects(c, func(s *session, args []string) error {
		if len(args) == 2 {
			if from != "" || to != "" {
				return verb.Usagef("compare with a file or with a serial, not with both")
			}
			return s.diffFile(args[0], args[1])
		}
		return s.diffSerials(args[0], from, to)
	})
}

func (s *session) diffSerials(zone, from, to string) error {
	if from == "" {
		return verb.Usagef("say by --from with which serial to compare, or name a file; truename history ZONE shows the serials")
	}
	first, err := parseSerial("--from", from)
	if err != nil {
		return err
	}
	var last uint32
	if to != "" {
		last, err = parseSerial("--to", to)
	} else {
		var z api.Zone
		z, err = s.Zone(s, zone)
		last = z.Serial
	}
	if err != nil {
		return err
	}
	d, err := s.Diff(s, zone, first, last)
	if err != nil {
		return err
	}
	return s.difference(d)
}

func (s *session) diffFile(zone, path string) error {
	text, _, err := s.openText(path)
	if err != nil {
		return err
	}
	defer text.Close()
	data, err := s.Import(s, api.ImportRequest{Zone: zone, Text: text, Mode: api.ImportReplace, DryRun: true}, nil)
	if err != nil {
		return err
	}
	if data.Change == nil || len(data.Change.Zones) == 0 {
		return s.difference(api.ZoneDiff{Name: zone, Kind: "update"})
	}
	d := data.Change.Zones[0]
	if len(d.Sets) == 0 && d.Before == nil && d.After == nil {
		return fmt.Errorf("zone %s and %s differ, but the server does not say in what", zone, path)
	}
	return s.difference(d)
}

func (s *session) difference(d api.ZoneDiff) error {
	if s.JSON {
		return s.Object(d)
	}
	if len(d.Sets) == 0 && d.Before == nil && d.After == nil {
		s.Note("no difference")
		return nil
	}
	return remote.Differences(s.Stdout, 0, []api.ZoneDiff{d})
}

func parseSerial(what, text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, verb.Usagef("%s %q is not a serial, a whole number up to 4294967295", what, text)
	}
	return uint32(n), nil
}
