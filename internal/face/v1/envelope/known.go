package envelope

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
)

// reading walks JSON beside the type that it is read into, to say where it does
// not fit what encoding/json gives no place for.
type reading struct {
	*json.Decoder
	strict bool // names that the type does not know are wrong
	fields map[reflect.Type][]member
}

// member is a field as JSON has it.
type member struct {
	name string
	of   reflect.Type
}

// mostWalked bounds the octets of a body in which the place of what is wrong is
// looked for: that costs several times as much as to read it.
const mostWalked = 1 << 20

// misplaced is the first thing wrong in body, which is JSON for the value that
// into points to: a time that is none and, if it is strict, a name that is not
// known; nil for nothing, or for a body that is too long to be looked through.
func misplaced(body []byte, into any, strict bool) error {
	if len(body) > mostWalked {
		return nil
	}
	r := reading{json.NewDecoder(bytes.NewReader(body)), strict, make(map[reflect.Type][]member)}
	r.UseNumber()
	if err, wrong := r.value(reflect.TypeOf(into), "").(*api.Error); wrong {
		return err
	}
	return nil
}

// stray is the error for a field that encoding/json does not know: all that it
// says of it is the name.
func stray(err error) error {
	quoted, found := strings.CutPrefix(fmt.Sprint(err), "json: unknown field ")
	name, bad := strconv.Unquote(quoted)
	if !found || bad != nil {
		return badForm()
	}
	name = Shorten(name, 60)
	return Invalid(name, "somewhere in the body is a field %s, which is not known there; the documentation says which fields there are", name)
}

var timeType = reflect.TypeFor[time.Time]()

// value reads one value; a nil t takes anything.
func (r reading) value(t reflect.Type, path string) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := r.Token()
	switch {
	case err != nil:
		return err
	case t == timeType && token != nil:
		return checkTime(token, path)
	case token == json.Delim('{'):
		return r.object(t, path)
	case token == json.Delim('['):
		return r.list(t, path)
	}
	return nil
}

func (r reading) object(t reflect.Type, path string) error {
	if path != "" {
		path += "."
	}
	for r.More() {
		token, err := r.Token()
		if err != nil {
			return err
		}
		name := fmt.Sprint(token)
		next, known := r.field(t, name)
		if !known && r.strict {
			return unknown("the field", path, name, r.names(t))
		}
		if err := r.value(next, path+name); err != nil {
			return err
		}
	}
	_, err := r.Token()
	return err
}

func (r reading) list(t reflect.Type, path string) error {
	var of reflect.Type
	if t != nil && t.Kind() == reflect.Slice {
		of = t.Elem()
	}
	for i := 0; r.More(); i++ {
		if err := r.value(of, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	_, err := r.Token()
	return err
}

func checkTime(token json.Token, path string) error {
	text, isText := token.(string)
	if isText && new(time.Time).UnmarshalText([]byte(text)) == nil {
		return nil
	}
	return Invalid(path, "%s is no time; write it as in \"2026-01-31T12:00:00Z\" (RFC 3339)", path)
}

// field is the type of the field of t that is meant by name, in any case as
// encoding/json has it; known is false where t has none.
func (r reading) field(t reflect.Type, name string) (of reflect.Type, known bool) {
	if t == nil || t.Kind() != reflect.Struct {
		return nil, true
	}
	for _, m := range r.members(t) {
		if strings.EqualFold(m.name, name) {
			return m.of, true
		}
	}
	return nil, false
}

// members is the fields of t; reflection is asked for them once.
func (r reading) members(t reflect.Type) []member {
	list, seen := r.fields[t]
	if seen {
		return list
	}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			list = append(list, member{name, f.Type})
		}
	}
	r.fields[t] = list
	return list
}

func (r reading) names(t reflect.Type) []string {
	list := r.members(t)
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].name
	}
	return names
}

// unknown is the error for a name that is none of known.
func unknown(what, path, name string, known []string) *api.Error {
	at := path + Shorten(name, 60)
	text := fmt.Sprintf("%s %s is not known here", what, at)
	if meant := nearest(name, known); meant != "" {
		text += "; did you mean " + meant + "?"
	}
	if len(known) == 0 {
		return Invalid(at, "%s; there is none", text)
	}
	return Invalid(at, "%s; known are %s", text, strings.Join(known, ", "))
}

// nearest is which of known is most likely meant by name; empty for none.
func nearest(name string, known []string) string {
	const longest = 40 // octets of a name that is looked at
	if len(name) > longest {
		return ""
	}
	best, least := "", longest
	for _, k := range known {
		if d := distance(plain(name), plain(k)); d < least && 3*d <= len(plain(k)) {
			best, least = k, d
		}
	}
	if best != "" {
		return best
	}
	part := func(k string) bool { return strings.HasSuffix(name, "_"+k) || strings.HasSuffix(k, "_"+name) }
	if i := slices.IndexFunc(known, part); i >= 0 {
		return known[i]
	}
	return ""
}

// plain is name without what is a matter of taste: case and separators.
func plain(name string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
}

// distance is how many octets must be put in, taken out or replaced to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost = 1 + min(before, row[j], row[j+1])
			}
			before, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
