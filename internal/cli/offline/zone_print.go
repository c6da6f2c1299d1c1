package offline

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
	"github.com/truename-dns/truename/internal/zone/load"
)

// NewZonePrint is truename zone print.
func NewZonePrint() *cobra.Command {
	var asJSON bool
	var origin string
	c := &cobra.Command{
		Use:   "print FILE",
		Short: "Print a zone file in canonical form",
		Long: `Print a zone file in canonical form: one record a line, names absolute, TTLs in
seconds, owners in canonical order (RFC 4034, Section 6.1), the SOA record first.
A file with errors is not printed.`,
		Args: verb.OneFile,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the records as JSON")
	c.Flags().StringVar(&origin, "origin", "", "`NAME` that relative names are completed by before any $ORIGIN; default: the file's name")
	c.RunE = func(c *cobra.Command, args []string) error {
		o, err := loadOptions(origin)
		if err != nil {
			return err
		}
		var r *load.Result
		bar := term.ReadingFiles(c.ErrOrStderr(), args)
		loadEach(args, o, bar, func(l *load.Result) { r = l })
		bar.End()
		if r.Snapshot == nil {
			return refuse(c.ErrOrStderr(), r)
		}
		out := bufio.NewWriterSize(c.OutOrStdout(), 1<<16)
		if asJSON {
			err = printJSON(out, r.Snapshot)
		} else {
			err = printText(out, r.Snapshot)
		}
		if err != nil {
			return err
		}
		return out.Flush()
	}
	return c
}

// refuse says why a file is not printed.
func refuse(w io.Writer, r *load.Result) error {
	s := term.StyleOf(w)
	for _, f := range r.Findings {
		if f.Severity == lint.Error {
			fmt.Fprintln(w, painted(s, f))
		}
	}
	return fmt.Errorf("%s: %s; nothing is printed", r.Path, term.Plural(r.Errors, "error"))
}

func printText(w *bufio.Writer, z *zone.Snapshot) error {
	var line []byte
	for owner, rec := range records(z) {
		line = zonefile.AppendRecord(line[:0], owner, rec)
		if len(line) == 0 || line[len(line)-1] != '\n' {
			line = append(line, '\n')
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// printedRecord is one record in JSON.
type printedRecord struct {
	Name    string `json:"name"`
	TTL     uint32 `json:"ttl"`
	Class   string `json:"class"`
	Type    string `json:"type"`
	Content string `json:"content"`
}

// printJSON writes the zone as one object, a record a line.
func printJSON(w *bufio.Writer, z *zone.Snapshot) error {
	apex, err := json.Marshal(z.Apex().String())
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "{\"zone\":%s,\"serial\":%d,\"records\":[", apex, z.Serial())
	sep := "\n"
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	for owner, rec := range records(z) {
		line.Reset()
		err := enc.Encode(printedRecord{
			Name: owner.String(), TTL: rec.TTL(), Class: rr.ClassIN.String(), Type: rec.Type().String(),
			Content: string(rr.AppendDataText(nil, rec.Type(), rec.Data())),
		})
		if err != nil {
			return err
		}
		w.WriteString(sep)
		sep = ",\n"
		if _, err := w.Write(bytes.TrimSuffix(line.Bytes(), []byte{'\n'})); err != nil {
			return err
		}
	}
	_, err = w.WriteString("\n]}\n")
	return err
}

// records yields the records of z in canonical order, the SOA before all others.
func records(z *zone.Snapshot) func(func(dname.Name, rr.Record) bool) {
	return func(yield func(dname.Name, rr.Record) bool) {
		soa, _ := z.SOA().Next()
		if !yield(z.Apex(), soa) {
			return
		}
		for owner, n := range z.Sorted() {
			for _, set := range n.Canonical() {
				if set.Type() == rr.TypeSOA {
					continue
				}
				for rest := set; !rest.Empty(); {
					var rec rr.Record
					rec, rest = rest.Next()
					if !yield(owner, rec) {
						return
					}
				}
			}
		}
	}
}
