package v1

import (
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var healthRoutes = []Route{{
	Method: "GET", Path: "/health", ID: "getHealth", Tag: "Health", Summary: "Check that the API answers", Public: true,
	Status: 200, Answer: api.Response[api.HealthData]{}, handle: (*call).health,
}, {
	Method: "GET", Path: "/whoami", ID: "whoAmI", Tag: "Health", Summary: "Tell who a token acts as",
	Status: 200, Answer: api.Response[api.WhoAmI]{}, handle: (*call).whoAmI,
}, {
	Method: "GET", Path: "/openapi.json", ID: "getOpenAPI", Tag: "Health", Summary: "This description, as JSON", Public: true,
	Status: 200, Type: "application/json", handle: (*call).openJSON,
}, {
	Method: "GET", Path: "/openapi.yaml", ID: "getOpenAPIYAML", Tag: "Health", Summary: "This description, as YAML", Public: true,
	Status: 200, Type: "application/yaml", handle: (*call).openYAML,
}, {
	Method: "GET", Path: "/docs", ID: "getDocs", Tag: "Health", Summary: "This description, to be read", Public: true,
	Status: 200, Type: "text/html", handle: (*call).docs,
}}

func (c *call) health() (*envelope.Reply, error) {
	return envelope.OK(api.HealthData{Health: api.Health{Status: "ok", Timestamp: time.Now().UTC(), Version: c.Version}})
}

func (c *call) whoAmI() (*envelope.Reply, error) {
	l := &c.who.Limits
	me := api.WhoAmI{Account: form.UUID(c.who.Account), Token: form.UUID(c.who.Token), Name: c.who.Name, Admin: c.who.Admin, Scopes: form.Scopes(l.Scopes), TokenLimits: form.Limits(l)}
	if !l.Expires.IsZero() {
		me.ExpiresAt = &l.Expires
	}
	return envelope.OK(me)
}
