package term

import (
	"io"
	"os"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Work smaller than this is over before a bar could be read.
const (
	barFiles = 50
	barBytes = 4 << 20
)

// Progress is a bar over octets; the zero Progress shows nothing.
type Progress struct {
	pool  *mpb.Progress
	bar   *mpb.Bar
	doing atomic.Pointer[string] // in front of the bar
}

// ReadingFiles is a bar over the octets of all files, where reading them takes long
// enough and w is a terminal.
func ReadingFiles(w io.Writer, paths []string) *Progress {
	p := new(Progress)
	if !IsTerminal(w) {
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
	p.start(w, "reading zones ", total)
	return p
}

// NewBar is a bar over the octets of one text; 0 where it is not known how many.
// It stays when all are read, for then the server still checks and writes.
func NewBar(w io.Writer, name string, total int64) *Progress {
	p := new(Progress)
	if IsTerminal(w) && total >= barBytes {
		p.start(w, name, total+1)
	}
	return p
}

// Reach tells how many octets are read, and in a word or two what is done now;
// an empty doing is as before.
func (p *Progress) Reach(doing string, octets int64) {
	if p.bar == nil {
		return
	}
	if doing != "" {
		p.doing.Store(&doing)
	}
	p.bar.SetCurrent(octets)
}

func (p *Progress) start(w io.Writer, name string, total int64) {
	p.doing.Store(&name)
	p.pool = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	p.bar = p.pool.AddBar(total,
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return *p.doing.Load() })),
		mpb.AppendDecorators(decor.CountersKibiByte("% .1f of % .1f"), decor.Name("  "), decor.OnComplete(decor.AverageETA(decor.ET_STYLE_GO), "done")),
		mpb.BarRemoveOnComplete())
}

// File is the progress function of one file, told how many octets are read so far; nil without a bar.
func (p *Progress) File() func(int64) {
	if p.bar == nil {
		return nil
	}
	var last atomic.Int64
	return func(read int64) { p.bar.IncrInt64(read - last.Swap(read)) }
}

// Above is where text for out goes while the bar shows: on a terminal above the bar.
func (p *Progress) Above(out io.Writer) io.Writer {
	if p.bar == nil || !IsTerminal(out) {
		return out
	}
	return p.pool
}

// End takes the bar away.
func (p *Progress) End() {
	if p.bar != nil {
		p.bar.Abort(true) // work that failed never gets to its end
		p.pool.Wait()
	}
}
