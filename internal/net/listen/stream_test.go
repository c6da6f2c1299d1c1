package listen

import (
	"encoding/binary"
	"io"
	"math"
	"runtime"
	"testing"
)

func TestWhole(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want bool
	}{
		{"nothing", nil, false},
		{"half a length", []byte{0}, false},
		{"length zero", []byte{0, 0}, false},
		{"length zero and more", []byte{0, 0, 1}, false},
		{"a length alone", []byte{0, 1}, false},
		{"shortest message", []byte{0, 1, 9}, true},
		{"one octet short", framed(0, 40)[:41], false},
		{"exactly one", framed(0, 40), true},
		{"one and a half", append(framed(0, 40), framed(1, 40)[:20]...), true},
		{"longest message", framed(0, math.MaxUint16), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := whole(tc.in); got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

// fixed answers with n octets, in place or in memory that append had to find.
type fixed struct {
	plain
	n int
}

func (f fixed) Respond(dst []byte, _ *Query) []byte { return append(dst, make([]byte, f.n)...) }

func TestRespondFramesWhateverTheCapacity(t *testing.T) {
	for _, n := range []int{1, 12, responseSize - 1, responseSize, responseSize + 1, 5000, math.MaxUint16} {
		for _, room := range []int{0, 1, 2, 3, responseSize, 2 * responseSize, 70000} {
			c := &conn{shared: &shared{count: &Counters{}}}
			before := append(make([]byte, 0, 5+room), "first"...)
			out := c.respond(fixed{n: n}, before)
			if len(out) != 5+prefixLen+n || string(out[:5]) != "first" || int(binary.BigEndian.Uint16(out[5:])) != n {
				t.Errorf("%d octets with room for %d: length %d, prefix %x", n, room, len(out), out[5:7])
			}
		}
	}
}

func TestRespondLeavesNoTraceOfWhatIsNotSent(t *testing.T) {
	for _, n := range []int{0, math.MaxUint16 + 1, 1 << 20} {
		c := &conn{shared: &shared{count: &Counters{}}}
		if out := c.respond(fixed{n: n}, []byte("first")); string(out) != "first" {
			t.Errorf("%d octets: output grew to %d", n, len(out))
		}
		if got := c.count.TCPOversize.Load() == 1; got != (n > 0) {
			t.Errorf("%d octets: counted as oversize: %v", n, got)
		}
	}
}

// The buffer for a message grows with what came, not with what was promised.
func TestGrowInputFollowsTheOctets(t *testing.T) {
	c := &conn{}
	c.input = newBuffer()
	longest := prefixLen + math.MaxUint16
	for len(*c.input) < longest {
		*c.input = append(*c.input, byte(len(*c.input)))
		c.growInput()
		if n, room := len(*c.input), cap(*c.input); room > max(inputSize, 2*n) || room > longest && room > inputSize {
			t.Fatalf("%d octets hold a buffer of %d", n, room)
		}
	}
	for i, b := range *c.input {
		if b != byte(i) {
			t.Fatalf("octet %d changed while growing", i)
		}
	}
}

func TestTCPAllocatesNothingPerMessage(t *testing.T) {
	if raceEnabled {
		t.Skip("buffers are not reused under the race detector")
	}
	s, err := Open(parse(t, "127.0.0.1:0"), func() Responder { return plain{} }, Options{})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(t.Context()) }()
	defer s.Close()
	c := dialTCP(t, s.Addrs()[0])
	msg := framed(1, 40)
	buf := make([]byte, len(msg))
	exchange := func(n int) {
		for range n {
			if _, err := c.Write(msg); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(c, buf); err != nil {
				t.Fatal(err)
			}
		}
	}
	exchange(100)
	const messages = 20_000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	exchange(messages)
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > messages/100 {
		t.Errorf("%d allocations for %d messages", n, messages)
	}
}
