package listen

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Server has its sockets from Open to the end of Serve or Close.
type Server struct {
	opt       Options
	count     Counters
	bindings  []*binding
	workers   []*worker
	acceptors []*acceptor
	registry  *registry
	room      *room
	conns     sync.WaitGroup // of connections, and of who writes their late replies

	mu      sync.Mutex
	serving bool
	closing bool
	stop    chan struct{} // closed by Close
	done    chan struct{} // closed when all sockets are
}

// Open binds every address for UDP and TCP. A port of 0 takes a free one, the
// same for both. make is called for each UDP worker now and for TCP as needed;
// its calls may be concurrent. An error names the address and says what to do,
// and leaves nothing open. Messages wait in the sockets until Serve.
func Open(addrs []netip.AddrPort, make func() Responder, opt Options) (*Server, error) {
	if len(addrs) == 0 {
		return nil, errors.New("no address to listen on: give at least one")
	}
	s := &Server{opt: opt.withDefaults(), stop: newSignal(), done: newSignal()}
	s.registry = newRegistry(s.opt, &s.count)
	s.room = &room{max: s.opt.MaxHeld, count: &s.count}
	sh := &shared{
		opt: s.opt, count: &s.count, registry: s.registry, room: s.room, conns: &s.conns,
		responders: &responders{make: make}, allUnread: new(atomic.Int64),
	}
	for _, addr := range addrs {
		b, err := bind(addr, s.opt)
		if err != nil {
			s.closeSockets()
			return nil, err
		}
		s.bindings = append(s.bindings, b)
		s.acceptors = append(s.acceptors, &acceptor{ln: b.tcp, shared: sh})
	}
	if err := s.addWorkers(make); err != nil {
		s.closeSockets()
		return nil, err
	}
	return s, nil
}

func newSignal() chan struct{} { return make(chan struct{}) }

func (s *Server) addWorkers(make func() Responder) error {
	for _, b := range s.bindings {
		for _, c := range b.udp {
			w, err := newWorker(c, make(), s.room)
			if err != nil {
				return err
			}
			s.workers = append(s.workers, w)
		}
	}
	return nil
}

// Addrs returns the addresses in the order given to Open, with the ports bound.
func (s *Server) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(s.bindings))
	for i, b := range s.bindings {
		addrs[i] = b.addr
	}
	return addrs
}

// Counters returns the live counters.
func (s *Server) Counters() *Counters { return &s.count }

// IdleTimeout is what a TCP connection may idle now, to be told to peers that
// ask (RFC 7828). It shrinks as connections take up MaxConns.
func (s *Server) IdleTimeout() time.Duration { return s.registry.idleTimeout() }

// Serve answers until ctx ends or Close is called. Then it receives no more,
// answers what was received, gives held queries and TCP peers up to Grace to
// end, closes everything and returns nil; a Held that is replied to after that
// touches nothing. It returns an error early only if a socket breaks. It can be
// called once.
func (s *Server) Serve(ctx context.Context) error {
	if !s.begin() {
		return net.ErrClosed
	}
	defer close(s.done)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	broken := make(chan error, len(s.workers))
	var receivers sync.WaitGroup
	for _, w := range s.workers {
		receivers.Go(func() {
			if err := w.run(); err != nil {
				broken <- err
			}
		})
	}
	for _, a := range s.acceptors {
		receivers.Go(func() { a.run(ctx) })
	}
	var err error
	select {
	case <-ctx.Done():
	case <-s.stop:
	case err = <-broken:
	}
	cancel()
	s.shutDown(&receivers)
	return err
}

// begin says whether Serve may start.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serving || s.closing {
		return false
	}
	s.serving = true
	return true
}

func (s *Server) shutDown(receivers *sync.WaitGroup) {
	for _, b := range s.bindings {
		_ = b.tcp.Close()
	}
	for _, w := range s.workers {
		w.stop()
	}
	receivers.Wait()
	grace, cancel := context.WithTimeout(context.Background(), s.opt.Grace)
	defer cancel()
	for _, over := range []<-chan struct{}{s.registry.drain(), s.room.whenVacant()} {
		select {
		case <-over:
		case <-grace.Done():
		}
	}
	s.registry.closeAll()
	s.conns.Wait()
	s.closeSockets()
}

// Close ends Serve and waits for it, or closes the sockets if Serve was never
// called. It may be called more than once.
func (s *Server) Close() error {
	s.mu.Lock()
	first, serving := !s.closing, s.serving
	s.closing = true
	s.mu.Unlock()
	switch {
	case first && serving:
		close(s.stop)
	case first:
		s.closeSockets()
		close(s.done)
	}
	<-s.done
	return nil
}

func (s *Server) closeSockets() {
	for _, b := range s.bindings {
		b.close()
	}
}
