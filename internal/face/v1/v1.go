// Package v1 is the REST API below /v1: zones and records in the shape of the
// DNScale API, and what goes beyond it: changes over many zones, plans, the
// alias graph, history. It turns requests into those of control, and what comes
// of them into JSON; the types are those of package api.
package v1

import (
	"net/http"

	"github.com/truename-dns/truename/internal/face/v1/call"
)

// Config is what the API is made of.
type Config = call.Config

// Prefix is what all paths start with.
const Prefix = call.Prefix

// Server is the API.
type Server struct {
	*call.Service
	mux    *http.ServeMux
	routes []Route
}

// New is the API; it serves all paths below /v1.
func New(config Config) *Server {
	s := &Server{Service: call.New(config), mux: http.NewServeMux(), routes: Routes()}
	for i := range s.routes {
		r := &s.routes[i]
		s.mux.HandleFunc(r.Method+" "+Prefix+r.Path, func(w http.ResponseWriter, req *http.Request) { s.Serve(w, req, r) })
	}
	s.mux.HandleFunc("/", s.unknown)
	return s
}

// handler is a Call, with what is done in this room as its methods.
type handler struct{ *call.Call }
