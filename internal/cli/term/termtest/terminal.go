// Package termtest is a terminal for tests: a pseudo-terminal whose screen they
// read and at whose keyboard they type.
package termtest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience bounds how long something may take to be shown.
const patience = 20 * time.Second

// Terminal is a pseudo-terminal of 24 lines and 120 columns. What is written to
// TTY is shown, what is typed is read from it.
type Terminal struct {
	TTY  *os.File
	t    *testing.T
	ptm  *os.File
	done sync.WaitGroup
	mu   sync.Mutex
	got  bytes.Buffer
}

// New opens a terminal, or skips the test where there can be none.
func New(t *testing.T) *Terminal {
	t.Helper()
	ptm, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	fd := int(ptm.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 120}); err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	x := &Terminal{t: t, TTY: tty, ptm: ptm}
	x.done.Go(func() { _, _ = io.Copy(x, ptm) }) // ends with an error when TTY is closed
	return x
}

// Write takes in what the terminal shows.
func (x *Terminal) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.got.Write(p)
}

// Shown is all that was shown so far.
func (x *Terminal) Shown() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.got.String()
}

// Await waits until what is shown matches, as a person does before typing.
func (x *Terminal) Await(re string) {
	x.t.Helper()
	match := regexp.MustCompile(re).MatchString
	for end := time.Now().Add(patience); !match(x.Shown()); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			x.t.Errorf("the terminal never showed %s: %q", re, x.Shown())
			return
		}
	}
}

// Type types text.
func (x *Terminal) Type(text string) {
	x.t.Helper()
	if _, err := x.ptm.WriteString(text); err != nil {
		x.t.Error(err)
	}
}

// End closes the terminal and returns all that was shown.
func (x *Terminal) End() string {
	x.TTY.Close()
	x.done.Wait()
	x.ptm.Close()
	return x.Shown()
}

// Screen is what an endless screen shows after the output of a bar: it knows
// line feeds, carriage returns, "up n lines" and "erase from here".
func Screen(text string) []string {
	lines, row := []string{""}, 0
	for len(text) > 0 {
		var n int
		switch {
		case text[0] == '\n':
			if row++; row == len(lines) {
				lines = append(lines, "")
			}
			text = text[1:]
		case text[0] == '\r':
			text = text[1:]
		case strings.HasPrefix(text, "\x1b["):
			end := strings.IndexFunc(text[2:], func(r rune) bool { return r >= '@' }) + 2
			if _, err := fmt.Sscanf(text[2:end], "%d", &n); err != nil {
				n = 1
			}
			switch text[end] {
			case 'A':
				row = max(0, row-n)
			case 'J':
				lines = append(lines[:row], "")
			}
			text = text[end+1:]
		default:
			end := strings.IndexAny(text, "\n\r\x1b")
			if end < 0 {
				end = len(text)
			}
			lines[row] += text[:end]
			text = text[end:]
		}
	}
	for len(lines) > 1 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
