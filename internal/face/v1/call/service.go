package call

import (
	"log/slog"
	"net/http"
	"net/url"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/doctor"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/work/alias"
	"github.com/truename-dns/truename/internal/work/traffic"
	"github.com/truename-dns/truename/internal/zone"
)

// Prefix is what all paths start with.
const Prefix = "/v1"

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

// Targets knows the names of others that ALIAS records lead to.
type Targets interface {
	// State is what is known of target; ok is false where nobody has asked for it.
	State(target dname.Name) (s alias.State, ok bool)
}

// Service is what all calls have in common.
type Service struct {
	Config
	origin *http.CrossOriginProtection
}

// New is the Service of a Config.
func New(config Config) *Service {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Config: config, origin: guard(config.Public)}
}

// Serve answers a request of route.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request, route *Route) {
	most := route.MaxBody
	if most == 0 {
		most = DefaultBody
	}
	if route.HoldsSecret() { // its length must not tell of it, as that of a compressed one does
		w.Header().Set("Cache-Control", "no-store, no-transform")
	}
	c := &Call{Call: envelope.NewCall(w, r, most), Service: s, route: route, Ctx: r.Context()}
	a, err := c.answer()
	if err == nil {
		err = envelope.Write(w, r, a)
	}
	if err != nil {
		c.failed(err)
	}
}
