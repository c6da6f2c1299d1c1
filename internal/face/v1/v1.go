// Package v1 is the REST API below /v1: zones and records in the shape of the
// DNScale API, and what goes beyond it: changes over many zones, plans, the
// alias graph, history. It turns requests into those of control, and what comes
// of them into JSON; the types are those of package api.
package v1

import (
	"log/slog"
	"net/http"
	"net/url"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/doctor"
	"github.com/truename-dns/truename/internal/work/traffic"
	"github.com/truename-dns/truename/internal/zone"
)

// Config is what the API is made of.
type Config struct {
	Control *control.Control
	Keeper  *access.Keeper
	People  *people.Keeper    // who sign in; nil for tokens only
	Public  *url.URL          // scheme and host by which browsers reach the server; nil for what they say
	Limiter *access.Limiter   // of requests, by token; nil for no limit
	Doctor  *doctor.Doctor    // that examines names; nil for none
	Traffic *traffic.Recorder // of what is asked; nil for none
	Targets Targets           // knows what ALIAS records lead to; nil for none
	Served  func() *zone.Set  // what is answered from; nil with Targets nil
	Version string
	Log     *slog.Logger // nil for none
}

// Server is the API.
type Server struct {
	Config
	mux    *http.ServeMux
	routes []Route
	origin *http.CrossOriginProtection
}

// New is the API; it serves all paths below /v1.
func New(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{Config: config, mux: http.NewServeMux(), routes: Routes(), origin: guard(config.Public)}
	for i := range s.routes {
		r := &s.routes[i]
		s.mux.HandleFunc(r.Method+" "+Prefix+r.Path, func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, r) })
	}
	s.mux.HandleFunc("/", s.unknown)
	return s
}

// Prefix is what all paths start with.
const Prefix = "/v1"
