package listen

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// datagram is the way back of a held UDP query: out of the socket it came in
// by, to its sender, from the address it was sent to.
type datagram struct {
	worker  *worker
	msg     [1]mmsghdr
	vec     unix.Iovec
	name    [unix.SizeofSockaddrInet6]byte
	control control
}

// hold holds the datagram being answered. Its addresses are copied, since its
// slot receives another one next.
func (w *worker) hold(size int) wayBack {
	if !w.room.take(size) {
		return nil
	}
	d := &datagram{worker: w, name: w.names[w.slot]}
	hdr := &d.msg[0].hdr
	hdr.Name, hdr.Namelen = &d.name[0], w.nameLen()
	hdr.Iov = &d.vec
	hdr.SetIovlen(1)
	if w.controls != nil {
		d.control = w.controls[w.slot]
		hdr.Control = (*byte)(unsafe.Pointer(&d.control))
		hdr.SetControllen(d.control.turn(int(w.in[w.slot].hdr.Controllen)))
	}
	return d
}

func (d *datagram) reply(msg []byte) {
	defer d.worker.room.giveBack()
	if len(msg) == 0 {
		return
	}
	d.vec.Base = &msg[0]
	d.vec.SetLen(len(msg))
	// Control keeps the socket from being closed during the call and does
	// nothing once it is.
	_ = d.worker.raw.Control(d.send)
	d.vec.Base = nil
}

func (d *datagram) send(fd uintptr) {
	errno := syscall.Errno(unix.EINTR)
	for errno == unix.EINTR {
		_, errno = sendmmsg(fd, d.msg[:])
	}
	switch errno {
	case 0:
	case unix.EAGAIN, unix.ENOBUFS:
		d.worker.count.UDPDropped.Add(1)
	default:
		d.worker.count.UDPSendErrors.Add(1)
	}
}
