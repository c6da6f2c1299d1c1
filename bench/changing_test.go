package main

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// pretender is a server that keeps single records in memory and answers DNS
// questions for them the second time only, so that somebody has to look twice.
type pretender struct {
	mu      sync.Mutex
	records map[string]bool
	asked   map[string]int
	refuse  int // so many requests first
	done    int // requests that were not refused
	enough  func()
}

// enoughChanges is after how many enough is called.
const enoughChanges = 9

func (p *pretender) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse > 0 {
		p.refuse--
		http.Error(w, "database is locked", http.StatusInternalServerError)
		return
	}
	if p.done++; p.done == enoughChanges && p.enough != nil {
		p.enough()
	}
	p.asked = map[string]int{}
	if r.Method == http.MethodDelete {
		clear(p.records)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	p.records["any"] = true
	w.WriteHeader(http.StatusCreated)
}

// answer turns a query into its response.
func (p *pretender) answer(msg []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked["any"]++
	known := p.records["any"] == (p.asked["any"] > 1)
	msg = append([]byte(nil), msg...)
	msg[2] |= 0x80
	if !known {
		msg[3] = nxDomain
		return msg
	}
	msg[7] = 1
	return append(msg, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1)
}

// pretend is a server of the suite with p behind it, in this process.
func pretend(t *testing.T, p *pretender) *server {
	t.Helper()
	addr, _ := answering(t, p.ServeHTTP)
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := socket.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = socket.WriteTo(p.answer(buf[:n]), from)
		}
	}()
	port := func(addr string) int {
		n, _ := strconv.Atoi(addr[strings.LastIndexByte(addr, ':')+1:])
		return n
	}
	return &server{site: site{port: port(socket.LocalAddr().String()), http: port(addr)}}
}

func TestMakerLooksUntilTheAnswerIsRight(t *testing.T) {
	p := &pretender{records: map[string]bool{}, refuse: 2}
	m := &changing{server: pretend(t, p), dialect: appendTruename}
	k, err := m.maker(phase{zone: "small.example.", connections: 1, look: true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.enough = cancel
	k.run(ctx)
	if k.err != nil || len(k.acks) != enoughChanges+1 || len(k.seen) != len(k.acks) || k.refused != 2 {
		t.Errorf("%d acknowledged, %d seen, %d refused, %v", len(k.acks), len(k.seen), k.refused, k.err)
	}
	if p.records["any"] {
		t.Error("the zone is not as it was")
	}
}

func TestRefusedForEver(t *testing.T) {
	p := &pretender{records: map[string]bool{}, refuse: math.MaxInt}
	m := &changing{server: pretend(t, p), dialect: appendPDNS}
	k, err := m.maker(phase{zone: "small.example."}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.send(ctx, appendPDNS(nil, changeAt("small.example.", 0, 0))); !errors.Is(err, errRefused) || k.refused != 1 {
		t.Errorf("%v after %d", err, k.refused)
	}
}

func TestTallies(t *testing.T) {
	ms := func(n ...int) (all []time.Duration) {
		for _, one := range n {
			all = append(all, time.Duration(one)*time.Millisecond)
		}
		return all
	}
	one := tally{changes: 500, wall: 2 * time.Second, server: 100 * time.Millisecond}
	if one.rate() != 250 || one.per(one.server) != 200 || (tally{}).rate() != 0 || (tally{}).per(time.Second) != 0 {
		t.Errorf("%f a second, %f us each", one.rate(), one.per(one.server))
	}
	for _, c := range []struct {
		of   []time.Duration
		q    float64
		want float64
	}{{nil, .5, 0}, {ms(7), .99, 7}, {ms(1, 2, 3), .5, 2}, {ms(1, 2, 3, 4), .99, 4}, {ms(1, 2), 1, 2}} {
		if got := quantile(c.of, c.q); got != c.want {
			t.Errorf("%v of %v is %f", c.q, c.of, got)
		}
	}
	if ownTime() <= 0 || loadAverage() == none {
		t.Errorf("own time %v, load %s", ownTime(), loadAverage())
	}
}
