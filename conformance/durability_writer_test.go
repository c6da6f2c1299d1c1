package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/truename-dns/truename/api"
)

// The shape of the load: each writer has names of its own in zones that all share.
const (
	durableWriters = 8
	durableZones   = 5
	writerSlots    = 6  // names of one writer in one zone
	writerBulk     = 40 // names that are always written together
)

// place is where a TXT record of the test stands: a zone and a name in it.
type place struct{ zone, owner string }

func (p place) fqdn() string { return p.owner + "." + p.zone + "." }

func sharedZone(i int) string { return fmt.Sprintf("z%d.durable.test", i) }

// deed is one Change that a writer wants.
type deed struct {
	mark   string           // unique; the content of what it writes
	after  map[place]string // what it makes of places; "" takes the record away
	change *api.ChangeRequest
	method string // of a request about one record, where change is nil
}

// receipt is the acknowledgement of a deed.
type receipt struct {
	mark     string
	revision uint64 // 0 where the answer does not tell
}

// writer does one deed after another over a connection of its own. What it has
// not been told about is at most one deed.
type writer struct {
	name     string
	random   *rand.Rand
	serial   int
	state    map[place]string // after all that is known to be done
	open     *deed            // sent, and never answered
	receipts []receipt        // since the last audit
}

func newWriter(n int, seed uint64) *writer {
	return &writer{name: fmt.Sprintf("w%d", n), random: rand.New(rand.NewPCG(seed, uint64(n))), state: map[place]string{}}
}

// work does deeds until the server is gone.
func (w *writer) work(l *life, answered *atomic.Int64, failed *guard) {
	for {
		w.open = w.next()
		got, err := w.open.do(l)
		var refusal *api.Error
		if errors.As(err, &refusal) {
			failed.note(fmt.Errorf("%s: the server refused %s: %s %s", w.name, w.open.mark, refusal.Code, refusal.Message))
			return
		}
		if err != nil {
			return // killed; whether the deed is done will be seen
		}
		w.receipts = append(w.receipts, got)
		w.settle()
		answered.Add(1)
	}
}

// settle makes the open deed part of the state.
func (w *writer) settle() {
	maps.Copy(w.state, w.open.after)
	maps.DeleteFunc(w.state, func(_ place, content string) bool { return content == "" })
	w.open = nil
}

// next invents a deed.
func (w *writer) next() *deed {
	w.serial++
	d := &deed{mark: fmt.Sprintf("%s.%d", w.name, w.serial), after: map[place]string{}}
	switch n := w.random.IntN(100); {
	case n < 40:
		w.single(d)
	case n < 80:
		w.several(d)
	case n < 95:
		w.wholeZone(d)
	default:
		w.bulk(d)
	}
	return d
}

func (w *writer) slot() place {
	return place{sharedZone(w.random.IntN(durableZones)), fmt.Sprintf("%s-s%d", w.name, w.random.IntN(writerSlots))}
}

// single creates, replaces or deletes one record by the routes of records.
func (w *writer) single(d *deed) {
	p := w.slot()
	d.method, d.after[p] = http.MethodPost, d.mark
	if was := w.state[p]; was != "" {
		d.method = http.MethodPut
		if w.random.IntN(2) == 0 {
			d.method, d.after[p] = http.MethodDelete, ""
			d.mark = goneMark(p, was)
		}
	}
}

// goneMark is how a deletion without a reason is known in the log.
func goneMark(p place, was string) string { return "-" + was + "@" + p.fqdn() }

// several writes and deletes in many zones at once.
func (w *writer) several(d *deed) {
	for range 2 + w.random.IntN(8) {
		p := w.slot()
		d.after[p] = d.mark
		if w.state[p] != "" && w.random.IntN(2) == 0 {
			d.after[p] = ""
		}
	}
	d.request()
}

// wholeZone makes the writer's own zone, or takes it away, together with a name in a shared one.
func (w *writer) wholeZone(d *deed) {
	own := place{w.name + ".durable.test", w.name + "-own"}
	flag := place{sharedZone(0), w.name + "-flag"}
	content := d.mark
	if w.state[own] != "" {
		content = ""
	}
	d.after[own], d.after[flag] = content, content
	d.request()
	for i := range d.change.Zones {
		z := &d.change.Zones[i]
		if z.Zone != own.zone {
			continue
		}
		if content == "" {
			z.Delete, z.Edits = true, nil
		} else {
			z.Create = &api.NewZone{}
		}
	}
}

// bulk writes many names in two zones.
func (w *writer) bulk(d *deed) {
	for i := range writerBulk {
		d.after[place{sharedZone(1 + i%2), fmt.Sprintf("%s-b%d", w.name, i)}] = d.mark
	}
	d.request()
}

// request puts d into the shape of POST /v1/changes.
func (d *deed) request() {
	d.change = &api.ChangeRequest{Reason: d.mark}
	at := map[string]int{}
	for p, content := range d.after {
		i, ok := at[p.zone]
		if !ok {
			i = len(d.change.Zones)
			at[p.zone] = i
			d.change.Zones = append(d.change.Zones, api.ZoneChange{Zone: p.zone})
		}
		e := api.RecordEdits{Op: api.OpRemove, Name: p.owner, Type: "TXT"}
		if content != "" {
			e.Op, e.Contents = api.OpPut, []string{content}
		}
		d.change.Zones[i].Edits = append(d.change.Zones[i].Edits, e)
	}
}

// do sends d and returns what acknowledges it.
func (d *deed) do(l *life) (receipt, error) {
	if d.change == nil {
		return receipt{mark: d.mark}, d.doSingle(l)
	}
	data, err := l.client.Change(noDeadline, *d.change, d.mark)
	if err != nil {
		return receipt{}, err
	}
	return receipt{d.mark, data.Change.Revision}, nil
}

func (d *deed) doSingle(l *life) error {
	for p, content := range d.after {
		path := l.base + "/zones/" + p.zone + "/records"
		body := map[string]any{"name": p.owner, "type": "TXT", "content": content, "ttl": 300}
		if d.method != http.MethodPost {
			path += "/by-name/" + p.owner + "/TXT"
			delete(body, "name")
			delete(body, "type")
		}
		return send(l, d.method, path, body)
	}
	return errors.New("a deed about no record")
}

func send(l *life, method, path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if method == http.MethodDelete {
		text = nil
	}
	r, err := http.NewRequest(method, path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+durableToken)
	r.Header.Set("Content-Type", "application/json")
	a, err := l.http.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	said, err := io.ReadAll(a.Body)
	if a.StatusCode >= 300 {
		return &api.Error{Code: a.Status, Message: string(said)}
	}
	return err
}

func TestDeedsOfAWriterAreWhole(t *testing.T) {
	w := newWriter(0, 1)
	kinds := map[string]int{}
	for range 500 {
		w.open = w.next()
		kind := w.open.method
		if w.open.change != nil {
			kind = fmt.Sprintf("in %d zones", len(w.open.change.Zones))
		}
		kinds[kind]++
		w.settle()
	}
	for _, kind := range []string{"POST", "PUT", "DELETE", "in 2 zones", "in 5 zones"} {
		if kinds[kind] == 0 {
			t.Errorf("no deed %s among %v", kind, kinds)
		}
	}
}
