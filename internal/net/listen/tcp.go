package listen

import (
	"context"
	"errors"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// Waits after a failure to accept, doubling from the first to the last.
const (
	acceptBackoffMin = 5 * time.Millisecond
	acceptBackoffMax = time.Second
)

// acceptor takes the connections of one listener.
type acceptor struct {
	*shared
	ln *net.TCPListener
}

// run accepts until the listener is closed or ctx ends.
func (a *acceptor) run(ctx context.Context) {
	wait := time.Duration(0)
	for {
		tcp, err := a.ln.AcceptTCP()
		switch {
		case err == nil:
			wait = 0
			a.take(tcp)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			wait = a.backOff(ctx, wait)
		}
	}
}

// backOff waits after a failed accept, longer each time. If a connection does
// wait (accept fails without descriptors even if none does), the one idle for
// longest gives its descriptor and memory back.
func (a *acceptor) backOff(ctx context.Context, wait time.Duration) time.Duration {
	a.count.TCPAcceptErrors.Add(1)
	if a.pending() {
		a.registry.makeRoom()
	}
	wait = min(max(acceptBackoffMin, 2*wait), acceptBackoffMax)
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
	return wait
}

// pending says whether a connection waits to be accepted.
func (a *acceptor) pending() bool {
	raw, err := a.ln.SyscallConn()
	if err != nil {
		return false
	}
	poll := []unix.PollFd{{Events: unix.POLLIN}}
	_ = withFD(raw, func(fd int) error {
		poll[0].Fd = int32(fd)
		_, err := unix.Poll(poll, 0)
		return err
	})
	return poll[0].Revents&unix.POLLIN != 0
}

func (a *acceptor) take(tcp *net.TCPConn) {
	c, err := newConn(tcp, a.shared)
	if err != nil {
		_ = tcp.Close()
		return
	}
	if !a.registry.admit(c) {
		a.count.TCPRefused.Add(1)
		_ = tcp.Close()
		return
	}
	a.count.TCPAccepted.Add(1)
	a.conns.Go(c.serve)
}
