package v1

import (
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

var dnssecRoutes = []Route{{
	Method: "GET", Path: "/zones/{zone_id}/dnssec/status", ID: "getDNSSECStatus", Tag: "DNSSEC", Summary: "Tell whether a zone is signed", Scopes: readZones,
	Description: "This server does not sign yet: it is false.", Status: 200, Answer: api.Response[api.DNSSECStatusData]{}, handle: (*call).dnssecStatus,
}, {
	Method: "PATCH", Path: "/zones/{zone_id}/dnssec/status", ID: "setDNSSECStatus", Tag: "DNSSEC", Summary: "Sign a zone, or stop to", Scopes: writeZones,
	Description: "This server does not sign yet: to enable it is answered with 501.", Body: api.SetDNSSECRequest{}, Status: 204, handle: (*call).setDNSSEC,
}, {
	Method: "GET", Path: "/zones/{zone_id}/dnssec/cryptokeys", ID: "listDNSSECCryptokeys", Tag: "DNSSEC", Summary: "List the keys of a zone", Scopes: readZones,
	Status: 200, Answer: api.Response[api.CryptokeysData]{}, handle: (*call).cryptokeys,
}, {
	Method: "GET", Path: "/zones/{zone_id}/dnssec/ds", ID: "listDNSSECDSRecords", Tag: "DNSSEC", Summary: "List what the parent zone must publish", Scopes: readZones,
	Status: 200, Answer: api.Response[api.DSRecordsData]{}, handle: (*call).dsRecords,
}}

func (c *call) dnssecStatus() (*envelope.Reply, error) {
	if _, err := c.zone(); err != nil {
		return nil, err
	}
	return envelope.OK(api.DNSSECStatusData{})
}

func (c *call) setDNSSEC() (*envelope.Reply, error) {
	if _, err := c.zone(); err != nil {
		return nil, err
	}
	var in struct {
		Enable *bool `json:"enable"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	switch {
	case in.Enable == nil:
		return nil, envelope.Invalid("enable", "enable is needed: true or false")
	case *in.Enable:
		return nil, envelope.Fail(http.StatusNotImplemented, api.CodeNotImplemented, "this server does not sign zones yet; sign the zone elsewhere, or serve it unsigned")
	}
	return nil, nil
}

func (c *call) cryptokeys() (*envelope.Reply, error) {
	if _, err := c.zone(); err != nil {
		return nil, err
	}
	return envelope.OK(api.CryptokeysData{Cryptokeys: []api.Cryptokey{}})
}

func (c *call) dsRecords() (*envelope.Reply, error) {
	if _, err := c.zone(); err != nil {
		return nil, err
	}
	return envelope.OK(api.DSRecordsData{DSRecords: []string{}})
}
