package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/offline"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// importing is what zone import can be told.
type importing struct {
	remote.Writing
	zone    string
	replace bool
	merge   bool
}

func newZoneImport() *cobra.Command {
	var w importing
	c := &cobra.Command{
		Use:   "import FILE|DIR…",
		Short: "Import zone files; each becomes one change",
		Long: `Import master files, each as one change: all of it or nothing. A zone that is not there is
made. For one that is there, say --replace (it becomes what the file says) or --merge (what the
file says joins what is there). The zone is that of --zone, or of the file's name: example.com
for example.com.zone. Of a directory, every *.zone file is imported; - is standard input. A file
that fails does not stop the others: the exit code is then 3 if rules refused all that failed, else 1.`,
		Example: `  truename zone import example.com.zone
  truename zone import --replace --dry-run zones/
  truename zone import --zone example.com - < db.example`,
		Args: verb.SomeFiles,
	}
	c.Flags().StringVar(&w.zone, "zone", "", "`NAME` of the zone")
	c.Flags().BoolVar(&w.replace, "replace", false, "the zone becomes what the file says")
	c.Flags().BoolVar(&w.merge, "merge", false, "what the file says joins what is there")
	w.Flags(c, false)
	return connects(c, func(s *session, args []string) error {
		paths, err := offline.Paths(args)
		if err != nil {
			return err
		}
		switch {
		case w.zone != "" && len(paths) != 1:
			return verb.Usagef("--zone goes with one file only")
		case w.replace && w.merge:
			return verb.Usagef("say --replace or --merge, not both")
		}
		return s.importAll(&w, paths)
	})
}

// importAll imports one file after the other: one that fails does not stop the
// rest, unless they would all fail for the same reason.
func (s *session) importAll(w *importing, paths []string) error {
	done, code := 0, verb.Refused
	for _, path := range paths {
		err := s.importFile(w, path)
		if err == nil {
			done++
			continue
		}
		err = fmt.Errorf("%s: %w", path, err)
		if len(paths) == 1 || inVain(err) {
			s.tally(w, done, len(paths))
			return err
		}
		verb.Report(s.Stderr, err)
		if verb.ExitCode(err) != verb.Refused {
			code = verb.Failed
		}
	}
	s.tally(w, done, len(paths))
	if done < len(paths) {
		return verb.WithCode(code, fmt.Errorf("%d of %s failed", len(paths)-done, term.Plural(len(paths), "file")))
	}
	return nil
}

// inVain reports whether what failed with err would fail with every other file, too.
func inVain(err error) bool {
	var answer *api.Error
	return errors.Is(err, context.Canceled) || errors.Is(err, api.ErrUnreachable) ||
		errors.As(err, &answer) && answer.Status == http.StatusUnauthorized
}

// tally says how many of several files are imported.
func (s *session) tally(w *importing, done, of int) {
	switch {
	case of == 1:
	case w.DryRun:
		s.Note("%d of %s can be imported", done, term.Plural(of, "file"))
	default:
		s.Note("%d of %s imported", done, term.Plural(of, "file"))
	}
}

// stages are those of an import, as a person says them.
var stages = map[string]string{"read": "reading ", "check": "checking ", "write": "writing "}

func (s *session) importFile(w *importing, path string) error {
	r, err := s.importRequest(w, path)
	if err != nil {
		return err
	}
	text, size, err := s.openText(path)
	if err != nil {
		return err
	}
	defer text.Close()
	r.Text = text
	bar := term.NewBar(s.Stderr, "importing ", size)
	data, err := s.Import(s, r, func(at api.ImportProgress) { bar.Reach(stages[at.Stage], at.Octets) })
	bar.End()
	if err != nil {
		return inFile(path, err)
	}
	placed(path, data.Warnings)
	return s.imported(r.Zone, data)
}

// textPlace is how the server names a file that it knows only the text of.
const textPlace = "zone file"

// inFile is err with the path of the file that was sent, where it is about a place in it.
func inFile(path string, err error) error {
	var answer *api.Error
	if errors.As(err, &answer) {
		placed(path, answer.Findings)
	}
	return err
}

func placed(path string, list []api.Finding) {
	for i := range list {
		f := &list[i]
		if f.File == textPlace {
			f.File = path
		}
		for j, text := range f.Conflicts {
			if record, line, ok := strings.Cut(text, "  ("+textPlace+":"); ok {
				f.Conflicts[j] = record + "  (" + path + ":" + line
			}
		}
	}
}

// importRequest decides whether the zone is made or changed.
func (s *session) importRequest(w *importing, path string) (api.ImportRequest, error) {
	r := api.ImportRequest{Zone: w.zone, DryRun: w.DryRun, Reason: w.Reason}
	if r.Zone == "" {
		if path == "-" {
			return r, verb.Usagef("say by --zone which zone comes from standard input")
		}
		r.Zone = strings.TrimSuffix(filepath.Base(path), ".zone")
	}
	_, err := s.Zone(s, r.Zone)
	switch {
	case api.IsNotFound(err):
		r.Create = true
		return r, nil
	case err != nil:
		return r, err
	case w.replace:
		r.Mode = api.ImportReplace
	case w.merge:
		r.Mode = api.ImportMerge
	default:
		return r, verb.Usagef("zone %s is there already; say --replace (it becomes what the file says) or --merge", r.Zone)
	}
	return r, nil
}

// openText opens a file, or standard input for -, and says how long it is; 0
// where that is not known.
func (s *session) openText(path string) (io.ReadCloser, int64, error) {
	if path == "-" {
		return io.NopCloser(s.Stdin), 0, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func (s *session) imported(zone string, data api.ImportData) error {
	if s.JSON {
		return s.Item(data)
	}
	if data.Change == nil {
		s.Warn(data.Warnings)
		s.Note("%s: nothing to change: all is as wanted already", zone)
		return nil
	}
	if data.DryRun {
		return s.Changed(data.ChangeData, true)
	}
	s.Warn(data.Warnings)
	_, err := fmt.Fprintf(s.Stdout, "%s: %s read, change %d\n", zone, term.Plural(data.Records, "record"), data.Change.Revision)
	return err
}
