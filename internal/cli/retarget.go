package cli

import (
	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// planFlags are the flags of all verbs that make a plan.
func planFlags(c *cobra.Command, r *api.PlanRequest) {
	c.Flags().StringSliceVar(&r.Types, "type", nil, "only records of this `TYPE`; repeatable")
	c.Flags().StringSliceVar(&r.Zones, "zone", nil, "only records in this `ZONE`; repeatable")
	_ = c.RegisterFlagCompletionFunc("zone", remote.ZoneNames)
}

func newRetarget() *cobra.Command {
	var w remote.Writing
	r := api.PlanRequest{Kind: api.PlanRetarget}
	c := &cobra.Command{
		Use:   "retarget OLD NEW",
		Short: "Point everything that points at OLD at NEW",
		Long: `Make every record that points at OLD point at NEW, in all zones, as one change. First the plan
is shown: the records that change, zone by zone, the names that follow, the rules that would
break, how long chains become, and when the last cache forgets the old answer. The plan is
applied only if nothing has moved since.`,
		Example: `  truename retarget old-server.example.net main-server.example.net
  truename retarget old.example.net new.example.net --dry-run
  truename retarget old.example.net new.example.net --type CNAME --ttl 300 --yes`,
		Args: verb.Exactly("OLD", "NEW"),
	}
	planFlags(c, &r)
	c.Flags().Uint32Var(&r.TTL, "ttl", 0, "`SECONDS`, the new TTL of the records that change (default: as they have)")
	w.Flags(c, true)
	return connects(c, func(s *session, args []string) error {
		r.From, r.To, r.Reason = args[0], args[1], w.Reason
		if !w.Yes && !w.DryRun {
			if err := s.CanAsk(); err != nil {
				return err
			}
		}
		p, err := s.Plan(s, r)
		if err != nil {
			return err
		}
		return s.carryOut(&w, p)
	})
}

// carryOut shows a plan, asks, and applies it.
func (s *session) carryOut(w *remote.Writing, p api.Plan) error {
	if w.DryRun {
		return s.planned(s.Stdout, p)
	}
	out := s.Stdout
	if s.JSON {
		out = s.Stderr
	}
	if err := s.showPlan(out, p); err != nil {
		return err
	}
	if broken(p) {
		return errRefused
	}
	if p.Records == 0 {
		return nil
	}
	if !w.Yes {
		if err := s.Confirm("Apply this plan?"); err != nil {
			return err
		}
	}
	data, err := s.ApplyPlan(s, p.ID, api.ApplyPlanRequest{Reason: w.Reason})
	if err != nil {
		return err
	}
	return s.Changed(data, false)
}
