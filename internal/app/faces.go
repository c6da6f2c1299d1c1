package app

import (
	"net/http"
	"strings"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/face/cloudflare"
	"github.com/truename-dns/truename/internal/face/porch"
	"github.com/truename-dns/truename/internal/face/v1"
)

// handler is all that is served over HTTP.
func (a *App) handler() http.Handler {
	var limiter *access.Limiter
	if rate := a.config.APIRate; rate > 0 {
		limiter = access.NewLimiter(float64(rate), 2*rate, access.MaxKeys)
	}
	apis := map[string]http.Handler{
		v1.Prefix:         porch.Smaller(a.whenReady(a.v1(limiter))),
		cloudflare.Prefix: porch.Smaller(a.whenReady(a.cloudflare(limiter))),
	}
	return a.config.Proxies.Before(byPrefix(apis, a.pages()))
}

// byPrefix hands requests on by what their path starts with. A ServeMux would
// redirect paths that are not clean, and clients of APIs refuse to be redirected.
func byPrefix(apis map[string]http.Handler, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for prefix, api := range apis {
			if below, ok := strings.CutPrefix(r.URL.Path, prefix); ok && (below == "" || below[0] == '/') {
				api.ServeHTTP(w, r)
				return
			}
		}
		rest.ServeHTTP(w, r)
	})
}

func (a *App) v1(limiter *access.Limiter) http.Handler {
	c := v1.Config{
		Control: a.control, Keeper: a.keeper, People: a.people, Version: BuildVersion(), Log: a.log, Doctor: a.doctor(),
		Public: a.config.Public, Traffic: a.traffic, Targets: a.aliases, Served: a.serve.Zones,
	}
	if limiter != nil {
		c.Limiter = limiter
	}
	return v1.New(c)
}

func (a *App) cloudflare(limiter *access.Limiter) http.Handler {
	o := cloudflare.Options{Control: a.control, Keeper: a.keeper}
	if limiter != nil {
		o.Limiter = limiter
	}
	for _, n := range a.config.NameServers {
		text := n.String()
		o.NameServers = append(o.NameServers, text[:len(text)-1])
	}
	return cloudflare.New(o)
}

// whenReady answers 503 while zones are being loaded, for what is asked then
// would be answered as if they were not there.
func (a *App) whenReady(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.ready.Load() {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(notReady))
	})
}

// notReady is understood by the clients of both APIs.
const notReady = `{"status":"error","error":{"code":"UNAVAILABLE","message":"the server is starting or stopping; try again in a moment"},` +
	`"success":false,"errors":[{"code":10000,"message":"the server is starting or stopping; try again in a moment"}],"messages":[],"result":null}` + "\n"
