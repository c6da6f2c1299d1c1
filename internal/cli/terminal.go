package cli

import (
	"io"
	"os"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/sys/unix"

	"github.com/truename-dns/truename/internal/zone/lint"
)

// isTerminal reports whether a person is likely to look at w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// style colours words where the output is a terminal and NO_COLOR is not set.
type style struct{ colour bool }

func styleFor(w io.Writer) style {
	return style{colour: isTerminal(w) && os.Getenv("NO_COLOR") == ""}
}

func (s style) finding(f lint.Finding) string {
	if !s.colour {
		return f.String()
	}
	const red, yellow, plain = "\x1b[31m", "\x1b[33m", "\x1b[0m"
	c := yellow
	if f.Severity == lint.Error {
		c = red
	}
	return c + f.String() + plain
}

// Work smaller than this is over before a bar could be read.
const (
	barFiles = 50
	barBytes = 4 << 20
)

// progress is a bar over the octets of all files; the zero progress shows nothing.
type progress struct {
	pool *mpb.Progress
	bar  *mpb.Bar
}

func newProgress(w io.Writer, paths []string) *progress {
	p := new(progress)
	if !isTerminal(w) {
		return p
	}
	total := int64(0)
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
		}
	}
	if len(paths) < barFiles && total < barBytes {
		return p
	}
	p.pool = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	p.bar = p.pool.AddBar(total,
		mpb.PrependDecorators(decor.Name("reading zones ")),
		mpb.AppendDecorators(decor.CountersKibiByte("% .1f of % .1f"), decor.Name("  "), decor.OnComplete(decor.AverageETA(decor.ET_STYLE_GO), "done")),
		mpb.BarRemoveOnComplete())
	return p
}

// file is the progress function of one file, told how many octets are read so far; nil without a bar.
func (p *progress) file() func(int64) {
	if p.bar == nil {
		return nil
	}
	var last atomic.Int64
	return func(read int64) { p.bar.IncrInt64(read - last.Swap(read)) }
}

// above is where text for out goes while the bar shows: on a terminal above the bar.
func (p *progress) above(out io.Writer) io.Writer {
	if p.bar == nil || !isTerminal(out) {
		return out
	}
	return p.pool
}

func (p *progress) end() {
	if p.bar != nil {
		p.bar.SetTotal(-1, true)
		p.pool.Wait()
	}
}
