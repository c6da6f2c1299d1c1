package cloudflare

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// exportZone writes the zone as a master file. An ALIAS stands in it as the
// CNAME that it is to clients; comments and tags follow their records.
func exportZone(c *call) (any, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, ";;\n;; Domain:     %s\n;; Exported:   %s\n;;\n", c.zone.Apex, time.Now().UTC().Format("2006-01-02 15:04:05"))
	for set, err := range c.Control.RRsets(c.ctx, c.p, c.ref(), control.Range{}) {
		if err != nil {
			return nil, err
		}
		for i := range set.Records {
			b.Write(line(&set, &set.Records[i]))
		}
	}
	return plain{"text/plain; charset=utf-8", b.Bytes()}, nil
}

func line(set *change.RRset, r *change.Record) []byte {
	var b []byte
	if r.Disabled {
		b = append(b, ";; disabled: "...)
	}
	t := shownType(set.Type)
	b = zonefile.AppendRecord(b, set.Owner, rr.AppendRecord(nil, t, set.TTL, r.Data))
	b = bytes.TrimRight(b, "\n")
	if r.Note.Comment != "" || len(r.Note.Tags) > 0 {
		b = append(b, " ; "...)
		b = append(b, oneLine(r.Note.Comment)...)
		if len(r.Note.Tags) > 0 {
			b = fmt.Appendf(b, " cf_tags=%s", strings.Join(r.Note.Tags, ","))
		}
	}
	return append(b, '\n')
}

// oneLine is a comment as it can stand behind a record: what would end the line
// there would begin a record of the commenter's choice.
func oneLine(comment string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, comment)
}

// maxImported bounds the records of one import.
const maxImported = 50_000

// incoming is a master file on its way to one Change.
type incoming struct {
	c      *call
	parsed int
	edits  []control.Edit
	at     map[string]int // which edit of an owner and type
}

// importZone adds the records of a master file. Those that are there already
// stay as they are; the SOA and the NS records at the apex are the server's.
func importZone(c *call) (any, error) {
	began := time.Now()
	text, err := c.upload()
	if err != nil {
		return nil, err
	}
	in := &incoming{c: c, at: make(map[string]int)}
	o := zonefile.Options{Origin: c.zone.Apex, RefuseInclude: true, MaxErrors: 20}
	text = append(fmt.Appendf(nil, "$TTL %d\n", autoTTL), text...) // for those without a TTL
	if err := zonefile.Parse(bytes.NewReader(text), "file", o, in.take); err != nil {
		return nil, badZoneFile(err)
	}
	added := 0
	if len(in.edits) > 0 {
		result, err := c.apply(in.edits)
		var m *misplaced
		switch {
		case errors.As(err, &m):
			return nil, m.Fault
		case err != nil:
			return nil, err
		case result.Change != nil:
			added = grown(&result.Change.Zones[0])
		}
	}
	end := time.Now()
	c.out.Timing = &envelope.Timing{Start: began.UTC(), End: end.UTC(), Process: end.Sub(began).Seconds()}
	return object{{"recs_added", added}, {"total_records_parsed", in.parsed}}, nil
}

func grown(d *change.ZoneDiff) (n int) {
	for i := range d.Sets {
		n += d.Sets[i].Records()
	}
	return n
}

// upload is the file that the body holds: in a multipart form, or as it is.
func (c *call) upload() ([]byte, error) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return limited(c.r.Body)
	}
	form := multipart.NewReader(io.LimitReader(c.r.Body, maxBody), params["boundary"])
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, envelope.BadBody("the form has no file", "Send the zone file in the field file, as curl -F file=@zone.txt does.")
		case err != nil:
			return nil, envelope.BadBody("the form cannot be read", "Send the zone file in the field file, as curl -F file=@zone.txt does.")
		case part.FormName() == "file":
			return limited(part)
		case part.FormName() == "proxied":
			if v, err := limited(part); err == nil && strings.TrimSpace(string(v)) == "true" {
				return nil, envelope.Invalid(envelope.CodeProxied, "These DNS records cannot be proxied. There is no proxy here. Send proxied=false, or leave it out.")
			}
		}
	}
}

func limited(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	if err != nil {
		return nil, envelope.BadBody("it did not arrive whole", "Send it again.")
	}
	if len(text) > maxImport {
		return nil, envelope.Failure(http.StatusRequestEntityTooLarge, envelope.CodeBody, fmt.Sprintf("Request body is invalid: the file has more than %d octets. Split it up, or import it by the API under /v1.", maxImport))
	}
	return text, nil
}

func (in *incoming) take(r *zonefile.Record) error {
	if in.parsed++; in.parsed > maxImported { // by $GENERATE
		return envelope.Failure(http.StatusRequestEntityTooLarge, envelope.CodeQuota, fmt.Sprintf("The file makes more than %d records. Split it up.", maxImported))
	}
	atApex := r.Owner.Equal(in.c.zone.Apex)
	if r.Type == rr.TypeSOA || atApex && r.Type == rr.TypeNS {
		return nil
	}
	t := r.Type
	if t == rr.TypeCNAME && atApex {
		t = rr.TypeALIAS
	}
	owner := r.Owner.Lower()
	key := fmt.Sprintf("%s %d", owner, t)
	i, known := in.at[key]
	if !known {
		i = len(in.edits)
		in.at[key] = i
		ttl := r.TTL
		in.edits = append(in.edits, control.Edit{Op: control.Add, Owner: owner, Type: t, TTL: &ttl, Upsert: true})
	}
	in.edits[i].Records = append(in.edits[i].Records, control.RecordEdit{Data: bytes.Clone(r.Data)})
	return nil
}

// badZoneFile says where a master file is wrong.
func badZoneFile(err error) error {
	var all zonefile.Errors
	if !errors.As(err, &all) || len(all) == 0 {
		return envelope.Explain(err)
	}
	for _, e := range all {
		e.Pos.Line-- // the first line is ours
	}
	f := envelope.Invalid(envelope.CodeValidation, content.Sentence(all[0].Error()))
	for _, e := range all[1:] {
		f.Problems[0].Chain = append(f.Problems[0].Chain, envelope.Message{Code: envelope.CodeValidation, Message: content.Sentence(e.Error())})
	}
	return f
}
