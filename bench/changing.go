package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// phase is one measurement of changes.
type phase struct {
	zone        string
	connections int
	look        bool // ask DNS after each acknowledgement until it answers as the change says
}

// tally is what a phase measured.
type tally struct {
	phase
	changes int
	refused int // requests that were repeated: PowerDNS refuses where two write at once
	wall    time.Duration
	server  time.Duration   // core time of the server
	client  time.Duration   // core time of this program
	other   float64         // share of all cores that went to others, 0 to 1
	load    string          // load average of the last minute, at the end
	acks    []time.Duration // from request to acknowledgement
	seen    []time.Duration // from acknowledgement to the right answer
}

// changing makes single-record changes to one server.
type changing struct {
	server  *server
	dialect dialect
	length  time.Duration
	run     int // phases so far: names are not used twice
}

// measure runs one phase.
func (m *changing) measure(ctx context.Context, p phase) (tally, error) {
	m.run++
	makers, err := m.makers(p)
	for _, k := range makers {
		defer k.close()
	}
	if err != nil {
		return tally{}, err
	}
	before, err := readMeter(m.server)
	if err != nil {
		return tally{}, err
	}
	own := ownTime()
	runAll(ctx, makers, m.length)
	t := tally{phase: p, client: ownTime() - own, load: loadAverage()}
	after, err := readMeter(m.server)
	if err != nil {
		return t, err
	}
	if err := t.spent(before, after); err != nil {
		return t, err
	}
	return t, t.gather(makers)
}

func runAll(ctx context.Context, makers []*maker, length time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var all sync.WaitGroup
	for _, k := range makers {
		all.Go(func() { k.run(ctx) })
	}
	all.Wait()
}

// spent says where the time between two readings went.
func (t *tally) spent(before, after meter) (err error) {
	if t.server, err = after.cpu.since(before.cpu); err != nil {
		return err
	}
	t.wall = after.at.Sub(before.at)
	there := t.wall * time.Duration(runtime.NumCPU())
	t.other = max(0, (after.busy-before.busy-t.server-t.client).Seconds()/there.Seconds())
	return nil
}

// gather adds up what the makers saw.
func (t *tally) gather(makers []*maker) error {
	for _, k := range makers {
		if k.err != nil {
			return k.err
		}
		t.changes += len(k.acks)
		t.refused += k.refused
		t.acks, t.seen = append(t.acks, k.acks...), append(t.seen, k.seen...)
	}
	slices.Sort(t.acks)
	slices.Sort(t.seen)
	return nil
}

// maker is one connection of a phase.
type maker struct {
	phase
	number  int
	dialect dialect
	wire    *wire
	udp     net.Conn
	acks    []time.Duration
	seen    []time.Duration
	refused int
	err     error
}

// makers opens the connections of a phase; what it could open comes with an error.
func (m *changing) makers(p phase) (all []*maker, err error) {
	for n := range p.connections {
		k, err := m.maker(p, n)
		if err != nil {
			return all, err
		}
		all = append(all, k)
	}
	return all, nil
}

func (m *changing) maker(p phase, n int) (*maker, error) {
	k := &maker{phase: p, number: m.run*1000 + n, dialect: m.dialect}
	var err error
	if k.wire, err = dialWire(m.server.api()); err != nil {
		return nil, err
	}
	if k.udp, err = net.Dial("udp", m.server.addr()); err != nil {
		k.wire.close()
		return nil, err
	}
	return k, nil
}

func (k *maker) close() {
	k.wire.close()
	k.udp.Close()
}

// run makes changes until ctx ends; unless it is refused it leaves the zone as it was.
func (k *maker) run(ctx context.Context) {
	var request []byte
	for n := 0; ctx.Err() == nil || n%2 == 1; n++ {
		c := changeAt(k.zone, k.number, n)
		request = k.dialect(request[:0], c)
		begin := time.Now()
		if k.err = k.send(ctx, request); errors.Is(k.err, errRefused) {
			k.err = nil // what was not done does not count
			return
		}
		if k.err != nil {
			k.err = fmt.Errorf("change %d of connection %d: %w", n, k.number, k.err)
			return
		}
		acknowledged := time.Now()
		k.acks = append(k.acks, acknowledged.Sub(begin))
		if !k.look {
			continue
		}
		if k.err = k.await(c.query(), uint16(n)); k.err != nil {
			return
		}
		k.seen = append(k.seen, time.Since(acknowledged))
	}
}

// errRefused says that a server still refused a change when the time was over.
var errRefused = errors.New("refused")

// send repeats a request until the server does it, as its clients have to.
func (k *maker) send(ctx context.Context, request []byte) error {
	for {
		status, err := k.wire.do(request)
		if status != http.StatusInternalServerError {
			return err
		}
		k.refused++
		if ctx.Err() != nil {
			return errRefused
		}
	}
}

// await asks q until the answer is right.
func (k *maker) await(q query, id uint16) error {
	for end := time.Now().Add(patience); ; {
		r, err := askUDP(k.udp, id, q, time.Second)
		if err == nil {
			err = q.judge(r)
		}
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("a change was acknowledged and is not answered: %w", err)
		}
	}
}

// ownTime is the core time that this program has used.
func ownTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// loadAverage is that of the last minute.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return none
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// rate is changes a second.
func (t tally) rate() float64 {
	if t.wall == 0 {
		return 0
	}
	return float64(t.changes) / t.wall.Seconds()
}

// per is microseconds of core time a change.
func (t tally) per(cpu time.Duration) float64 {
	if t.changes == 0 {
		return 0
	}
	return float64(cpu.Nanoseconds()) / 1e3 / float64(t.changes)
}

// quantile of sorted times, in milliseconds; 0 of none.
func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := min(int(q*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[at].Nanoseconds()) / 1e6
}
