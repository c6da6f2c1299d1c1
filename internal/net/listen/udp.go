package listen

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// MaxDatagram is the largest UDP message that arrives whole, in octets. No
	// query comes near it. A larger datagram is cut and still goes to the
	// Responder, whose parser then answers FORMERR from the header it can read,
	// since silence would look like packet loss (RFC 8906, Section 3).
	MaxDatagram = 4096
	// slotSize is an odd number of cache lines, so that the headers of a batch
	// do not all compete for the same few lines of the cache.
	slotSize = MaxDatagram + 64
	// responseSize is what a response buffer starts with, in octets.
	responseSize = 1232
	// batchSize is how many datagrams one system call moves.
	batchSize = 32
	// sendPatience is how long a full send buffer may delay a batch.
	sendPatience = 10 * time.Millisecond
	// drainBatches bounds what a worker still answers after it was told to
	// stop, so that a flood cannot keep it.
	drainBatches = 256
)

// worker serves one UDP socket. Its buffers live as long as it does.
type worker struct {
	conn      *net.UDPConn
	raw       syscall.RawConn
	responder Responder
	count     *Counters
	room      *room
	v6        bool
	stopping  atomic.Bool

	in, out  []mmsghdr // in[i] receives into slot i; out is dense
	inVec    []unix.Iovec
	outVec   []unix.Iovec
	names    [][unix.SizeofSockaddrInet6]byte
	controls []control // nil unless bound to a wildcard address
	buffers  []byte    // slotSize octets for each slot
	replies  [][]byte
	query    Query
	slot     int // of query
}

func newWorker(conn *net.UDPConn, r Responder, held *room) (*worker, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	local := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr()
	w := &worker{
		conn: conn, raw: raw, responder: r, count: held.count, room: held, v6: local.Is6(),
		in:      make([]mmsghdr, batchSize),
		out:     make([]mmsghdr, batchSize),
		inVec:   make([]unix.Iovec, batchSize),
		outVec:  make([]unix.Iovec, batchSize),
		names:   make([][unix.SizeofSockaddrInet6]byte, batchSize),
		buffers: make([]byte, batchSize*slotSize),
		replies: make([][]byte, batchSize),
	}
	w.query.Transport, w.query.origin = UDP, w
	if local.IsUnspecified() {
		w.controls = make([]control, batchSize)
	}
	w.link()
	return w, nil
}

// link points the message headers at the buffers.
func (w *worker) link() {
	space := make([]byte, batchSize*responseSize)
	for i := range w.in {
		w.replies[i] = space[i*responseSize : i*responseSize : (i+1)*responseSize]
		w.inVec[i].Base = &w.buffers[i*slotSize]
		w.inVec[i].SetLen(MaxDatagram)
		w.in[i].hdr.Iov = &w.inVec[i]
		w.in[i].hdr.SetIovlen(1)
		w.in[i].hdr.Name = &w.names[i][0]
		w.in[i].hdr.Namelen = w.nameLen()
		w.out[i].hdr.Iov = &w.outVec[i]
		w.out[i].hdr.SetIovlen(1)
		w.out[i].hdr.Namelen = w.nameLen()
		if w.controls != nil {
			w.in[i].hdr.Control = (*byte)(unsafe.Pointer(&w.controls[i]))
			w.in[i].hdr.SetControllen(controlLen)
		}
	}
}

func (w *worker) nameLen() uint32 {
	if w.v6 {
		return unix.SizeofSockaddrInet6
	}
	return unix.SizeofSockaddrInet4
}

// run serves until stop. All receiving happens inside one call of raw.Read:
// the runtime parks the goroutine when turn finds the socket empty, so neither
// a thread nor the garbage collector waits on it.
func (w *worker) run() error {
	err := w.raw.Read(w.turn)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return w.raw.Control(w.drain)
}

// stop makes run return after what has arrived is answered.
func (w *worker) stop() {
	w.stopping.Store(true)
	_ = w.conn.SetReadDeadline(time.Unix(1, 0))
}

// turn answers batches until the socket is empty. It says whether run is over.
func (w *worker) turn(fd uintptr) bool {
	for !w.stopping.Load() {
		if !w.batch(fd) {
			return false
		}
	}
	return true
}

// drain answers what is left in the socket at the end.
func (w *worker) drain(fd uintptr) {
	for i := 0; i < drainBatches && w.batch(fd); i++ {
	}
}

// batch receives, answers and sends once. It says whether there may be more.
func (w *worker) batch(fd uintptr) bool {
	n, errno := recvmmsg(fd, w.in)
	switch errno {
	case 0:
		w.answer(fd, n)
		return true
	case unix.EINTR:
		return true
	case unix.EAGAIN:
		return false
	}
	// What an ICMP message reported about an earlier response is cleared by
	// reading it; anything else waits for the next datagram.
	w.count.UDPReceiveErrors.Add(1)
	return errno == unix.ECONNREFUSED || errno == unix.EHOSTUNREACH || errno == unix.ENETUNREACH
}

// answer responds to the n datagrams received.
func (w *worker) answer(fd uintptr, n int) {
	start := time.Now()
	w.query.Now = start.UnixNano()
	m := 0
	for i := range n {
		w.query.Msg = w.message(i)
		w.query.Peer = w.peer(i)
		w.slot = i
		reply := w.responder.Respond(w.replies[i][:0], &w.query)
		if len(reply) > 0 {
			w.replies[i] = reply
			w.enqueue(m, i)
			m++
		}
		if w.controls != nil {
			w.in[i].hdr.SetControllen(controlLen)
		}
	}
	if m > 0 {
		m = w.send(fd, w.out[:m])
	}
	w.responder.Done(m, time.Since(start))
}

// message is the datagram in slot i.
func (w *worker) message(i int) []byte {
	if w.in[i].hdr.Flags&unix.MSG_TRUNC != 0 {
		w.count.UDPTruncated.Add(1)
	}
	at := i * slotSize
	return w.buffers[at : at+int(w.in[i].len) : at+MaxDatagram]
}

func (w *worker) peer(i int) netip.AddrPort {
	name := &w.names[i]
	port := uint16(name[2])<<8 | uint16(name[3])
	if w.v6 {
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(name[8:24])), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(name[4:8])), port)
}

// enqueue makes out[m] the response to the datagram in slot i.
func (w *worker) enqueue(m, i int) {
	reply := w.replies[i]
	w.outVec[m].Base = &reply[0]
	w.outVec[m].SetLen(len(reply))
	hdr := &w.out[m].hdr
	hdr.Name = &w.names[i][0]
	if w.controls != nil {
		hdr.Control = (*byte)(unsafe.Pointer(&w.controls[i]))
		hdr.SetControllen(w.controls[i].turn(int(w.in[i].hdr.Controllen)))
	}
}
