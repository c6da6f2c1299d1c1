package cloudflare

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// row is a record that a list is about to show.
type row struct {
	found
	name    string   // as it is shown
	content []string // as it is shown; of TXT also with quotes, and without
}

func newRow(f found) *row {
	r := &row{found: f, name: content.Undotted(f.set.Owner)}
	data := f.record().Data
	r.content = []string{f.content()}
	if f.set.Type == rr.TypeTXT {
		r.content = append(r.content, content.Text(f.set.Type, data), content.Plain(data))
	}
	return r
}

// filter reports whether a row is wanted.
type filter func(*row) bool

// maxFilters bounds how many things each record of a zone is asked.
const maxFilters = 50

// filters is what a list is asked for: all of all, or with match=any one of some.
type filters struct {
	some  []filter
	any   bool
	owner dname.Name // the only one, if there is but one
	types []rr.Type  // the only ones; nil for all
}

func (f *filters) keep(r *row) bool {
	if len(f.some) == 0 {
		return true
	}
	hit := func(test filter) bool { return test(r) }
	if f.any {
		return slices.ContainsFunc(f.some, hit)
	}
	return !slices.ContainsFunc(f.some, func(test filter) bool { return !test(r) })
}

// filters reads the parameters of a list of records.
func (c *call) filters() (*filters, error) {
	f := new(filters)
	var err error
	if f.any, err = c.matchAny("match"); err != nil {
		return nil, err
	}
	for key, values := range c.query {
		if len(f.some)+len(values) > maxFilters {
			return nil, envelope.Wrong(envelope.CodeValidation, fmt.Sprintf("Invalid filters: there are more than %d. Leave some out.", maxFilters))
		}
		for _, v := range values {
			test, err := c.filter(key, v, f)
			if err != nil {
				return nil, err
			}
			if test != nil {
				f.some = append(f.some, test)
			}
		}
	}
	if f.any {
		f.owner, f.types = nil, nil
	}
	return f, nil
}

func (c *call) filter(key, v string, f *filters) (filter, error) {
	field, op, _ := strings.Cut(key, ".")
	if op == "" {
		op = "exact"
	}
	switch {
	case v == "" && op != "present" && op != "absent":
		return nil, nil
	case key == "type":
		return typeFilter(v, f)
	case key == "proxied":
		return func(*row) bool { return v == "false" }, nil
	case key == "search":
		return searchFilter(v), nil
	case field == "name":
		return c.nameFilter(op, v, f)
	case field == "content":
		return contentFilter(op, v)
	case field == "comment":
		return commentFilter(op, v)
	case field == "tag":
		return c.tagFilter()
	}
	return nil, nil // page, order and those that mean nothing here
}

func typeFilter(v string, f *filters) (filter, error) {
	var types []rr.Type
	for text := range strings.SplitSeq(v, ",") {
		t, err := rr.ParseType(text)
		if err != nil || t == rr.TypeALIAS {
			return nil, envelope.Wrong(envelope.CodeValidation, fmt.Sprintf("Invalid type: %q. Send one as A, AAAA, CNAME, MX or TXT.", envelope.Shorten(text, 32)))
		}
		types = append(types, t)
		if t == rr.TypeCNAME {
			types = append(types, rr.TypeALIAS)
		}
	}
	f.types = types
	return func(r *row) bool { return slices.Contains(types, r.set.Type) }, nil
}

// compare is what the operators of filters do, without regard to case.
var compare = map[string]func(have, want string) bool{
	"exact": strings.EqualFold,
	"contains": func(have, want string) bool {
		return strings.Contains(strings.ToLower(have), strings.ToLower(want))
	},
	"startswith": func(have, want string) bool {
		return len(have) >= len(want) && strings.EqualFold(have[:len(want)], want)
	},
	"endswith": func(have, want string) bool {
		return len(have) >= len(want) && strings.EqualFold(have[len(have)-len(want):], want)
	},
}

func operator(field, op string) (func(have, want string) bool, error) {
	if test := compare[op]; test != nil {
		return test, nil
	}
	return nil, envelope.Wrong(envelope.CodeValidation, fmt.Sprintf("Invalid filter: %s.%s. Use exact, contains, startswith or endswith.", field, envelope.Shorten(op, 32)))
}

func (c *call) nameFilter(op, v string, f *filters) (filter, error) {
	test, err := operator("name", op)
	if err != nil {
		return nil, err
	}
	if n, ok := sameName(v); ok && op == "exact" {
		f.owner = n.Lower()
		return func(r *row) bool { return r.set.Owner.Equal(n) }, nil
	}
	return func(r *row) bool { return test(r.name, content.Undot(v)) }, nil
}

func contentFilter(op, v string) (filter, error) {
	test, err := operator("content", op)
	if err != nil {
		return nil, err
	}
	return func(r *row) bool {
		return slices.ContainsFunc(r.content, func(have string) bool { return test(have, v) || test(have, content.Undot(v)) })
	}, nil
}

func commentFilter(op, v string) (filter, error) {
	switch op {
	case "present":
		return func(r *row) bool { return r.record().Note.Comment != "" }, nil
	case "absent":
		return func(r *row) bool { return r.record().Note.Comment == "" }, nil
	}
	test, err := operator("comment", op)
	if err != nil {
		return nil, err
	}
	return func(r *row) bool { return test(r.record().Note.Comment, v) }, nil
}

// tagFilter is all that the parameters say of tags, together: tag_match tells
// whether one of it is enough.
func (c *call) tagFilter() (filter, error) {
	param := "tag_match"
	if c.query.Has("tag-match") { // so spelt by cloudflare-go before version 2
		param = "tag-match"
	}
	anyOne, err := c.matchAny(param)
	if err != nil {
		return nil, err
	}
	tests, err := tagTests(c.query)
	if err != nil {
		return nil, err
	}
	return func(r *row) bool {
		hit := func(test filter) bool { return test(r) }
		if anyOne {
			return slices.ContainsFunc(tests, hit)
		}
		return !slices.ContainsFunc(tests, func(test filter) bool { return !test(r) })
	}, nil
}

func tagTests(q url.Values) ([]filter, error) {
	var tests []filter
	for key, values := range q {
		field, op, dotted := strings.Cut(key, ".")
		if field != "tag" {
			continue
		}
		if !dotted {
			op = "exact"
		}
		for _, v := range values {
			test, err := tagTest(op, v)
			if err != nil {
				return nil, err
			}
			tests = append(tests, test)
		}
	}
	return tests, nil
}

// tagTest compares tags: the name of one without regard to case, and its value.
func tagTest(op, v string) (filter, error) {
	name, value, _ := strings.Cut(v, ":")
	has := func(ok func(have string) bool) filter {
		return func(r *row) bool {
			return slices.ContainsFunc(r.record().Note.Tags, func(tag string) bool {
				n, have, _ := strings.Cut(tag, ":")
				return strings.EqualFold(n, name) && ok(have)
			})
		}
	}
	present := has(func(string) bool { return true })
	switch op {
	case "present":
		return present, nil
	case "absent":
		return func(r *row) bool { return !present(r) }, nil
	}
	test, err := operator("tag", op)
	if err != nil {
		return nil, err
	}
	return has(func(have string) bool { return test(have, value) }), nil
}

// searchFilter looks everywhere.
func searchFilter(v string) filter {
	contains := compare["contains"]
	return func(r *row) bool {
		all := append([]string{r.name, r.record().Note.Comment, shownType(r.set.Type).String()}, r.content...)
		return slices.ContainsFunc(append(all, r.record().Note.Tags...), func(have string) bool { return contains(have, v) })
	}
}
