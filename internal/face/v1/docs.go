package v1

import (
	_ "embed"
	"net/http"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/truename-dns/truename/api"
)

//go:embed docs.html
var docsPage []byte

// asYAML is the description in YAML, made when it is asked for first.
var asYAML = sync.OnceValues(func() ([]byte, error) { return yaml.JSONToYAML(api.OpenAPI) })

func (c *call) openJSON() (*reply, error) {
	return c.static("application/json; charset=utf-8", api.OpenAPI)
}

func (c *call) openYAML() (*reply, error) {
	text, err := asYAML()
	if err != nil {
		return nil, err
	}
	return c.static("application/yaml; charset=utf-8", text)
}

// docs is a page that reads the description and shows it; it needs nothing from
// anywhere else, and may load nothing.
func (c *call) docs() (*reply, error) {
	h := c.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	return c.static("text/html; charset=utf-8", docsPage)
}

func (c *call) static(kind string, content []byte) (*reply, error) {
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", itoa(len(content)))
	h.Set("Cache-Control", "public, max-age=300")
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write(content) // the client may be gone
	return streamed, nil
}
