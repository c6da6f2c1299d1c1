package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// errRefused ends a verb whose plan breaks rules, which are printed already.
var errRefused = verb.WithCode(verb.Refused, errors.New("the plan breaks rules and cannot be applied; nothing was changed"))

func newPlan() *cobra.Command {
	c := &cobra.Command{
		Use:   "plan",
		Short: "Plan a change of many records, look at it, apply it",
	}
	c.AddCommand(newPlanRetarget(), newPlanDelete(), newPlanTTL(), newPlanShow(), newPlanApply())
	return c
}

// making is the verb that asks for a plan and shows it; fill reads its arguments.
func making(c *cobra.Command, r *api.PlanRequest, fill func(args []string) error) *cobra.Command {
	planFlags(c, r)
	c.Flags().StringVar(&r.Reason, "reason", "", "`TEXT` for the history: why")
	return connects(c, func(s *session, args []string) error {
		if err := fill(args); err != nil {
			return err
		}
		p, err := s.Plan(s, *r)
		if err != nil {
			return err
		}
		return s.planned(s.Stdout, p)
	})
}

func newPlanRetarget() *cobra.Command {
	r := &api.PlanRequest{Kind: api.PlanRetarget}
	c := &cobra.Command{
		Use:   "retarget OLD NEW",
		Short: "Plan to point at NEW what points at OLD",
		Args:  verb.Exactly("OLD", "NEW"),
	}
	c.Flags().Uint32Var(&r.TTL, "ttl", 0, "`SECONDS`, the new TTL of the records that change (default: as they have)")
	return making(c, r, func(args []string) error { r.From, r.To = args[0], args[1]; return nil })
}

func newPlanDelete() *cobra.Command {
	r := &api.PlanRequest{Kind: api.PlanDelete}
	c := &cobra.Command{
		Use:   "delete NAME",
		Short: "Plan to delete the records of a name",
		Args:  verb.Exactly("NAME"),
	}
	return making(c, r, func(args []string) error { r.Name = args[0]; return nil })
}

func newPlanTTL() *cobra.Command {
	r := &api.PlanRequest{Kind: api.PlanTTL}
	c := &cobra.Command{
		Use:   "ttl NAME SECONDS",
		Short: "Plan another TTL for the records of a name",
		Args:  verb.Exactly("NAME", "SECONDS"),
	}
	return making(c, r, func(args []string) error {
		n, err := strconv.ParseUint(args[1], 10, 31)
		if err != nil {
			return verb.Usagef("%q is not a TTL, a whole number of seconds up to 2147483647", args[1])
		}
		r.Name, r.TTL = args[0], uint32(n)
		return nil
	})
}

func newPlanShow() *cobra.Command {
	c := &cobra.Command{Use: "show PLAN", Short: "Show a plan", Args: verb.Exactly("PLAN")}
	return connects(c, func(s *session, args []string) error {
		p, err := s.PlanByID(s, args[0])
		if err != nil {
			return err
		}
		return s.planned(s.Stdout, p)
	})
}

func newPlanApply() *cobra.Command {
	var w remote.Writing
	c := &cobra.Command{
		Use:   "apply PLAN",
		Short: "Apply a plan, if nothing has moved since it was made",
		Args:  verb.Exactly("PLAN"),
	}
	w.Flags(c, true)
	return connects(c, func(s *session, args []string) error {
		p, err := s.PlanByID(s, args[0])
		if err != nil {
			return err
		}
		return s.carryOut(&w, p)
	})
}

// planned prints a plan that is not applied now.
func (s *session) planned(w io.Writer, p api.Plan) error {
	if s.JSON {
		return s.Object(p)
	}
	if err := s.showPlan(w, p); err != nil {
		return err
	}
	if broken(p) {
		return errRefused
	}
	if p.Records > 0 {
		s.Note("nothing was written; until %s: truename plan apply %s", s.Moment(p.ExpiresAt), term.Clean(p.ID))
	}
	return nil
}

// broken reports whether rules keep p from being applied.
func broken(p api.Plan) bool {
	for _, f := range p.Findings {
		if f.Severity == "error" {
			return true
		}
	}
	return false
}

// linesOfPlan is how many of the names that follow, and of the records that stay,
// a plan shows; truename who shows all.
const linesOfPlan = 10

func (s *session) showPlan(w io.Writer, p api.Plan) error {
	if err := remote.Differences(w, remote.LinesToAsk, p.Diff); err != nil {
		return err
	}
	st := term.StyleOf(w)
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s\n", st.Paint(term.Bold, term.Plural(p.Records, "record")), term.Plural(len(p.Diff), "zone"))
	following(&b, st, p)
	staying(&b, st, p.Fixed)
	b.WriteString(remote.SomeFindings(st, p.Findings))
	if p.Depth > 0 && p.Records > 0 {
		fmt.Fprintf(&b, "longest chain after it: %s%s\n", atLeast(p), term.Plural(p.Depth, "link"))
	}
	if p.Records > 0 {
		fmt.Fprintln(&b, drained(p.Drain))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// atLeast goes before numbers of a plan that was too large to count to the end.
func atLeast(p api.Plan) string {
	if p.Partial {
		return "at least "
	}
	return ""
}

// following lists the names that follow.
func following(b *strings.Builder, st term.Style, p api.Plan) {
	if p.AffectedTotal == 0 {
		return
	}
	n := p.AffectedTotal
	fmt.Fprintf(b, "%s:\n", st.Paint(term.Bold, atLeast(p)+term.Plural(n, "record")+" "+term.Verb(n, "follow")+" or "+term.Verb(n, "refer")+" to it"))
	shown := min(len(p.Affected), linesOfPlan)
	for _, d := range p.Affected[:shown] {
		fmt.Fprintf(b, "  %s %s\n", st.Paint(term.Cyan, term.Clean(d.Owner)), st.Paint(term.Dim, term.Clean(by(d))))
	}
	andMore(b, p.AffectedTotal-shown)
}

// staying lists what points there and cannot be changed.
func staying(b *strings.Builder, st term.Style, fixed []api.Fixed) {
	if len(fixed) == 0 {
		return
	}
	fmt.Fprintf(b, "%s as %s:\n", st.Paint(term.Bold, term.Plural(len(fixed), "record")+" "+term.Verb(len(fixed), "stay")), isOrAre(len(fixed)))
	shown := min(len(fixed), linesOfPlan)
	for _, f := range fixed[:shown] {
		fmt.Fprintf(b, "  %s %s\n", st.Paint(term.Yellow, term.Clean(f.Owner+" "+f.Type)), st.Paint(term.Dim, term.Clean("zone "+f.Zone+": "+f.Reason)))
	}
	andMore(b, len(fixed)-shown)
}

func isOrAre(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

func andMore(b *strings.Builder, n int) {
	if n > 0 {
		fmt.Fprintf(b, "  … and %d more\n", n)
	}
}

func by(d api.Dependent) string {
	if len(d.Path) > 2 {
		return d.Kind + " by " + d.Path[1].Name
	}
	return d.Kind
}

// drained says when the last cache forgets the old answer.
func drained(d api.Drain) string {
	text := "nobody can say when the last cache forgets the old answer"
	if d.Seconds >= 0 {
		text = fmt.Sprintf("if applied now, the last cache forgets the old answer after %s, at %s",
			term.Span(int64(d.Seconds)), time.Now().Add(time.Duration(d.Seconds)*time.Second).Format("15:04:05"))
	}
	if d.By != "" {
		text += " (" + term.Clean(d.By) + ")"
	}
	return text
}
