package cloudflare

import (
	"encoding/binary"
	"fmt"
	"net/http"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// settingsPatch is the body of a PATCH of dns_settings.
type settingsPatch struct {
	FlattenAll    *bool            `json:"flatten_all_cnames"`
	Foundation    *bool            `json:"foundation_dns"`
	MultiProvider *bool            `json:"multi_provider"`
	Overrides     *bool            `json:"secondary_overrides"`
	NSTTL         *envelope.Number `json:"ns_ttl"`
	Mode          *string          `json:"zone_mode"`
	SOA           *soaEdit         `json:"soa"`
}

type soaEdit struct {
	MName   *string          `json:"mname"`
	RName   *string          `json:"rname"`
	Refresh *envelope.Number `json:"refresh"`
	Retry   *envelope.Number `json:"retry"`
	Expire  *envelope.Number `json:"expire"`
	MinTTL  *envelope.Number `json:"min_ttl"`
	TTL     *envelope.Number `json:"ttl"`
}

// soaTail is what follows the names in the RDATA of SOA (RFC 1035, Section 3.3.13).
const soaTail = 20

func getSettings(c *call) (any, error) { return c.showSettings(c.zone), nil }

func (c *call) showSettings(z *control.ZoneInfo) object {
	mname, rname := soaNames(z.SOA)
	timer := func(i int) uint32 { return binary.BigEndian.Uint32(z.SOA[len(z.SOA)-soaTail+4*i:]) }
	return object{
		{"flatten_all_cnames", z.Settings.FlattenAll},
		{"foundation_dns", false},
		{"internal_dns", object{{"reference_zone_id", ""}}},
		{"multi_provider", z.Settings.MultiProvider},
		{"nameservers", object{{"type", "cloudflare.standard"}, {"ns_set", 1}}},
		{"ns_ttl", c.nsTTL(z)},
		{"secondary_overrides", false},
		{"soa", object{
			{"mname", content.Undotted(mname)}, {"rname", content.Undotted(rname)}, {"refresh", timer(1)}, {"retry", timer(2)},
			{"expire", timer(3)}, {"min_ttl", timer(4)}, {"ttl", z.SOATTL},
		}},
		{"zone_mode", "dns_only"},
	}
}

func soaNames(soa []byte) (mname, rname dname.Name) {
	n, _ := dname.Len(soa) // the store holds well-formed data
	return dname.Name(soa[:n]), dname.Name(soa[n : len(soa)-soaTail])
}

// nsTTL is the TTL of the NS RRset at the apex.
func (c *call) nsTTL(z *control.ZoneInfo) uint32 {
	if set := servedSet(z, z.Apex, rr.TypeNS); !set.Empty() {
		return set.TTL()
	}
	return uint32(z.Settings.NSTTL)
}

func patchSettings(c *call) (any, error) {
	var in settingsPatch
	if err := c.read(&in, maxBody); err != nil {
		return nil, err
	}
	if err := in.unsupported(); err != nil {
		return nil, err
	}
	s := c.zone.Settings
	override(&s.FlattenAll, in.FlattenAll)
	override(&s.MultiProvider, in.MultiProvider)
	patch := &control.ZonePatch{Settings: &s}
	var edits []control.Edit
	if in.NSTTL != nil {
		e, err := c.withNSTTL(*in.NSTTL, &s)
		if err != nil {
			return nil, err
		}
		edits = e
	}
	if in.SOA != nil {
		if err := in.SOA.patch(c.zone, patch); err != nil {
			return nil, err
		}
	}
	result, err := c.props(patch, edits)
	if err != nil {
		return nil, err
	}
	c.warn(result)
	z, err := c.Control.Zone(c.p, c.ref())
	if err != nil {
		return nil, err
	}
	return c.showSettings(z), nil
}

// unsupported refuses what would need a service that is not here.
func (in *settingsPatch) unsupported() error {
	switch {
	case in.Foundation != nil && *in.Foundation:
		return envelope.Wrong(envelope.CodeUnsupported, "There is no foundation DNS here. Leave foundation_dns out.").At("/foundation_dns")
	case in.Overrides != nil && *in.Overrides:
		return envelope.Wrong(envelope.CodeUnsupported, "There are no secondary overrides here. Leave secondary_overrides out.").At("/secondary_overrides")
	case in.Mode != nil && *in.Mode != "dns_only" && *in.Mode != "standard":
		return envelope.Wrong(envelope.CodeUnsupported, "Every zone is dns_only here. Leave zone_mode out.").At("/zone_mode")
	}
	return nil
}

// withNSTTL gives the NS RRset at the apex that TTL.
func (c *call) withNSTTL(ttl envelope.Number, s *change.Settings) ([]control.Edit, error) {
	if ttl < minTTL || ttl > maxTTL {
		return nil, envelope.Invalid(envelope.CodeTTL, fmt.Sprintf("Invalid TTL. Must be between %d and %d seconds.", minTTL, maxTTL)).At("/ns_ttl")
	}
	s.NSTTL = int(ttl)
	set, err := c.Control.RRset(c.ctx, c.p, c.ref(), c.zone.Apex, rr.TypeNS)
	if err != nil || set.Empty() {
		return nil, err
	}
	seconds := uint32(ttl)
	e := control.Edit{Op: control.Put, Owner: c.zone.Apex, Type: rr.TypeNS, TTL: &seconds}
	for i := range set.Records {
		e.Records = append(e.Records, control.RecordEdit{Data: set.Records[i].Data})
	}
	return []control.Edit{e}, nil
}

// patch writes the new SOA onto p.
func (e *soaEdit) patch(z *control.ZoneInfo, p *control.ZonePatch) error {
	mname, rname := soaNames(z.SOA)
	for _, f := range []struct {
		name string
		text *string
		to   *dname.Name
	}{{"mname", e.MName, &mname}, {"rname", e.RName, &rname}} {
		if f.text == nil {
			continue
		}
		n, err := content.ParseHost(*f.text, z.Apex)
		if err != nil {
			return envelope.Wrong(envelope.CodeName, "DNS name is invalid: "+envelope.Shorten(*f.text, 300)+". Send a complete name.").At("/soa/" + f.name)
		}
		*f.to = n
	}
	tail := append([]byte(nil), z.SOA[len(z.SOA)-soaTail:]...)
	for i, n := range []*envelope.Number{e.Refresh, e.Retry, e.Expire, e.MinTTL, e.TTL} {
		if n != nil && (*n < 1 || *n > rr.MaxTTL) {
			return envelope.Invalid(envelope.CodeTTL, fmt.Sprintf("Invalid time. Must be between 1 and %d seconds.", rr.MaxTTL)).At("/soa")
		}
		if n != nil && i < 4 {
			binary.BigEndian.PutUint32(tail[4*(i+1):], uint32(*n))
		}
	}
	if e.TTL != nil {
		ttl := uint32(*e.TTL)
		p.SOATTL = &ttl
	}
	p.SOA = append(append(append([]byte(nil), mname...), rname...), tail...)
	return nil
}

// The one switch of zones that means something here.
const cnameFlattening = "cname_flattening"

func (c *call) showSwitch(z *control.ZoneInfo) object {
	value := "flatten_at_root"
	if z.Settings.FlattenAll {
		value = "flatten_all"
	}
	return object{{"id", cnameFlattening}, {"value", value}, {"editable", !z.ReadOnly}, {"modified_on", stamp(z.Updated)}}
}

func listSwitches(c *call) (any, error) { return []object{c.showSwitch(c.zone)}, nil }

func (c *call) knownSwitch() error {
	if name := c.r.PathValue("setting"); name != cnameFlattening {
		return envelope.Failure(http.StatusNotFound, 1003, fmt.Sprintf("There is no setting %q. The only one here is cname_flattening.", envelope.Shorten(name, 64)))
	}
	return nil
}

func getSwitch(c *call) (any, error) {
	if err := c.knownSwitch(); err != nil {
		return nil, err
	}
	return c.showSwitch(c.zone), nil
}

func patchSwitch(c *call) (any, error) {
	if err := c.knownSwitch(); err != nil {
		return nil, err
	}
	var in struct {
		Value string `json:"value"`
	}
	if err := c.read(&in, maxBody); err != nil {
		return nil, err
	}
	s := c.zone.Settings
	switch in.Value {
	case "flatten_all":
		s.FlattenAll = true
	case "flatten_at_root":
		s.FlattenAll = false
	default:
		return nil, envelope.Wrong(1007, fmt.Sprintf("Invalid value for zone setting cname_flattening: %q. Send flatten_at_root or flatten_all.", envelope.Shorten(in.Value, 32))).At("/value")
	}
	result, err := c.props(&control.ZonePatch{Settings: &s}, nil)
	if err != nil {
		return nil, err
	}
	c.warn(result)
	z, err := c.Control.Zone(c.p, c.ref())
	if err != nil {
		return nil, err
	}
	return c.showSwitch(z), nil
}

// unsigned is a zone without DNSSEC.
var unsigned = object{
	{"status", "disabled"}, {"flags", nil}, {"algorithm", nil}, {"key_type", nil}, {"digest_type", nil}, {"digest_algorithm", nil},
	{"digest", nil}, {"ds", nil}, {"key_tag", nil}, {"public_key", nil}, {"modified_on", nil},
	{"dnssec_multi_signer", false}, {"dnssec_presigned", false}, {"dnssec_use_nsec3", false},
}

func getSigning(*call) (any, error) { return unsigned, nil }

func patchSigning(c *call) (any, error) {
	if err := c.p.May(access.ZonesWrite); err != nil {
		return nil, err
	}
	var in struct {
		Status      *string `json:"status"`
		MultiSigner *bool   `json:"dnssec_multi_signer"`
		Presigned   *bool   `json:"dnssec_presigned"`
		NSEC3       *bool   `json:"dnssec_use_nsec3"`
	}
	if err := c.read(&in, maxBody); err != nil {
		return nil, err
	}
	if in.Status != nil && *in.Status != "disabled" {
		return nil, envelope.Wrong(envelope.CodeUnsupported, "This server cannot sign zones. Nothing was changed; the status stays disabled.").At("/status")
	}
	for _, on := range []*bool{in.MultiSigner, in.Presigned, in.NSEC3} {
		if on != nil && *on {
			return nil, envelope.Wrong(envelope.CodeUnsupported, "This server cannot sign zones. Nothing was changed; send status disabled alone.")
		}
	}
	return unsigned, nil
}

// deleteSigning has nothing to delete.
func deleteSigning(c *call) (any, error) {
	return "", c.p.May(access.ZonesWrite)
}
