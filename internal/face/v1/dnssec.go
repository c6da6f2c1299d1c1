package v1

import (
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

var dnssecRoutes = []Route{{
	Method: "GET", Path: "/zones/{zone_id}/dnssec/status", ID: "getDNSSECStatus", Tag: "DNSSEC", Summary: "Tell whether a zone is signed", Scopes: call.ReadZones,
	Description: "This server does not sign yet: it is false.", Status: 200, Answer: api.Response[api.DNSSECStatusData]{}, Handle: call.By(handler.dnssecStatus),
}, {
	Method: "PATCH", Path: "/zones/{zone_id}/dnssec/status", ID: "setDNSSECStatus", Tag: "DNSSEC", Summary: "Sign a zone, or stop to", Scopes: writeZones,
	Description: "This server does not sign yet: to enable it is answered with 501.", Body: api.SetDNSSECRequest{}, Status: 204, Handle: call.By(handler.setDNSSEC),
}, {
	Method: "GET", Path: "/zones/{zone_id}/dnssec/cryptokeys", ID: "listDNSSECCryptokeys", Tag: "DNSSEC", Summary: "List the keys of a zone", Scopes: call.ReadZones,
	Status: 200, Answer: api.Response[api.CryptokeysData]{}, Handle: call.By(handler.cryptokeys),
}, {
	Method: "GET", Path: "/zones/{zone_id}/dnssec/ds", ID: "listDNSSECDSRecords", Tag: "DNSSEC", Summary: "List what the parent zone must publish", Scopes: call.ReadZones,
	Status: 200, Answer: api.Response[api.DSRecordsData]{}, Handle: call.By(handler.dsRecords),
}}

func (c handler) dnssecStatus() (*envelope.Reply, error) {
	if _, err := c.Zone(); err != nil {
		return nil, err
	}
	return envelope.OK(api.DNSSECStatusData{})
}

func (c handler) setDNSSEC() (*envelope.Reply, error) {
	if _, err := c.Zone(); err != nil {
		return nil, err
	}
	var in struct {
		Enable *bool `json:"enable"`
	}
	if err := c.Decode(&in); err != nil {
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

func (c handler) cryptokeys() (*envelope.Reply, error) {
	if _, err := c.Zone(); err != nil {
		return nil, err
	}
	return envelope.OK(api.CryptokeysData{Cryptokeys: []api.Cryptokey{}})
}

func (c handler) dsRecords() (*envelope.Reply, error) {
	if _, err := c.Zone(); err != nil {
		return nil, err
	}
	return envelope.OK(api.DSRecordsData{DSRecords: []string{}})
}
