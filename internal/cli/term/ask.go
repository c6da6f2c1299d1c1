package term

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// maxLine bounds a line that is typed or piped in.
const maxLine = 4096

// readLine reads one line of in, of up to maxLine octets.
func readLine(in io.Reader) (string, error) {
	line, err := bufio.NewReaderSize(io.LimitReader(in, maxLine), maxLine).ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return "", err
	}
	return strings.TrimSpace(line), nil
}

// Line is the first line of in, of up to 4096 octets, without blanks at its ends.
// It gives up when ctx ends: a person who interrupts must not have to press return.
func Line(ctx context.Context, in io.Reader) (string, error) {
	type result struct {
		line string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		line, err := readLine(in)
		done <- result{line, err}
	}()
	select {
	case r := <-done:
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Secret asks for a line that is not shown while it is typed; from a pipe it
// is read without a question.
func Secret(ctx context.Context, in io.Reader, ask io.Writer, question string) (string, error) {
	if !IsTerminal(in) {
		return readLine(in)
	}
	fmt.Fprint(ask, question)
	defer fmt.Fprintln(ask)
	restore, err := hideTyping(int(in.(*os.File).Fd()))
	if err != nil {
		return "", err
	}
	defer restore()
	return Line(ctx, in)
}

// hideTyping ends the echo of a terminal until restore is called.
func hideTyping(fd int) (restore func(), err error) {
	was, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil, err
	}
	now := *was
	now.Lflag &^= unix.ECHO
	now.Lflag |= unix.ICANON | unix.ISIG
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &now); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, was) }, nil
}
