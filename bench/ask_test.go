package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// answerTo builds the right answer to q: the question, then records that point
// back at it, the last one with q's address.
func answerTo(t *testing.T, id uint16, q query) []byte {
	t.Helper()
	msg, err := appendQuery(nil, id, q)
	if err != nil {
		t.Fatal(err)
	}
	msg[2], msg[3] = 0x84, byte(q.rcode)
	binary.BigEndian.PutUint16(msg[6:], uint16(q.answers))
	for i := range q.answers {
		data := []byte{1, 'x', 0xc0, headerLen}
		if i == q.answers-1 {
			data = q.address.AsSlice()
		}
		msg = append(msg, 0xc0, headerLen, 0, byte(q.qtype), 0, 1, 0, 0, 14, 16)
		msg = binary.BigEndian.AppendUint16(msg, uint16(len(data)))
		msg = append(msg, data...)
	}
	return msg
}

func TestAppendQuery(t *testing.T) {
	got, err := appendQuery(nil, 0x1234, query{name: "a.b.", qtype: 28})
	if err != nil {
		t.Fatal(err)
	}
	want := "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x01b\x00\x00\x1c\x00\x01"
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAppendQueryOfABadName(t *testing.T) {
	if _, err := appendQuery(nil, 1, query{name: "a..b."}); err == nil {
		t.Error("a name with an empty label was accepted")
	}
}

func TestParseReplyReadsTheLastAddress(t *testing.T) {
	for _, q := range []query{small.hostQuery(1), small.aliasQuery(2), small.chainQuery(3), small.missingQuery(4)} {
		r, err := parseReply(answerTo(t, 7, q))
		if err != nil {
			t.Fatalf("%s: %v", q.name, err)
		}
		if r.id != 7 {
			t.Errorf("%s: id %d, want 7", q.name, r.id)
		}
		if err := q.judge(r); err != nil {
			t.Error(err)
		}
	}
}

func TestParseReplyCutAnywhereFailsInOrder(t *testing.T) {
	msg := answerTo(t, 7, small.chainQuery(3))
	for n := range msg {
		if _, err := parseReply(msg[:n]); err == nil {
			t.Errorf("a reply of %d of %d octets was accepted", n, len(msg))
		}
	}
}

func FuzzParseReply(f *testing.F) {
	f.Add([]byte("\x00\x01\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x7f\x00\x00\x01"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, msg []byte) {
		if r, err := parseReply(msg); err == nil && len(msg) < headerLen {
			t.Errorf("%x was read as %+v", msg, r)
		}
	})
}

func TestJudge(t *testing.T) {
	q := small.aliasQuery(2)
	right := reply{rcode: noError, answers: 2, address: q.address}
	cases := []struct {
		situation string
		change    func(*reply)
		complaint string
	}{
		{"right", func(*reply) {}, ""},
		{"refused", func(r *reply) { r.rcode = 5 }, "rcode 5"},
		{"alias not followed", func(r *reply) { r.answers = 1 }, "with 1"},
		{"another address", func(r *reply) { r.address = netip.MustParseAddr("192.0.2.1") }, "192.0.2.1"},
	}
	for _, c := range cases {
		r := right
		c.change(&r)
		err := q.judge(r)
		if (err == nil) != (c.complaint == "") || err != nil && !strings.Contains(err.Error(), c.complaint) {
			t.Errorf("%s: %v", c.situation, err)
		}
	}
}

// respondUDP answers every datagram with what respond makes of its id.
func respondUDP(t *testing.T, respond func(id uint16) [][]byte) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		var buf [512]byte
		for {
			n, from, err := conn.ReadFrom(buf[:])
			if err != nil {
				return
			}
			for _, msg := range respond(binary.BigEndian.Uint16(buf[:n])) {
				conn.WriteTo(msg, from)
			}
		}
	}()
	return conn.LocalAddr().String()
}

func TestVerifyOverUDP(t *testing.T) {
	q := small.aliasQuery(2)
	addr := respondUDP(t, func(id uint16) [][]byte {
		return [][]byte{answerTo(t, id+9, small.missingQuery(1)), answerTo(t, id, q)}
	})
	if err := verify(t.Context(), "udp", addr, []query{q, q}); err != nil {
		t.Errorf("a right answer behind a stray one: %v", err)
	}
	if err := verify(t.Context(), "udp", addr, []query{small.hostQuery(2)}); err == nil {
		t.Error("a wrong answer was accepted")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := verify(stopped, "udp", addr, []query{q}); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancelling: %v", err)
	}
}

func TestVerifyOverTCP(t *testing.T) {
	q := small.hostQuery(4)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		question, _ := appendQuery(nil, 0, q)
		buf := make([]byte, 2+len(question))
		for {
			if _, err := io.ReadFull(conn, buf); err != nil {
				return
			}
			msg := answerTo(t, binary.BigEndian.Uint16(buf[2:]), q)
			conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(msg))), msg...))
		}
	}()
	if err := verify(t.Context(), "tcp", listener.Addr().String(), []query{q, q, q}); err != nil {
		t.Error(err)
	}
}

func TestAwaitAnswerPassesOverWrongOnes(t *testing.T) {
	q, asked := small.hostQuery(1), 0
	addr := respondUDP(t, func(id uint16) [][]byte {
		if asked++; asked < 3 {
			return [][]byte{answerTo(t, id, small.missingQuery(1))}
		}
		return [][]byte{answerTo(t, id, q)}
	})
	if err := awaitAnswer(t.Context(), addr, q, q.judge); err != nil {
		t.Error(err)
	}
}

func TestAwaitAnswerTellsWhyItGaveUp(t *testing.T) {
	q := small.hostQuery(1)
	addr := respondUDP(t, func(id uint16) [][]byte { return [][]byte{answerTo(t, id, small.missingQuery(1))} })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := awaitAnswer(ctx, addr, q, q.judge)
	if err == nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
