package v1

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// absent is what the DNScale API has and this server has not. Clients get a
// clear answer instead of made-up numbers.
var absent = []struct{ tag, what, paths string }{
	{"DNSSEC", "signing", "POST /zones/{zone_id}/dnssec/cryptokeys, GET /zones/{zone_id}/dnssec/cryptokeys/{key_id}, PUT /zones/{zone_id}/dnssec/cryptokeys/{key_id}, DELETE /zones/{zone_id}/dnssec/cryptokeys/{key_id}"},
	{"Billing", "billing", "GET /billing/summary, GET /billing/history, GET /billing/invoices"},
	{"Alerts", "alerts; its metrics are at /metrics", "GET /alerts, POST /alerts, GET /alerts/{alert_id}, PATCH /alerts/{alert_id}, DELETE /alerts/{alert_id}"},
	{"Invitations", "invitations; make an account and a token for it instead", "GET /invitations-admin, POST /invitations-admin, GET /invitations-admin/{invitation_id}, DELETE /invitations-admin/{invitation_id}"},
	{"DNS Control", "inventories of other providers", "GET /dns-sources/providers, GET /dns-sources/connections, POST /dns-sources/connections, GET /dns-sources/connections/{connection_id}/zones, " +
		"POST /dns-sources/connections/{connection_id}/zones/{external_zone_id}/inventory, POST /dns-sources/connections/{connection_id}/zones/{external_zone_id}/snapshots, " +
		"GET /dns-inventory, GET /dns-inventory/{inventory_id}/snapshots, POST /dns-inventory/{inventory_id}/snapshots, GET /dns-inventory/{inventory_id}/snapshots/{snapshot_id}, " +
		"GET /dns-inventory/{inventory_id}/snapshots/{from_snapshot_id}/diff/{to_snapshot_id}"},
}

var missingRoutes = missing()

func missing() (routes []Route) {
	for _, a := range absent {
		for _, operation := range strings.Split(a.paths, ", ") {
			method, path, _ := strings.Cut(operation, " ")
			routes = append(routes, Route{
				Method: method, Path: path, Tag: a.tag, Summary: "Not offered by this server", Status: http.StatusNotImplemented,
				ID: "absent" + strings.Map(wordy, strings.ToUpper(method[:1])+strings.ToLower(method[1:])+path), Handle: notOffered(a.what),
			})
		}
	}
	return routes
}

func wordy(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return -1
}

func notOffered(what string) call.Handler {
	return func(*call.Call) (*envelope.Reply, error) {
		return nil, envelope.Fail(http.StatusNotImplemented, api.CodeNotImplemented, fmt.Sprintf("this server has no %s", what))
	}
}
