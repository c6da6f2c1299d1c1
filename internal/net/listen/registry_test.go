package listen

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"
)

// model is what registry promises, written the slow and plain way.
type model struct {
	all  []*conn
	idle []*conn // in the order in which they became idle
	held map[*conn]int
	busy map[*conn]bool // being answered
}

// rest makes c idle if it is there and nothing keeps it.
func (m *model) rest(c *conn) {
	if slices.Contains(m.all, c) && !slices.Contains(m.idle, c) && m.held[c] == 0 && !m.busy[c] {
		m.idle = append(m.idle, c)
	}
}

func (m *model) wake(c *conn) {
	m.idle = slices.DeleteFunc(m.idle, func(o *conn) bool { return o == c })
}

func (m *model) forget(c *conn) {
	same := func(o *conn) bool { return o == c }
	m.all = slices.DeleteFunc(m.all, same)
	m.idle = slices.DeleteFunc(m.idle, same)
}

// admit does what registry.admit should and says whether c may stay.
func (m *model) admit(c *conn, opt Options) bool {
	peer := 0
	for _, o := range m.all {
		if o.prefix == c.prefix {
			peer++
		}
	}
	if peer >= opt.MaxConnsPerPeer || len(m.all) >= opt.MaxConns && len(m.idle) == 0 {
		return false
	}
	if len(m.all) >= opt.MaxConns {
		m.forget(m.idle[0])
	}
	m.all, m.idle = append(m.all, c), append(m.idle, c)
	return true
}

func TestRegistryAgreesWithItsModel(t *testing.T) {
	opt := Options{MaxConns: 12, MaxConnsPerPeer: 5, MaxHeldPerConn: 3}.withDefaults()
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		r, m := newRegistry(opt, &Counters{}), &model{held: map[*conn]int{}, busy: map[*conn]bool{}}
		var ever []*conn // includes those that have left: their goroutines still call
		for step := range 400 {
			if len(ever) == 0 || rnd.IntN(3) == 0 {
				addr := netip.AddrFrom4([4]byte{192, 0, 2, byte(rnd.IntN(4))})
				c := &conn{tcp: &net.TCPConn{}, prefix: r.prefix(addr)}
				if got, want := r.admit(c), m.admit(c, opt); got != want {
					t.Fatalf("seed %d, step %d: admitted %v, want %v", seed, step, got, want)
				}
				ever = append(ever, c)
			}
			if !change(rnd.IntN(8), ever[rnd.IntN(len(ever))], r, m) || !agree(r, m) {
				t.Fatalf("seed %d, step %d: the registry differs from its model", seed, step)
			}
		}
	}
}

// change does one thing to c in both and says whether they answer the same.
func change(what int, c *conn, r *registry, m *model) bool {
	switch what {
	case 0:
		r.release(c)
		m.forget(c)
	case 1, 2:
		r.busy(c)
		m.busy[c] = true
		m.wake(c)
	case 3, 4:
		if r.hold(c) != (m.held[c] < r.opt.MaxHeldPerConn) {
			return false
		}
		m.held[c] = min(m.held[c]+1, r.opt.MaxHeldPerConn)
		m.wake(c)
	case 5:
		settled := r.whenSettled(c)
		if m.held[c] > 0 {
			r.settle(c, m.held[c])
			m.held[c] = 0
			m.rest(c)
		}
		<-settled
	default:
		r.idle(c)
		m.busy[c] = false
		m.rest(c)
	}
	return true
}

func agree(r *registry, m *model) bool {
	var forward, backward []*conn
	for c := r.oldest; c != nil; c = c.newer {
		forward = append(forward, c)
	}
	for c := r.newest; c != nil; c = c.older {
		backward = append(backward, c)
	}
	slices.Reverse(backward)
	peers := 0
	for _, n := range r.peers {
		peers += n
	}
	return slices.Equal(forward, m.idle) && slices.Equal(backward, m.idle) &&
		len(r.all) == len(m.all) && peers == len(m.all) && r.count.TCPConns.Load() == int64(len(m.all))
}

func TestOptionsDefaultEachFieldAlone(t *testing.T) {
	d := Options{}.withDefaults()
	if d.Workers != runtime.GOMAXPROCS(0) || d.MaxConns != 4096 || d.IdleTimeout != 10*time.Second {
		t.Errorf("defaults: %+v", d)
	}
	o := Options{MaxConns: 7, PeerPrefix6: 500, Grace: time.Minute, Workers: -1}.withDefaults()
	if o.MaxConns != 7 || o.PeerPrefix6 != 128 || o.Grace != time.Minute || o.Workers != d.Workers || o.ReadTimeout != d.ReadTimeout {
		t.Errorf("with some given: %+v", o)
	}
	if UDP.String() != "udp" || TCP.String() != "tcp" {
		t.Error("transports are misnamed")
	}
}
