package cloudflare

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// Limits on what a client may send.
const (
	maxBody   = 1 << 20   // octets of a request
	maxBatch  = 8 << 20   // octets of a batch
	maxImport = 256 << 10 // octets of a zone file to import, as in the original
)

// read takes the body, a JSON object of at most limit octets, into v.
func (c *call) read(v any, limit int64) error { return envelope.Read(c.r.Body, v, limit) }

// recordIn is a record as a client sends it. A nil field was not sent, or is null.
type recordIn struct {
	ID       string                     `json:"id"`
	Type     *string                    `json:"type"`
	Name     *string                    `json:"name"`
	Content  *string                    `json:"content"`
	Data     map[string]json.RawMessage `json:"data"`
	TTL      *envelope.Number           `json:"ttl"`
	Priority *envelope.Number           `json:"priority"`
	Proxied  *bool                      `json:"proxied"`
	Comment  *string                    `json:"comment"`
	Tags     *[]string                  `json:"tags"`
	Settings *settingsIn                `json:"settings"`
}

type settingsIn struct {
	Flatten *bool `json:"flatten_cname"`
	V4Only  *bool `json:"ipv4_only"`
	V6Only  *bool `json:"ipv6_only"`
}

// warn passes the warnings of the rules on.
func (c *call) warn(r *control.Result) {
	if r == nil {
		return
	}
	for i := range r.Warnings {
		w := &r.Warnings[i]
		c.out.Say(envelope.CodeNotice, w.Code+": "+content.Sentence(envelope.PlacedIn(w), w.Fix))
	}
}

// answer sends result, or what err is to clients.
func (c *call) answer(w http.ResponseWriter, result any, err error) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if p, ok := result.(plain); ok && err == nil {
		h.Set("Content-Type", p.kind)
		h.Set("Content-Length", strconv.Itoa(len(p.body)))
		_, _ = w.Write(p.body)
		return
	}
	c.out.Send(w, result, err)
}
