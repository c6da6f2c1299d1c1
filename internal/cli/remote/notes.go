package remote

import (
	"fmt"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// Notes is what is kept beside a record of that type.
func Notes(rrtype string, disabled bool, settings *api.RecordSettings, comment string) string {
	var list []string
	if disabled {
		list = append(list, "disabled")
	}
	list = append(list, settingNotes(rrtype, settings)...)
	if comment != "" {
		list = append(list, comment)
	}
	return strings.Join(list, "; ")
}

// settingNotes is s as notes beside a record of that type; only a CNAME is
// flattened, or is not.
func settingNotes(rrtype string, s *api.RecordSettings) (notes []string) {
	if s == nil {
		return nil
	}
	switch {
	case s.Flatten == nil:
	case rrtype != "CNAME":
		notes = append(notes, fmt.Sprintf("flatten_cname %v, to no effect", *s.Flatten))
	case *s.Flatten:
		notes = append(notes, "flattened")
	default:
		notes = append(notes, "never flattened")
	}
	if s.OnFailure != "" {
		notes = append(notes, strings.Join(append([]string{"on failure: " + s.OnFailure}, s.Fallback...), " "))
	}
	if s.MaxStale != nil {
		notes = append(notes, "stale for "+verb.SpanText(*s.MaxStale))
	}
	return notes
}
