// Echo answers every message with itself, the QR bit flipped: the cost of
// package listen alone, to be measured beside bench/echo/echo.c.
package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/truename-dns/truename/internal/net/listen"
)

type echo struct{}

func (echo) Respond(dst []byte, q *listen.Query) []byte {
	dst = append(dst, q.Msg...)
	if len(dst) > 2 {
		dst[2] ^= 0x80
	}
	return dst
}

func (echo) Done(int, time.Duration) {}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: %s ADDRESS:PORT", os.Args[0])
	}
	addr, err := netip.ParseAddrPort(os.Args[1])
	if err != nil {
		return err
	}
	s, err := listen.Open([]netip.AddrPort{addr}, func() listen.Responder { return echo{} }, listen.Options{})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return s.Serve(ctx)
}
