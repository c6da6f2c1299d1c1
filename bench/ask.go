package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
)

const headerLen = 12

// appendQuery appends the message that asks q, with RD as dnsperf does.
func appendQuery(b []byte, id uint16, q query) ([]byte, error) {
	b = binary.BigEndian.AppendUint16(b, id)
	b = append(b, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	b, err := dname.Append(b, q.name, nil)
	if err != nil {
		return nil, err
	}
	b = binary.BigEndian.AppendUint16(b, uint16(q.qtype))
	return append(b, 0, 1), nil
}

// reply is what the harness looks at in an answer.
type reply struct {
	id      uint16
	rcode   int
	answers int
	address netip.Addr // data of the last answer record where that is an address
}

var errShort = errors.New("reply ends too early")

func parseReply(msg []byte) (reply, error) {
	if len(msg) < headerLen {
		return reply{}, errShort
	}
	r := reply{
		id:      binary.BigEndian.Uint16(msg),
		rcode:   int(msg[3] & 0xf),
		answers: int(binary.BigEndian.Uint16(msg[6:])),
	}
	at := headerLen
	for range binary.BigEndian.Uint16(msg[4:]) {
		at = skipName(msg, at) + 4
	}
	for range r.answers {
		at = skipName(msg, at) + 10
		if at > len(msg) {
			return r, errShort
		}
		end := at + int(binary.BigEndian.Uint16(msg[at-2:]))
		if end > len(msg) {
			return r, errShort
		}
		r.address, _ = netip.AddrFromSlice(msg[at:end])
		at = end
	}
	return r, nil
}

// skipName returns the offset after the name at offset at, or an offset past
// the end of a message that ends inside it.
func skipName(msg []byte, at int) int {
	for at < len(msg) {
		switch n := int(msg[at]); {
		case n == 0:
			return at + 1
		case n >= 0xc0:
			return at + 2
		default:
			at += 1 + n
		}
	}
	return at
}

// judge says how r differs from the right answer to q.
func (q query) judge(r reply) error {
	if r.rcode != q.rcode || r.answers != q.answers {
		return fmt.Errorf("%s %s: want rcode %d with %d answer records, got rcode %d with %d",
			q.name, q.qtype, q.rcode, q.answers, r.rcode, r.answers)
	}
	if q.answers > 0 && r.address != q.address {
		return fmt.Errorf("%s %s: want %v as the last answer record, got %v", q.name, q.qtype, q.address, r.address)
	}
	return nil
}

// askUDP asks one question on a connected UDP socket and waits up to wait.
// Replies to other questions are passed over.
func askUDP(conn net.Conn, id uint16, q query, wait time.Duration) (reply, error) {
	msg, err := appendQuery(nil, id, q)
	if err != nil {
		return reply{}, err
	}
	if _, err := conn.Write(msg); err != nil {
		return reply{}, err
	}
	conn.SetReadDeadline(time.Now().Add(wait))
	var buf [4096]byte
	for {
		n, err := conn.Read(buf[:])
		if err != nil {
			return reply{}, err
		}
		if r, err := parseReply(buf[:n]); err == nil && r.id == id {
			return r, nil
		}
	}
}

// askTCP asks one question on an open TCP connection.
func askTCP(conn net.Conn, id uint16, q query, wait time.Duration) (reply, error) {
	msg, err := appendQuery(make([]byte, 2), id, q)
	if err != nil {
		return reply{}, err
	}
	binary.BigEndian.PutUint16(msg, uint16(len(msg)-2))
	conn.SetDeadline(time.Now().Add(wait))
	if _, err := conn.Write(msg); err != nil {
		return reply{}, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return reply{}, err
	}
	body := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, body); err != nil {
		return reply{}, err
	}
	return parseReply(body)
}

// verify asks every query and refuses the server at the first wrong answer: a
// benchmark of wrong answers is worth nothing.
func verify(ctx context.Context, network, addr string, queries []query) error {
	ask := askUDP
	if network == "tcp" {
		ask = askTCP
	}
	conn, err := net.Dial(network, addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	for i, q := range queries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := ask(conn, uint16(i), q, 2*time.Second)
		if err != nil {
			return fmt.Errorf("%s %s over %s: %w", q.name, q.qtype, network, err)
		}
		if err := q.judge(r); err != nil {
			return err
		}
	}
	return nil
}

// pollEvery is the time between two questions to a server that is starting,
// and so the grain of the time to the first answer.
const pollEvery = time.Millisecond

// awaitAnswer asks q until accept takes an answer. A server that has bound its
// socket but still loads answers the oldest question first: all share one id.
func awaitAnswer(ctx context.Context, addr string, q query, accept func(reply) error) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	last := errors.New("no answer")
	for ctx.Err() == nil {
		asked := time.Now()
		r, err := askUDP(conn, 1, q, pollEvery)
		if err == nil {
			if err = accept(r); err == nil {
				return nil
			}
			last = err
		}
		time.Sleep(time.Until(asked.Add(pollEvery)))
	}
	return fmt.Errorf("%w: %w", context.Cause(ctx), last)
}
