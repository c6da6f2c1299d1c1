package usage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/work/traffic"
)

const eventStream = "text/event-stream"

const (
	liveLength   = 10 * time.Minute // then the client shows anew that it may listen
	livePatience = 10 * time.Second // for a client to take an event
	liveQuiet    = 15 * time.Second // without an event, after which a comment says that the line is up
	liveWatch    = time.Second      // in which it is seen that the client may listen no more
	liveRetry    = 2 * time.Second  // until a client that was cut off comes back
)

// liveTraffic sends what is asked, an event a second (HTML Standard, Section 9.2).
func (c handler) liveTraffic() (*envelope.Reply, error) {
	v, err := c.viewer()
	if err == nil {
		err = v.narrow("zone")
	}
	if err != nil {
		return nil, err
	}
	history, err := c.Integer("history", 60, 0, traffic.KeptSeconds)
	if err != nil {
		return nil, err
	}
	most, err := c.Integer("limit", 0, 0, 1<<31-1)
	if err != nil {
		return nil, err
	}
	l, err := c.Traffic.Listen(history)
	if err != nil {
		e := envelope.Fail(http.StatusServiceUnavailable, api.CodeUnavailable, err.Error()+"; try again in a moment")
		e.RetryAfter = liveRetry
		return nil, e
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(c.Ctx, liveLength)
	defer cancel()
	s := newEvents(c.W)
	for err := s.begin(); err == nil && (most == 0 || s.sent < most); {
		err = v.pass(ctx, l, s)
	}
	return envelope.Streamed, nil
}

// pass sends the next seconds, or a comment where none come for long, as long as the
// session or the token that asked is good.
func (v *viewer) pass(ctx context.Context, l *traffic.Listener, s *events) error {
	soon, cancel := context.WithTimeout(ctx, liveWatch)
	defer cancel()
	list, err := l.Next(soon)
	if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
		return err
	}
	if err := v.c.Again(); err != nil {
		return s.end(v.c.Report(err))
	}
	v.forget()
	if len(list) == 0 {
		return s.idle()
	}
	for i := range list {
		if shown, ok := v.second(&list[i]); ok {
			s.event(shown)
		}
	}
	return s.flush()
}

// second is s for this client; ok is false where it is not known any more.
func (v *viewer) second(s *traffic.Second) (out api.TrafficSecond, ok bool) {
	n := s.All
	if !v.everything() {
		if n, ok = s.Sum(v.sees); !ok {
			return out, false
		}
	}
	took := max(s.Took, time.Millisecond)
	return api.TrafficSecond{
		T: s.At.Unix(), QPS: float64(int64(float64(n.Total())/took.Seconds()*10+0.5)) / 10,
		Types: byType(&n), Rcodes: byRcode(&n), NXDomainShare: nxShare(&n),
	}, true
}

// events is an answer in server-sent events.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
	sent    int
	flushed time.Time
	failed  error
}

func newEvents(w http.ResponseWriter) *events {
	return &events{w: w, control: http.NewResponseController(w)}
}

// begin sends the head, so that the client knows that it is being served.
func (s *events) begin() error {
	_ = s.control.SetReadDeadline(time.Time{}) // the request is read; what else comes is the client's end
	h := s.w.Header()
	h.Set("Content-Type", eventStream)
	h.Set("Cache-Control", "no-store, no-transform") // nobody on the way shall wait for more to compress it
	h.Set("X-Accel-Buffering", "no")
	s.write("retry: %d\n\n", liveRetry.Milliseconds())
	return s.flush()
}

func (s *events) event(e api.TrafficSecond) {
	text, err := json.Marshal(e)
	if err != nil {
		s.failed = errors.Join(s.failed, err)
		return
	}
	s.sent++
	s.write("id: %d\ndata: %s\n\n", e.T, text)
}

// idle says that the line is up, where nothing was sent for long.
func (s *events) idle() error {
	if time.Since(s.flushed) < liveQuiet {
		return nil
	}
	s.write(": nothing yet\n\n")
	return s.flush()
}

// end tells the client why it is told no more. It comes back, by itself or by its
// user, to be refused by a status.
func (s *events) end(e *api.Error) error {
	text, err := json.Marshal(api.Failure{Status: api.Failed, Error: e})
	if err != nil {
		return err
	}
	s.write("event: %s\ndata: %s\n\n", api.EventEnded, text)
	return errors.Join(s.flush(), e)
}

func (s *events) write(format string, args ...any) {
	_ = s.control.SetWriteDeadline(time.Now().Add(livePatience)) // not every ResponseWriter knows deadlines
	if _, err := fmt.Fprintf(s.w, format, args...); err != nil {
		s.failed = errors.Join(s.failed, err)
	}
}

func (s *events) flush() error {
	if s.failed != nil {
		return s.failed
	}
	s.flushed = time.Now()
	return s.control.Flush()
}
