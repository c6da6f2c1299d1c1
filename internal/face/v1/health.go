package v1

import (
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var healthRoutes = []Route{{
	Method: "GET", Path: "/health", ID: "getHealth", Tag: "Health", Summary: "Check that the API answers", Public: true,
	Status: 200, Answer: api.Response[api.HealthData]{}, Handle: call.By(handler.health),
}, {
	Method: "GET", Path: "/whoami", ID: "whoAmI", Tag: "Health", Summary: "Tell who a token acts as",
	Status: 200, Answer: api.Response[api.WhoAmI]{}, Handle: call.By(handler.whoAmI),
}, {
	Method: "GET", Path: "/openapi.json", ID: "getOpenAPI", Tag: "Health", Summary: "This description, as JSON", Public: true,
	Status: 200, Type: "application/json", Handle: call.By(handler.openJSON),
}, {
	Method: "GET", Path: "/openapi.yaml", ID: "getOpenAPIYAML", Tag: "Health", Summary: "This description, as YAML", Public: true,
	Status: 200, Type: "application/yaml", Handle: call.By(handler.openYAML),
}, {
	Method: "GET", Path: "/docs", ID: "getDocs", Tag: "Health", Summary: "This description, to be read", Public: true,
	Status: 200, Type: "text/html", Handle: call.By(handler.docs),
}}

func (c handler) health() (*envelope.Reply, error) {
	return envelope.OK(api.HealthData{Health: api.Health{Status: "ok", Timestamp: time.Now().UTC(), Version: c.Version}})
}

func (c handler) whoAmI() (*envelope.Reply, error) {
	l := &c.Who.Limits
	me := api.WhoAmI{Account: form.UUID(c.Who.Account), Token: form.UUID(c.Who.Token), Name: c.Who.Name, Admin: c.Who.Admin, Scopes: form.Scopes(l.Scopes), TokenLimits: form.Limits(l)}
	if !l.Expires.IsZero() {
		me.ExpiresAt = &l.Expires
	}
	return envelope.OK(me)
}
