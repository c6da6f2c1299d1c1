package cloudflare

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// Limits on what is written beside a record: those of the original's paid plans.
const (
	maxComment = 500 // characters
	maxTags    = 20
	minTTL     = 30
	maxTTL     = 86400
)

// edit is the Edit that in asks for. base is the record that is there; nil to
// make one. whole: what in does not have gets its default; else it stays.
func (c *call) edit(in *recordIn, base *found, whole bool) (control.Edit, error) {
	e := control.Edit{Op: control.Add}
	if base != nil {
		e.Op, e.ID = control.Set, base.record().ID
	}
	typ, err := c.typeOf(in, base)
	if err != nil {
		return e, err
	}
	if e.Owner, err = c.ownerOf(in, base); err != nil {
		return e, err
	}
	if in.Proxied != nil && *in.Proxied {
		return e, envelope.Invalid(envelope.CodeProxied, "This DNS record cannot be proxied. There is no proxy here: what a name leads to is seen by all. Send \"proxied\":false.").At("/proxied")
	}
	data, err := c.dataFor(in, base, typ, e.Owner)
	if err != nil {
		return e, err
	}
	record := control.RecordEdit{Data: data}
	if e.TTL, err = ttlOf(in, base, whole); err != nil {
		return e, err
	}
	if record.Note, err = noteOf(in, base, whole); err != nil {
		return e, err
	}
	e.Type = c.storedType(typ, e.Owner, in, base)
	c.mark(&record, &e, in, base)
	e.Records = []control.RecordEdit{record}
	c.sayFamilies(in.Settings)
	return e, c.claim(&e)
}

func (c *call) typeOf(in *recordIn, base *found) (rr.Type, error) {
	if in.Type == nil {
		if base == nil {
			return 0, envelope.Invalid(envelope.CodeRequired, "type is a required data field. Send the type of the record, as CNAME.").At("/type")
		}
		return shownType(base.set.Type), nil
	}
	t, err := rr.ParseType(*in.Type)
	switch {
	case err != nil, t.IsMeta(), t == 0:
		return 0, envelope.Invalid(envelope.CodeValidation, fmt.Sprintf("There is no record type %q. Send one as A, AAAA, CNAME, MX or TXT.", envelope.Shorten(*in.Type, 32))).At("/type")
	case t == rr.TypeSOA:
		return 0, envelope.Invalid(envelope.CodeValidation, "The SOA record belongs to the zone. PATCH its dns_settings instead.").At("/type")
	case t == rr.TypeALIAS:
		return 0, envelope.Invalid(envelope.CodeValidation, "ALIAS is no type of this API. Send a CNAME: at the apex of a zone it is kept as ALIAS.").At("/type")
	}
	return t, nil
}

// serviceName is the name that the data of an SRV record spells in parts, as
// older clients do: _service._proto.name (RFC 2782); nil where it does not, or
// where the record has a name of its own.
func serviceName(in *recordIn) *string {
	var parts [3]string
	for i, field := range []string{"service", "proto", "name"} {
		if json.Unmarshal(in.Data[field], &parts[i]) != nil || parts[i] == "" {
			return in.Name
		}
	}
	if in.Name != nil && *in.Name != parts[2] {
		return in.Name
	}
	text := parts[0] + "." + parts[1]
	if parts[2] != "@" {
		text += "." + parts[2]
	}
	return &text
}

func (c *call) ownerOf(in *recordIn, base *found) (dname.Name, error) {
	name := serviceName(in)
	switch {
	case name != nil:
		n, err := parseOwner(*name, c.zone.Apex)
		if err == nil && !n.IsAtOrBelow(c.zone.Apex) {
			err = envelope.Wrong(envelope.CodeName, "DNS name is invalid: "+envelope.Shorten(*name, 300)+" is not in the zone "+content.Undotted(c.zone.Apex)+".")
		}
		if f, ok := err.(*envelope.Fault); ok {
			return nil, f.At("/name")
		}
		return n, err
	case base != nil:
		return base.set.Owner, nil
	}
	return nil, envelope.Wrong(envelope.CodeName, "Invalid or missing name. Send the name of the record, as www.example.com, or @ for the zone itself.").At("/name")
}

// dataFor is the RDATA: of in, or where in has none, that of base.
func (c *call) dataFor(in *recordIn, base *found, typ rr.Type, owner dname.Name) ([]byte, error) {
	same := base != nil && shownType(base.set.Type) == typ
	if same && in.Content == nil && len(in.Data) == 0 {
		return withPriority(base.record().Data, typ, in.Priority), nil
	}
	if n := -1; same && in.Priority == nil {
		if n = content.Priority(typ, base.record().Data); n >= 0 {
			kept := envelope.Number(n)
			copied := *in
			copied.Priority = &kept
			in = &copied
		}
	}
	s := content.Source{Type: typ, Owner: owner, Apex: c.zone.Apex, Content: in.Content, Fields: in.Data, Priority: (*int64)(in.Priority)}
	return s.Data()
}

// withPriority is data with another priority in front.
func withPriority(data []byte, t rr.Type, n *envelope.Number) []byte {
	if n == nil || content.Priority(t, data) < 0 || *n < 0 || *n > 65535 {
		return data
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(*n)), data[2:]...)
}

// storedType is the type under which a record is kept: a CNAME at the apex, or
// one that was made to be followed by the server, is an ALIAS.
func (c *call) storedType(typ rr.Type, owner dname.Name, in *recordIn, base *found) rr.Type {
	switch {
	case typ != rr.TypeCNAME:
		return typ
	case owner.Equal(c.zone.Apex):
		return rr.TypeALIAS
	case base == nil || base.set.Type != rr.TypeALIAS || base.set.Owner.Equal(c.zone.Apex):
		return typ
	case in.Settings != nil && in.Settings.Flatten != nil && !*in.Settings.Flatten:
		return typ
	}
	return rr.TypeALIAS
}

// sayFamilies tells that settings of a proxy come to nothing.
func (c *call) sayFamilies(s *settingsIn) {
	if s != nil && (s.V4Only != nil && *s.V4Only || s.V6Only != nil && *s.V6Only) {
		c.out.Say(envelope.CodeNotice, "setting-without-effect: ipv4_only and ipv6_only are kept, but choose addresses of a proxy, and there is none here.")
	}
}

// ttlOf is the TTL that in asks for; nil keeps the one that is there.
func ttlOf(in *recordIn, base *found, whole bool) (*uint32, error) {
	ttl := uint32(autoTTL)
	switch {
	case in.TTL == nil && !whole:
		return nil, nil
	case in.TTL == nil, *in.TTL == automatic:
		return &ttl, nil
	case base != nil && *in.TTL == envelope.Number(base.set.TTL):
	case *in.TTL < minTTL || *in.TTL > maxTTL:
		return nil, envelope.Invalid(envelope.CodeTTL, fmt.Sprintf("Invalid TTL. Must be between %d and %d seconds, or 1 for Automatic.", minTTL, maxTTL)).At("/ttl")
	}
	ttl = uint32(*in.TTL)
	return &ttl, nil
}

// noteOf is what is to be written beside the record; nil keeps what is there.
func noteOf(in *recordIn, base *found, whole bool) (*change.Note, error) {
	var n change.Note
	switch {
	case whole:
		n.AutoTTL = in.TTL == nil || *in.TTL == automatic
		if base != nil { // what is said of failures has no field here, and stays
			n.Alias = base.record().Note.Alias
			n.Flatten = change.Unset
		}
	case in.TTL == nil && in.Comment == nil && in.Tags == nil && in.Settings == nil:
		return nil, nil
	default:
		n = base.record().Note
		if in.TTL != nil {
			n.AutoTTL = *in.TTL == automatic
		}
	}
	if s := in.Settings; s != nil {
		if s.Flatten != nil {
			n.Flatten = change.ChoiceOf(*s.Flatten)
		}
		override(&n.V4Only, s.V4Only)
		override(&n.V6Only, s.V6Only)
	}
	if err := checkComment(in.Comment); err != nil {
		return nil, err
	}
	if in.Comment != nil {
		n.Comment = *in.Comment
	}
	if in.Tags == nil {
		return &n, nil
	}
	var err error
	n.Tags, err = checkTags(*in.Tags)
	return &n, err
}

// mark notes what the data alone does not show of how the client wrote it: TXT
// without quotes, name servers that were there before.
func (c *call) mark(r *control.RecordEdit, e *control.Edit, in *recordIn, base *found) {
	if e.Type == rr.TypeNS && e.Owner.Equal(c.zone.Apex) && r.Note != nil {
		r.Note.Claimed = true
	}
	if e.Type != rr.TypeTXT || in.Content == nil && base == nil {
		return
	}
	bare := in.Content != nil && !content.IsQuoted(*in.Content)
	if in.Content == nil {
		bare = base.record().Note.Bare
	}
	if r.Note == nil {
		kept := base.record().Note
		r.Note = &kept
	}
	r.Note.Bare = bare
}

func override(to, from *bool) {
	if from != nil {
		*to = *from
	}
}

func checkComment(text *string) error {
	switch {
	case text == nil:
	case utf8.RuneCountInString(*text) > maxComment:
		return envelope.Invalid(envelope.CodeValidation, fmt.Sprintf("The comment has %d characters; at most %d are kept. Shorten it.", utf8.RuneCountInString(*text), maxComment)).At("/comment")
	case strings.IndexFunc(*text, content.IsControl) >= 0:
		return envelope.Invalid(envelope.CodeValidation, "The comment has a line break or another control character. Leave it out.").At("/comment")
	}
	return nil
}

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}(:[^\x00-\x1f\x7f]{0,100})?$`)

// checkTags is the tags in order, each once.
func checkTags(tags []string) ([]string, error) {
	tags = slices.Clone(tags)
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if len(tags) > maxTags {
		return nil, envelope.Invalid(envelope.CodeTags, fmt.Sprintf("DNS record has %d tags, exceeding the quota of %d.", len(tags), maxTags)).At("/tags")
	}
	for _, t := range tags {
		if !tagForm.MatchString(t) {
			return nil, envelope.Invalid(envelope.CodeValidation, fmt.Sprintf("%q is no tag. Send name:value, with a name of up to 32 letters, digits, - and _, and a value of up to 100 characters.", envelope.Shorten(t, 140))).At("/tags")
		}
	}
	if len(tags) == 0 {
		return nil, nil
	}
	return tags, nil
}

// writeOne applies e and shows the record that came of it.
func (c *call) writeOne(e control.Edit) (any, error) {
	edits := []control.Edit{e}
	result, err := c.apply(edits)
	if err != nil {
		return nil, err
	}
	f, err := c.written(result, &edits[0])
	if err != nil {
		return nil, err
	}
	return c.show(f), nil
}

// apply makes one Change of edits.
func (c *call) apply(edits []control.Edit) (*control.Result, error) {
	if c.zone.ReadOnly {
		return nil, envelope.Failure(http.StatusForbidden, envelope.CodeToken, "Unauthorized to access requested resource: The zone "+content.Undotted(c.zone.Apex)+" comes from a zone file of the server and is read-only here. Edit the file, or move it away and import it.")
	}
	if err := c.checkFlat(edits); err != nil {
		return nil, err
	}
	result, err := c.Control.Apply(c.ctx, c.p, &control.Request{
		Origin: c.origin(),
		Zones:  []control.ZoneEdit{{Zone: c.ref(), Edits: edits}},
	})
	if err != nil {
		return nil, placed(err, edits)
	}
	c.warn(result)
	c.sayTTL(result)
	return result, nil
}

// written is the record that e has left behind.
func (c *call) written(result *control.Result, e *control.Edit) (*found, error) {
	data := slices.Clone(e.Records[0].Data)
	rr.LowerNames(e.Type, data)
	if result.Change != nil {
		for i := range result.Change.Zones[0].Sets {
			set := &result.Change.Zones[0].Sets[i].After
			at := set.Index(data)
			if e.Op == control.Set {
				at = set.ByID(e.ID)
			}
			if at >= 0 && set.Type == e.Type && set.Owner.Equal(e.Owner) {
				return &found{*set, at}, nil
			}
		}
	}
	set, err := c.Control.RRset(c.ctx, c.p, c.ref(), e.Owner, e.Type)
	if err != nil {
		return nil, err
	}
	if at := set.Index(data); at >= 0 {
		return &found{set, at}, nil
	}
	return nil, envelope.Failure(http.StatusNotFound, envelope.CodeMissing, "Record does not exist. It was written, and somebody else has taken it away since.")
}

// sayTTL tells of records whose TTL has changed along with another's.
func (c *call) sayTTL(result *control.Result) {
	if result.Change == nil {
		return
	}
	for i := range result.Change.Zones[0].Sets {
		d := &result.Change.Zones[0].Sets[i]
		if len(d.Before.Records) > 0 && len(d.After.Records) > 1 && d.Before.TTL != d.After.TTL {
			c.out.Say(envelope.CodeNotice, fmt.Sprintf("All %s records of %s have the TTL %d now: an RRset has but one (RFC 2181, Section 5.2).", d.Type(), content.Undotted(d.Owner()), d.After.TTL))
		}
	}
}
