package cloudflare

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// Sizes of the pages of lists.
const (
	zonesPerPage      = 20
	maxZonesPerPage   = 1000
	recordsPerPage    = 100
	maxRecordsPerPage = 5000
)

// page reads page and per_page. One that is past the end is empty, for there
// clients stop; a size over most is cut down to it, and result_info says so.
func (c *call) page(usual, most int) (*envelope.ResultInfo, error) {
	info := &envelope.ResultInfo{Page: 1, PerPage: usual}
	for _, f := range []struct {
		name string
		to   *int
	}{{"page", &info.Page}, {"per_page", &info.PerPage}} {
		text := c.query.Get(f.name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1<<31 {
			return nil, envelope.Wrong(envelope.CodeValidation, fmt.Sprintf("Invalid %s: %q. Send a number from 1 on.", f.name, envelope.Shorten(text, 32)))
		}
		*f.to = n
	}
	info.PerPage = min(info.PerPage, most)
	return info, nil
}

// zoneFilter is one parameter of a list of zones.
type zoneFilter func(*call, *control.ZoneInfo) bool

func listZones(c *call) (any, error) {
	if err := c.p.May(access.ZonesRead); err != nil {
		return nil, err
	}
	info, err := c.page(zonesPerPage, maxZonesPerPage)
	if err != nil {
		return nil, err
	}
	all, err := c.zones()
	if err != nil {
		return nil, err
	}
	if err := c.sortZones(all); err != nil {
		return nil, err
	}
	from, to := info.Of(len(all))
	list := make([]*zoneOut, 0, to-from)
	for _, z := range all[from:to] {
		list = append(list, c.showZone(z))
	}
	c.out.Info = info
	return list, nil
}

// zones is the zones that the parameters pick.
func (c *call) zones() ([]*control.ZoneInfo, error) {
	filters, err := c.zoneFilters()
	if err != nil {
		return nil, err
	}
	anyOne, err := c.matchAny("match")
	if err != nil {
		return nil, err
	}
	keep := func(z *control.ZoneInfo) bool {
		hit := func(f zoneFilter) bool { return f(c, z) }
		if anyOne && len(filters) > 0 {
			return slices.ContainsFunc(filters, hit)
		}
		return !slices.ContainsFunc(filters, func(f zoneFilter) bool { return !f(c, z) })
	}
	name := c.query.Get("name")
	if apex, err := content.ParseHost(name, nil); err == nil && name != "@" && !strings.Contains(name, ":") && !anyOne {
		// Most clients ask for one zone by its name: no need to look at all.
		z, err := c.Control.Zone(c.p, control.Ref{Apex: apex.Lower()})
		if err != nil || !keep(z) {
			return nil, nil
		}
		return []*control.ZoneInfo{z}, nil
	}
	return c.Control.Zones(c.p, keep), nil
}

// matchAny reports whether one hit of many is enough.
func (c *call) matchAny(param string) (bool, error) {
	switch v := c.query.Get(param); v {
	case "", "all":
		return false, nil
	case "any":
		return true, nil
	default:
		return false, envelope.Wrong(envelope.CodeValidation, fmt.Sprintf("Invalid %s: %q. Send any or all.", param, envelope.Shorten(v, 32)))
	}
}

func (c *call) zoneFilters() ([]zoneFilter, error) {
	var filters []zoneFilter
	q := c.query
	if v := q.Get("name"); v != "" {
		test := textTest(v)
		filters = append(filters, func(_ *call, z *control.ZoneInfo) bool {
			return test(zoneName(z.Apex)) || test(content.Undotted(z.Apex))
		})
	}
	if v := q.Get("account.id"); v != "" {
		filters = append(filters, func(_ *call, z *control.ZoneInfo) bool { return strings.EqualFold(z.Account, v) })
	}
	if v := q.Get("account.name"); v != "" {
		test := textTest(v)
		filters = append(filters, func(c *call, z *control.ZoneInfo) bool { return test(c.account(z.Account).Name) })
	}
	if v := q.Get("type"); v != "" {
		filters = append(filters, func(*call, *control.ZoneInfo) bool { return slices.Contains(strings.Split(v, ","), "full") })
	}
	switch v := q.Get("status"); v {
	case "":
	case "active", "initializing", "pending", "moved": // a zone that is made is active, also when it is paused
		filters = append(filters, func(*call, *control.ZoneInfo) bool { return v == "active" })
	default:
		return nil, envelope.Wrong(envelope.CodeValidation, fmt.Sprintf("Invalid status: %q. Send initializing, pending, active or moved.", envelope.Shorten(v, 32)))
	}
	return filters, nil
}

// textTest is a filter of text with one of the prefixes equal:, not_equal:,
// starts_with:, ends_with:, contains:, or none for equal.
func textTest(filter string) func(string) bool {
	op, want, ok := strings.Cut(filter, ":")
	if !ok {
		op, want = "equal", filter
	}
	want = strings.ToLower(content.Undot(want))
	test := map[string]func(string, string) bool{
		"equal": func(a, b string) bool { return a == b }, "not_equal": func(a, b string) bool { return a != b },
		"starts_with": strings.HasPrefix, "ends_with": strings.HasSuffix, "contains": strings.Contains,
		"starts_with_case_sensitive": strings.HasPrefix, "ends_with_case_sensitive": strings.HasSuffix, "contains_case_sensitive": strings.Contains,
	}[op]
	if test == nil {
		return func(have string) bool { return strings.EqualFold(have, filter) }
	}
	return func(have string) bool { return test(strings.ToLower(have), want) }
}

func (c *call) sortZones(all []*control.ZoneInfo) error {
	var by func(a, b *control.ZoneInfo) int
	switch order := c.query.Get("order"); order {
	case "", "name":
		by = func(a, b *control.ZoneInfo) int { return cmp.Compare(zoneName(a.Apex), zoneName(b.Apex)) }
	case "status":
		by = func(*control.ZoneInfo, *control.ZoneInfo) int { return 0 }
	case "account.id":
		by = func(a, b *control.ZoneInfo) int { return cmp.Compare(a.Account, b.Account) }
	case "account.name":
		by = func(a, b *control.ZoneInfo) int {
			return cmp.Compare(c.account(a.Account).Name, c.account(b.Account).Name)
		}
	default:
		return badOrder(order, "name, status, account.id or account.name")
	}
	down, err := c.descending()
	if err != nil || c.query.Get("order") == "" && !down {
		return err // they come in an order of their own, that of the DNS
	}
	slices.SortStableFunc(all, turn(by, down))
	return nil
}

func badOrder(order, known string) error {
	return envelope.Wrong(envelope.CodeValidation, fmt.Sprintf("Invalid order: %q. Send %s.", envelope.Shorten(order, 32), known))
}

func (c *call) descending() (bool, error) {
	switch v := c.query.Get("direction"); v {
	case "", "asc":
		return false, nil
	case "desc":
		return true, nil
	default:
		return false, envelope.Wrong(envelope.CodeValidation, fmt.Sprintf("Invalid direction: %q. Send asc or desc.", envelope.Shorten(v, 32)))
	}
}

func turn[T any](by func(a, b T) int, down bool) func(a, b T) int {
	if down {
		return func(a, b T) int { return by(b, a) }
	}
	return by
}

// sameName compares names as clients write them.
func sameName(text string) (dname.Name, bool) {
	n, err := content.ParseHost(text, nil)
	return n, err == nil && text != "@"
}
