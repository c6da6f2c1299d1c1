package look

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
)

// redraw is how often a terminal sees the seconds go down.
const redraw = time.Second

// until looks again and again until all servers match, or the time is over. A
// server that is away for a moment is waited for, once it has answered at all.
func (w *watch) until() error {
	ctx, stop := context.WithTimeout(w, w.timeout)
	defer stop()
	v := w.viewer()
	for {
		p, err := w.Propagation(ctx, w.name, w.rrtype, w.query)
		switch {
		case w.Err() != nil:
			return v.close(w.Err())
		case ctx.Err() != nil:
			return v.close(w.late(v.last))
		case err != nil && (v.last == nil || !passing(err)):
			return v.close(lacking(w.Session, err, "look at propagation"))
		}
		if err := v.look(p, err); err != nil {
			return err
		}
		if err == nil && p.Done {
			return v.close(nil)
		}
		if err := v.pause(ctx, w.interval); err != nil {
			return v.close(err)
		}
	}
}

// passing reports whether a look that failed so may do better the next time.
func passing(err error) bool {
	var answer *api.Error
	if errors.As(err, &answer) {
		return answer.Status == 429 || answer.Status >= 500
	}
	return errors.Is(err, api.ErrUnreachable)
}

// late is why the wait ended in vain.
func (w *watch) late(last *api.Propagation) error {
	after := w.timeout.String()
	if w.timeout >= time.Second {
		after = term.Span(int64(w.timeout / time.Second))
	}
	if last == nil {
		return fmt.Errorf("the server gave no answer within %s; --timeout gives it longer", after)
	}
	return fmt.Errorf("after %s: %s; --timeout waits longer", after, progress(*last, 0))
}

// viewer shows what is seen, look after look.
type viewer struct {
	*watch
	live   *term.Live // nil for lines
	last   *api.Propagation
	at     time.Time // of the last look
	failed error     // the look after that
	known  map[string]string
}

func (w *watch) viewer() *viewer {
	v := &viewer{watch: w}
	if term.IsTerminal(w.Stdout) && !w.JSON {
		v.live = term.NewLive(w.Stdout)
		_ = v.live.Draw([]string{w.Paint(term.Dim, term.Clean("asking the servers of "+w.name))})
	}
	return v
}

// look takes in what one look saw, or why it saw nothing.
func (v *viewer) look(p api.Propagation, failed error) error {
	v.failed = failed
	if failed != nil {
		return nil
	}
	now := make(map[string]string)
	for _, s := range p.Servers {
		now[identity(s)] = statement(s)
	}
	before := v.known
	v.last, v.at, v.known = &p, time.Now(), now
	switch {
	case v.live != nil:
		return nil // pause and close draw
	case !v.JSON:
		f := fieldsTo(v.Stdout)
		f.servers(before, p.Servers)
		return f.End()
	case maps.Equal(before, now) && !p.Done:
		return nil
	}
	return v.Item(p)
}

// pause waits for the next look, while a terminal shows how the time goes.
func (v *viewer) pause(ctx context.Context, interval time.Duration) error {
	next := time.Now().Add(interval)
	for {
		left := time.Until(next)
		if v.live != nil {
			if err := v.live.Draw(v.waiting(left)); err != nil {
				return err
			}
		}
		if left <= 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			if v.Err() != nil {
				return v.Err()
			}
			return v.late(v.last)
		case <-time.After(min(left, redraw)):
		}
	}
}

// waiting is the table, and when the servers are asked again.
func (v *viewer) waiting(left time.Duration) []string {
	lines := v.table(*v.last, time.Since(v.at))
	columns, _ := term.Size(v.Stdout)
	text := "asking again in " + term.Span(int64((left+time.Second-1)/time.Second))
	if left <= 0 {
		text = "asking"
	}
	if v.failed != nil {
		text = "the last look failed: " + term.Clean(v.failed.Error()) + "; " + text
	}
	return append(lines, v.Paint(term.Dim, term.GlyphsHere().Fit(text, columns)))
}

// close shows how it ended; err is why, if not all match.
func (v *viewer) close(err error) error {
	switch {
	case v.last == nil && v.live != nil:
		return errors.Join(err, v.live.End(nil))
	case v.last == nil || v.JSON:
		return err
	case v.live != nil:
		return errors.Join(err, v.live.End(v.table(*v.last, time.Since(v.at))))
	}
	f := fieldsTo(v.Stdout)
	f.end(*v.last)
	return errors.Join(err, f.End())
}
