package v1

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"
	"strconv"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

//go:embed docs.html
var docsPage []byte

// docsPolicy lets the page run its own script and style and nothing else, and
// read nothing but its own server (Content Security Policy Level 3, Section 6.7.3.3).
var docsPolicy = "default-src 'none'; script-src " + hashed("script") + "; style-src " + hashed("style") +
	"; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// hashed is the source of what stands in the page between the tags of that name.
func hashed(tag string) string {
	_, rest, _ := bytes.Cut(docsPage, []byte("<"+tag+">"))
	text, _, _ := bytes.Cut(rest, []byte("</"+tag+">"))
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// asYAML is the description in YAML, made when it is asked for first.
var asYAML = sync.OnceValues(func() ([]byte, error) { return yaml.JSONToYAML(api.OpenAPI) })

func (c handler) openJSON() (*envelope.Reply, error) {
	return c.static("application/json; charset=utf-8", api.OpenAPI)
}

func (c handler) openYAML() (*envelope.Reply, error) {
	text, err := asYAML()
	if err != nil {
		return nil, err
	}
	return c.static("application/yaml; charset=utf-8", text)
}

// docs is a page that reads the description and shows it; it needs nothing from
// anywhere else, and may load nothing.
func (c handler) docs() (*envelope.Reply, error) {
	h := c.W.Header()
	h.Set("Content-Security-Policy", docsPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	return c.static("text/html; charset=utf-8", docsPage)
}

func (c handler) static(kind string, content []byte) (*envelope.Reply, error) {
	h := c.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "public, max-age=300")
	c.W.WriteHeader(http.StatusOK)
	_, _ = c.W.Write(content) // the client may be gone
	return envelope.Streamed, nil
}
