package cloudflare

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// zoneOut is a zone as clients see it. Some decode it strictly: all is there
// that the original always sends.
type zoneOut struct {
	ID              string   `json:"id"`
	Name            string   `json:"name"`
	Status          string   `json:"status"`
	Paused          bool     `json:"paused"`
	Type            string   `json:"type"`
	DevelopmentMode int      `json:"development_mode"`
	NameServers     []string `json:"name_servers"`
	OldNameServers  []string `json:"original_name_servers"`
	Registrar       *string  `json:"original_registrar"`
	DNSHost         *string  `json:"original_dnshost"`
	ModifiedOn      stamp    `json:"modified_on"`
	CreatedOn       stamp    `json:"created_on"`
	ActivatedOn     stamp    `json:"activated_on"`
	Meta            object   `json:"meta"`
	Owner           object   `json:"owner"`
	Account         object   `json:"account"`
	Tenant          object   `json:"tenant"`
	TenantUnit      object   `json:"tenant_unit"`
	Permissions     []string `json:"permissions"`
	Plan            object   `json:"plan"`
}

// What is the same for all zones: there are no plans and tenants here.
var (
	zoneMeta   = object{{"step", 0}, {"custom_certificate_quota", 0}, {"page_rule_quota", 0}, {"phishing_detected", false}}
	tenant     = object{{"id", nil}, {"name", nil}}
	tenantUnit = object{{"id", nil}}
	zonePlan   = object{
		{"id", "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee"}, {"name", "Free Website"}, {"price", 0}, {"currency", "USD"}, {"frequency", ""},
		{"is_subscribed", false}, {"can_subscribe", false}, {"legacy_id", "free"}, {"legacy_discount", false}, {"externally_managed", false},
	}
)

func (c *call) showZone(z *control.ZoneInfo) *zoneOut {
	owner := c.account(z.Account)
	return &zoneOut{
		ID: z.ID.Hex(), Name: zoneName(z.Apex), Status: "active", Paused: z.Paused(), Type: "full", NameServers: c.nameServers(z),
		ModifiedOn: stamp(z.Changed), CreatedOn: stamp(z.Created), ActivatedOn: stamp(z.Created), Meta: zoneMeta,
		Owner:   object{{"id", z.Account}, {"type", "user"}, {"email", owner.Email}},
		Account: object{{"id", z.Account}, {"name", owner.Name}},
		Tenant:  tenant, TenantUnit: tenantUnit, Permissions: c.permissions(z), Plan: zonePlan,
	}
}

// account is what c may know of an account.
func (c *call) account(id string) access.Account {
	if a, err := c.Keeper.Account(c.ctx, c.p, id); err == nil {
		return *a
	}
	return access.Account{ID: id}
}

func (c *call) permissions(z *control.ZoneInfo) []string {
	all := []string{}
	for _, right := range []struct {
		scope access.Scope
		name  string
	}{{access.RecordsWrite, "#dns_records:edit"}, {access.RecordsRead, "#dns_records:read"}, {access.ZonesWrite, "#zone:edit"}, {access.ZonesRead, "#zone:read"}} {
		if edits := strings.HasSuffix(right.name, ":edit"); c.p.Has(right.scope) && !(edits && z.ReadOnly) {
			all = append(all, right.name)
		}
	}
	return all
}

// nameServers is what the zone is to be delegated to.
func (c *call) nameServers(z *control.ZoneInfo) []string {
	names := []string{}
	for _, n := range c.NameServers {
		names = append(names, content.Undot(n))
	}
	if len(names) > 0 {
		return names
	}
	for set := servedSet(z, z.Apex, rr.TypeNS); !set.Empty(); {
		var r rr.Record
		r, set = set.Next()
		names = append(names, content.Undotted(r.Data()))
	}
	slices.Sort(names)
	return names
}

// servedSet is an RRset as it is served.
func servedSet(z *control.ZoneInfo, owner dname.Name, t rr.Type) rr.Set {
	if z.Snapshot == nil {
		return nil
	}
	var k dname.Key
	k.Set(owner)
	if n := z.Snapshot.Node(&k, k.Depth()); n != nil {
		return n.Set(t)
	}
	return nil
}

func getZone(c *call) (any, error) { return c.showZone(c.zone), nil }

type zoneIn struct {
	Name    string `json:"name"`
	Account struct {
		ID string `json:"id"`
	} `json:"account"`
	Type *string `json:"type"`
}

func createZone(c *call) (any, error) {
	var in zoneIn
	if err := c.read(&in, maxBody); err != nil {
		return nil, err
	}
	apex, err := content.ParseHost(strings.TrimSpace(in.Name), nil)
	if err != nil || in.Name == "@" || apex.IsRoot() {
		return nil, envelope.Wrong(1001, "Invalid zone name: "+envelope.Shorten(in.Name, 300)+". Send the name of the zone, as example.com.").At("/name")
	}
	if err := checkZoneType(in.Type); err != nil {
		return nil, err
	}
	if err := c.checkAccount(in.Account.ID); err != nil {
		return nil, err
	}
	apex = apex.Lower()
	_, err = c.Control.Apply(c.ctx, c.p, &control.Request{
		Origin: c.origin(),
		Zones:  []control.ZoneEdit{{Zone: control.Ref{Apex: apex}, Create: &control.NewZone{Account: in.Account.ID}}},
	})
	if err != nil {
		return nil, existing(err, zoneName(apex))
	}
	return c.zoneNow(control.Ref{Apex: apex})
}

// checkAccount refuses an account that is not there, or not for c to know of.
func (c *call) checkAccount(id string) error {
	if id == "" {
		return nil
	}
	if _, err := c.Keeper.Account(c.ctx, c.p, id); err != nil {
		return envelope.Failure(http.StatusForbidden, envelope.CodeToken, "Unauthorized to access requested resource: There is no account "+envelope.Shorten(id, 64)+" for this token. Leave the account out, or send one that GET /accounts lists.").At("/account/id")
	}
	return nil
}

// existing says that a zone is there already as the original does.
func existing(err error, name string) error {
	f := envelope.Explain(err)
	if f.Problems[0].Code == 1061 {
		return envelope.Wrong(1061, name+" already exists. Use the zone that is there: GET /zones?name="+name+" tells its id.")
	}
	return f
}

func checkZoneType(typ *string) error {
	if typ == nil || *typ == "" || *typ == "full" {
		return nil
	}
	return envelope.Wrong(1097, fmt.Sprintf("A zone cannot be of type %q here. Send \"type\":\"full\", or leave it out.", envelope.Shorten(*typ, 32))).At("/type")
}

// zoneNow is a zone as it is after a write.
func (c *call) zoneNow(ref control.Ref) (any, error) {
	z, err := c.Control.Zone(c.p, ref)
	if err != nil {
		return nil, err
	}
	return c.showZone(z), nil
}

type zonePatch struct {
	Paused *bool     `json:"paused"`
	Type   *string   `json:"type"`
	Vanity *[]string `json:"vanity_name_servers"`
	Plan   *struct{} `json:"plan"`
}

func patchZone(c *call) (any, error) {
	var in zonePatch
	if err := c.read(&in, maxBody); err != nil {
		return nil, err
	}
	if err := checkZoneType(in.Type); err != nil {
		return nil, err
	}
	if in.Vanity != nil && len(*in.Vanity) > 0 {
		return nil, envelope.Wrong(envelope.CodeUnsupported, "There are no vanity name servers here. Write NS records at the apex of the zone instead.").At("/vanity_name_servers")
	}
	if in.Plan != nil {
		c.out.Say(envelope.CodeNotice, "There are no plans here: all zones can do all there is.")
	}
	if in.Paused != nil {
		status := control.StatusActive
		if *in.Paused {
			status = control.StatusPaused
		}
		if _, err := c.props(&control.ZonePatch{Status: &status}, nil); err != nil {
			return nil, err
		}
	}
	return c.zoneNow(c.ref())
}

// props changes properties of the zone, and records along with them.
func (c *call) props(patch *control.ZonePatch, edits []control.Edit) (*control.Result, error) {
	return c.Control.Apply(c.ctx, c.p, &control.Request{
		Origin: c.origin(),
		Zones:  []control.ZoneEdit{{Zone: c.ref(), Props: patch, Edits: edits}},
	})
}

func deleteZone(c *call) (any, error) {
	_, err := c.Control.Apply(c.ctx, c.p, &control.Request{
		Origin: c.origin(), Zones: []control.ZoneEdit{{Zone: c.ref(), Delete: true}},
	})
	if err != nil {
		return nil, err
	}
	return object{{"id", c.zone.ID.Hex()}}, nil
}

// checkActivation has nothing to wait for: a zone is served once it is made.
func checkActivation(c *call) (any, error) {
	if err := c.p.May(access.ZonesWrite); err != nil {
		return nil, err
	}
	return object{{"id", c.zone.ID.Hex()}}, nil
}

// noPageRules is for octoDNS, which looks for redirects beside the records.
func noPageRules(*call) (any, error) { return []any{}, nil }

// noScan refuses to guess the records of a zone.
func noScan(*call) (any, error) {
	return nil, envelope.Failure(http.StatusBadRequest, envelope.CodeUnsupported, "Records are not found by guessing here. Import a zone file: POST it to dns_records/import.")
}
