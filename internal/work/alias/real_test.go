package alias

import (
	"context"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	_ answer.Flattener = (*Table)(nil)
	_ Resolver         = (*resolver.Resolver)(nil)
)

// authority is the only server there is, that of the zone test.
type authority struct {
	zones atomic.Pointer[zone.Set]
	dead  atomic.Bool
	asked atomic.Int64
}

func (a *authority) publish(t testing.TB, text string) {
	e := zone.Entry{Apex: dname.MustParse("test."), Zone: snapshot(t, "test.", text)}
	a.zones.Store(new(zone.Set).With(e))
}

func (a *authority) Ask(ctx context.Context, server exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	a.asked.Add(1)
	if a.dead.Load() {
		<-ctx.Done()
		return nil, &exchange.Error{Kind: exchange.Timeout, Server: server, Question: q, Err: ctx.Err()}
	}
	select {
	case <-time.After(20 * time.Millisecond):
	case <-ctx.Done():
		return nil, &exchange.Error{Kind: exchange.Timeout, Server: server, Question: q, Err: ctx.Err()}
	}
	query := new(wire.Query)
	if err := query.Parse((&wire.Request{ID: 1, Name: q.Name, Type: q.Type}).Append(nil)); err != nil {
		return nil, err
	}
	found := answer.NewFinder(0).Find(a.zones.Load(), answer.Question{Name: query.Name, Type: query.Type})
	var r wire.Response
	r.Start(nil, query, wire.QR|wire.AA, 65535)
	for _, i := range found.Answer {
		r.Set(i.Owner, i.Set)
	}
	r.Authority()
	for _, i := range found.Authority {
		r.Set(i.Owner, i.Set)
	}
	r.SetRcode(found.Rcode)
	said := new(exchange.Answer)
	return said, said.Reply.Parse(r.Bytes())
}

// real is a scene with a resolver of our own in place of the world.
func real(t testing.TB) (*scene, *authority) {
	a := new(authority)
	s := newScene(t)
	s.o.Resolver = resolver.New(resolver.Options{
		Network: a, Cache: cache.New(cache.Options{}), Own: resolver.Zones(s.zones.Load),
		Routes: []resolver.Route{{Apex: dname.MustParse("test."), Servers: []exchange.Server{{Addr: netip.MustParseAddrPort("10.0.0.1:53")}}}},
	})
	s.table = New(s.o)
	return s, a
}

func (s *scene) stopReal() {
	s.stop()
	s.o.Resolver.(*resolver.Resolver).Close()
}

func TestAMovedTargetIsSeenThroughAResolverAndItsCache(t *testing.T) {
	for _, c := range []struct {
		name, old, next string
		ttl             time.Duration // of what changes
	}{
		{"an address of one second", "cdn.test. 1 A 192.0.2.1\n", "cdn.test. 1 A 192.0.2.2\n", 1},
		{"an address of two seconds", "cdn.test. 2 A 192.0.2.1\n", "cdn.test. 2 A 192.0.2.2\n", 2},
		{"an address of five seconds", "cdn.test. 5 A 192.0.2.1\n", "cdn.test. 5 A 192.0.2.2\n", 5},
		{"an address behind an alias that lasts", "cdn.test. 3600 CNAME e.test.\ne.test. 3 A 192.0.2.1\n", "cdn.test. 3600 CNAME e.test.\ne.test. 3 A 192.0.2.2\n", 3},
		{"an alias of addresses that last", "cdn.test. 4 CNAME e.test.\ne.test. 3600 A 192.0.2.1\n", "cdn.test. 4 CNAME f.test.\nf.test. 3600 A 192.0.2.2\n", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, net := real(t)
				net.publish(t, c.old)
				s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
				s.run()
				defer s.stopReal()
				for round := range 20 { // at other moments of its time each
					net.publish(t, c.old)
					time.Sleep((c.ttl + 1) * time.Second)
					if got := short(s.flat("cdn.test.")); !strings.HasPrefix(got, "fresh 192.0.2.1 ") && !strings.HasPrefix(got, "renewing 192.0.2.1") {
						t.Fatalf("round %d, back: %s", round, got)
					}
					time.Sleep(time.Duration(round) * 137 * time.Millisecond)
					net.publish(t, c.next)
					time.Sleep((c.ttl + 1) * time.Second)
					if got := short(s.flat("cdn.test.")); !strings.HasPrefix(got, "fresh 192.0.2.2 ") && !strings.HasPrefix(got, "renewing 192.0.2.2") {
						t.Fatalf("round %d: %s", round, got)
					}
				}
			})
		})
	}
}

func TestALongAliasIsNotAskedForWithAShortAddress(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, net := real(t)
		net.publish(t, "cdn.test. 3600 CNAME e.test.\ne.test. 3600 CNAME f.test.\nf.test. 10 A 192.0.2.1\nf.test. 10 AAAA ::1\n")
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stopReal()
		time.Sleep(10 * time.Minute)
		if n := net.asked.Load(); n > 2*600/8+20 {
			t.Errorf("%d questions in ten minutes for two families of ten seconds", n)
		}
	})
}

func TestATargetThatLeadsBackOutside(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, net := real(t)
		net.publish(t, "cdn.test. 5 A 192.0.2.1\n")
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stopReal()
		time.Sleep(time.Second)
		s.want("cdn.test.", "fresh 192.0.2.1 5")
		net.publish(t, "cdn.test. 5 CNAME example.com.\n")
		time.Sleep(time.Minute)
		if got := s.flat("cdn.test."); got.State != answer.Failing || !strings.Contains(got.Why, "loop at cdn.test.") {
			t.Errorf("%s: %q", short(got), got.Why)
		}
	})
}

func TestWhatOthersSayOfOurOwnNames(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, net := real(t)
		net.publish(t, "cdn.test. 5 CNAME www.example.com.\nother.test. 7 A 192.0.2.7\n")
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\nwww 60 ALIAS other.test.\n"})
		s.run()
		defer s.stopReal()
		time.Sleep(time.Second)
		s.want("cdn.test.", "fresh 192.0.2.7 5")
	})
}

func TestServersThatDieAndComeBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, net := real(t)
		net.publish(t, "cdn.test. 5 A 192.0.2.1\n")
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stopReal()
		for range 3 {
			time.Sleep(20 * time.Second)
			net.dead.Store(true)
			for range 60 {
				time.Sleep(time.Second)
				if got := s.flat("cdn.test."); got.Set.Empty() {
					t.Fatalf("the last good answer is lost: %s", short(got))
				}
			}
			if got := s.flat("cdn.test."); got.State != answer.Failing || got.Why == "" {
				t.Error(short(got))
			}
			net.dead.Store(false)
			time.Sleep(75 * time.Second)
			if got := s.flat("cdn.test."); got.State != answer.Fresh && got.State != answer.Renewing {
				t.Errorf("%s, %s", short(got), got.Why)
			}
		}
	})
}

func TestFlattenOfTheRoot(t *testing.T) {
	s := newScene(t)
	var k dname.Key
	k.Set(dname.Root)
	if got := s.table.Flatten(&k, rr.TypeA, 0); got.State != answer.Unasked {
		t.Error(short(got))
	}
	s.table.close()
}
