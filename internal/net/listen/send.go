package listen

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// send sends msgs and returns how many went out. A message the system refuses
// is skipped: the fault lies with its peer or the way there.
func (w *worker) send(fd uintptr, msgs []mmsghdr) int {
	sent := 0
	for len(msgs) > 0 {
		n, errno := sendmmsg(fd, msgs)
		if errno == unix.EAGAIN {
			n, errno = w.sendLater(msgs)
		}
		sent += n
		msgs = msgs[n:]
		switch errno {
		case 0, unix.EINTR:
		case unix.EAGAIN, unix.ENOBUFS:
			w.count.UDPDropped.Add(uint64(len(msgs)))
			return sent
		default:
			w.count.UDPSendErrors.Add(1)
			msgs = msgs[1:]
		}
	}
	return sent
}

// sendLater sends msgs as soon as the full send buffer takes some of them, or
// returns EAGAIN when sendPatience is over. UDP seldom comes here: only when
// an interface cannot keep up.
func (w *worker) sendLater(msgs []mmsghdr) (n int, errno syscall.Errno) {
	errno = unix.EAGAIN
	_ = w.conn.SetWriteDeadline(time.Now().Add(sendPatience))
	_ = w.raw.Write(func(fd uintptr) bool {
		n, errno = sendmmsg(fd, msgs)
		return errno != unix.EAGAIN
	})
	return n, errno
}
