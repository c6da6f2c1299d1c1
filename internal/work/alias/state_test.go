package alias

import (
	"context"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
)

func TestStatesTellAllThatIsKnown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		midnight := time.Now()
		s := newScene(t, func(o *Options) { o.Account, o.MaxPerAccount = byFirstLabel, 2 })
		s.world.set("cdn.test. A", says{"192.0.2.1", 60, time.Second})
		s.world.set("cdn.test. AAAA", says{"servfail", 0, time.Second})
		s.world.set("guest.test.", says{"192.0.2.1", 60, 0})
		s.publish(map[string]string{"ann.": "@ ALIAS cdn.test.\nb ALIAS cdn.test.\nc ALIAS two.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(100 * time.Millisecond)
		s.publish(map[string]string{"ann2.": "@ ALIAS three.test.\n"})
		s.table.Warm(context.Background(), dname.MustParse("guest.test."))
		time.Sleep(9900 * time.Millisecond)

		st, ok := s.table.State(dname.MustParse("CDN.test."))
		if !ok || st.Target.String() != "cdn.test." || st.Uses != 2 || st.Account != "ann" || st.Guest {
			t.Errorf("%v %+v", ok, st)
		}
		a := st.A
		if a.State != answer.Fresh || !a.Answered.Equal(midnight.Add(time.Second)) || !a.Expires.Equal(midnight.Add(61*time.Second)) ||
			!a.Tried.Equal(midnight) || a.Next.Before(midnight.Add(49*time.Second)) || a.Next.After(a.Expires) || a.Failures != 0 || !a.Failing.IsZero() {
			t.Errorf("A: %+v", a)
		}
		aaaa := st.AAAA
		if aaaa.State != answer.Failing || aaaa.Why != "no server answered" || !aaaa.Answered.IsZero() || !aaaa.Expires.IsZero() || aaaa.Failures != 3 || !aaaa.Failing.Equal(midnight) {
			t.Errorf("AAAA: %+v", aaaa)
		}
		if st, ok := s.table.State(dname.MustParse("three.test.")); !ok || st.A.Why != whyMany || !st.A.Tried.IsZero() || !st.A.Next.IsZero() {
			t.Errorf("refused: %+v", st)
		}
		if st, ok := s.table.State(dname.MustParse("guest.test.")); !ok || !st.Guest || st.Uses != 0 || st.Account != "" {
			t.Errorf("guest: %+v", st)
		}
		if _, ok := s.table.State(dname.MustParse("nobody.test.")); ok {
			t.Error("what nobody leads to has a state")
		}
		n := 0
		for range s.table.States() {
			if n++; n == 2 {
				break
			}
		}
		if n != 2 {
			t.Errorf("%d states", n)
		}
	})
}
