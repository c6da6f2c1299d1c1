package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// wire is one HTTP/1.1 connection that takes requests as they go over the wire.
// It does as little as a client can, so that what is measured is the server.
type wire struct {
	addr string
	conn net.Conn
	in   *bufio.Reader
}

// patience bounds one request; an import of a million records has its own.
const patience = 30 * time.Second

func dialWire(addr string) (*wire, error) {
	w := &wire{addr: addr, in: bufio.NewReaderSize(nil, 16<<10)}
	return w, w.redial()
}

func (w *wire) redial() error {
	w.close()
	var err error
	if w.conn, err = net.Dial("tcp", w.addr); err == nil {
		w.in.Reset(w.conn)
	}
	return err
}

func (w *wire) close() {
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}

// do sends request and returns the status and, where that is no success, the
// start of the body. A server that closes after each response is dialled again.
func (w *wire) do(request []byte) (int, error) {
	if w.conn == nil {
		if err := w.redial(); err != nil {
			return 0, err
		}
	}
	w.conn.SetDeadline(time.Now().Add(patience))
	if _, err := w.conn.Write(request); err != nil {
		return 0, err
	}
	r, err := w.head()
	if err != nil {
		return 0, err
	}
	body, err := r.body(w.in)
	if err == nil && (r.status < 200 || r.status > 299) {
		err = fmt.Errorf("status %d: %s", r.status, body)
	}
	if r.last {
		w.close()
	}
	return r.status, err
}

// response is what the client looks at in the head of one.
type response struct {
	status int
	length int  // of the body; -1: until the connection ends
	last   bool // the server closes the connection
}

var errHead = errors.New("no HTTP response that this client knows")

// head reads the status line and the fields.
func (w *wire) head() (response, error) {
	line, err := w.in.ReadSlice('\n')
	if err != nil {
		return response{}, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.")) {
		return response{}, errHead
	}
	r := response{length: -1, last: line[7] == '0'}
	if r.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return r, errHead
	}
	if r.status == 204 {
		r.length = 0
	}
	for {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return r, err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			r.last = r.last || r.length < 0
			return r, nil
		}
		if err := r.field(line); err != nil {
			return r, err
		}
	}
}

func (r *response) field(line []byte) error {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimSpace(value)
	switch {
	case bytes.EqualFold(name, []byte("Content-Length")):
		n, err := strconv.Atoi(string(value))
		if err != nil || n < 0 {
			return errHead
		}
		r.length = n
	case bytes.EqualFold(name, []byte("Connection")):
		r.last = r.last || bytes.EqualFold(value, []byte("close"))
	case bytes.EqualFold(name, []byte("Transfer-Encoding")):
		return errHead // no answer to a change of one record is that long
	}
	return nil
}

// body reads over the body; of a failure it keeps the start.
func (r response) body(in *bufio.Reader) ([]byte, error) {
	if r.status >= 200 && r.status < 300 && r.length >= 0 {
		_, err := in.Discard(r.length)
		return nil, err
	}
	limit := int64(r.length)
	if r.length < 0 {
		limit = 1 << 20
	}
	text, err := io.ReadAll(io.LimitReader(in, limit))
	return text[:min(len(text), 500)], err
}
