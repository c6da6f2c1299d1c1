package envelope

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Findings is what the rules say, in the API's form; nil for nothing.
func Findings(list []lint.Finding) []api.Finding {
	if len(list) == 0 {
		return nil
	}
	out := make([]api.Finding, len(list))
	for i, f := range list {
		out[i] = api.Finding{
			Severity: string(f.Severity), Code: f.Code, Message: f.Message, Fix: f.Fix, Source: f.Source, Owner: f.Owner,
			File: f.File, Line: f.Line, Column: f.Column, Conflicts: f.Conflicts,
		}
		out[i].Fixes = Fixes(f.Fixes)
	}
	return out
}

// Fixes is ready patches in the API's form; nil for none.
func Fixes(list []lint.Fix) (out []api.Fix) {
	for _, fix := range list {
		out = append(out, patch(fix))
	}
	return out
}

// patch is a fix as zones of a change.
func patch(f lint.Fix) api.Fix {
	out := api.Fix{Title: f.Title}
	at := make(map[string]int)
	for _, e := range f.Edits {
		i, seen := at[e.Zone]
		if !seen {
			i = len(out.Zones)
			at[e.Zone] = i
			out.Zones = append(out.Zones, api.ZoneChange{Zone: e.Zone})
		}
		z := &out.Zones[i]
		if e.Op != lint.OpAdd {
			z.Edits = append(z.Edits, api.RecordEdits{Op: api.OpRemove, Name: e.Owner, Type: e.Type, Contents: e.Old})
		}
		if e.Op != lint.OpRemove {
			add := api.RecordEdits{Op: api.OpAdd, Name: e.Owner, Type: e.Type, Contents: e.Data}
			if e.TTL != 0 {
				add.TTL = &e.TTL
			}
			z.Edits = append(z.Edits, add)
		}
	}
	return out
}
