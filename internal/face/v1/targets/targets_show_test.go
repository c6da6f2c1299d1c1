package targets

import (
	"testing"

	"github.com/truename-dns/truename/api"
)

func TestTheStateThatHurtsMost(t *testing.T) {
	one := func(state string, ends ...api.AliasTarget) api.AliasTarget {
		return api.AliasTarget{State: state, Ends: ends}
	}
	for _, test := range []struct {
		name    string
		targets []api.AliasTarget
		want    string
	}{
		{"no target", nil, api.AliasOwn},
		{"one", []api.AliasTarget{one(api.AliasRenewing)}, api.AliasRenewing},
		{"the worse one, whichever comes first", []api.AliasTarget{one(api.AliasStale), one(api.AliasFresh)}, api.AliasStale},
		{"the worse one, when it comes last", []api.AliasTarget{one(api.AliasFresh), one(api.AliasUnasked)}, api.AliasUnasked},
		{"where one of ours leads", []api.AliasTarget{one(api.AliasOwn, one(api.AliasFresh), one(api.AliasFailing))}, api.AliasFailing},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := worst(test.targets); got != test.want {
				t.Errorf("%s, not %s", got, test.want)
			}
		})
	}
}
