package api

import "time"

// Zone is a zone.
type Zone struct {
	ID         string       `json:"id" format:"uuid"`
	CustomerID string       `json:"customer_id" format:"uuid" doc:"the account that owns it"`
	Name       string       `json:"name" example:"example.com" doc:"without a final dot"`
	Type       string       `json:"type" example:"master" doc:"as the client wrote it: master, primary, slave or secondary"`
	Region     string       `json:"region" example:"EU"`
	Status     string       `json:"status" example:"active" doc:"a paused zone is kept, but not served"`
	Settings   ZoneSettings `json:"settings"`
	CreatedAt  time.Time    `json:"created_at"`
	UpdatedAt  time.Time    `json:"updated_at"`

	Serial      uint32   `json:"serial" doc:"of the SOA; also the ETag"`
	Revision    uint64   `json:"revision" doc:"of the last change to it"`
	RecordCount int      `json:"record_count"`
	ReadOnly    bool     `json:"read_only" doc:"it comes from a file"`
	Nameservers []string `json:"nameservers"`
}

// ZoneSettings are the switches of a zone.
type ZoneSettings struct {
	DNSSECEnabled bool        `json:"dnssec_enabled"`
	FlattenAll    bool        `json:"flatten_all_cnames" doc:"for every CNAME the addresses of its target are answered, but for names that verify ownership"`
	KeptCNAMEs    *KeptCNAMEs `json:"kept_cnames,omitempty" doc:"the names that stay CNAMEs where flatten_all_cnames is on; in lists of zones left out"`
}

// KeptCNAMEs are the names that stay CNAMEs in a zone that flattens all.
type KeptCNAMEs struct {
	Count int         `json:"count"`
	Names []KeptCNAME `json:"names" doc:"the first 100 in canonical order"`
}

// KeptCNAME is one of them. To flatten it all the same, set flatten_cname of its record to true.
type KeptCNAME struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// ZoneSettingsPatch is new switches of a zone; what is left out stays.
type ZoneSettingsPatch struct {
	FlattenAll *bool `json:"flatten_all_cnames,omitempty" nullable:"true"`
}

// CreateZoneRequest makes a zone. Only the name is needed.
type CreateZoneRequest struct {
	Name    string `json:"name" example:"example.com"`
	Type    string `json:"type,omitempty" enum:"master,primary,slave,secondary" doc:"default master"`
	Region  string `json:"region,omitempty" enum:"EU,GLOBAL,EU_GLOBAL" doc:"in any case; default EU"`
	Status  string `json:"status,omitempty" enum:"active,paused,pending,error" doc:"default active"`
	Account string `json:"account,omitempty" doc:"whose it shall be; only for admins"`

	Settings *ZoneSettingsPatch `json:"settings,omitempty"`
}

// UpdateZoneRequest changes a zone. What is left out stays as it is; the name
// must be that of the zone.
type UpdateZoneRequest = CreateZoneRequest

// ZoneData is one zone.
type ZoneData struct {
	Zone     Zone      `json:"zone"`
	Warnings []Finding `json:"warnings,omitempty"`
}

// ZonesData is a part of the list of zones, once for each family of clients.
type ZonesData struct {
	Zones      []Zone     `json:"zones"`
	Pagination Pagination `json:"pagination"`
	Items      []Zone     `json:"items,omitempty" deprecated:"true"`
	Total      int        `json:"total" deprecated:"true"`
	Limit      int        `json:"limit" deprecated:"true"`
	Offset     int        `json:"offset" deprecated:"true"`
}

// ZonesResponse is the answer of GET /zones, which has its zones at the top too.
type ZonesResponse struct {
	Status string    `json:"status" enum:"success"`
	Data   ZonesData `json:"data"`
	Zones  []Zone    `json:"zones,omitempty" deprecated:"true"`
}

// DeletedZone is a zone that is not there any more but can be brought back.
type DeletedZone struct {
	ID        string    `json:"id" format:"uuid"`
	Name      string    `json:"name"`
	Serial    uint32    `json:"serial" doc:"the last one"`
	Revision  uint64    `json:"revision" doc:"of the change that deleted it"`
	ChangeID  string    `json:"change_id"`
	DeletedAt time.Time `json:"deleted_at"`
	DeletedBy string    `json:"deleted_by,omitempty"`
}

// DeletedZonesData is all deleted zones that can be brought back, the latest first.
type DeletedZonesData struct {
	Zones []DeletedZone `json:"zones"`
}

// DNSSECStatusData says whether a zone is signed.
type DNSSECStatusData struct {
	DNSSEC bool `json:"dnssec"`
}

// SetDNSSECRequest switches signing.
type SetDNSSECRequest struct {
	Enable bool `json:"enable"`
}

// Cryptokey is a DNSSEC key.
type Cryptokey struct {
	ID        int      `json:"id"`
	Active    bool     `json:"active"`
	Published bool     `json:"published"`
	KeyType   string   `json:"keytype" enum:"ksk,zsk,csk"`
	Algorithm string   `json:"algorithm"`
	Bits      int      `json:"bits"`
	DNSKey    string   `json:"dnskey"`
	DS        []string `json:"ds"`
	CDS       []string `json:"cds"`
}

// CryptokeysData is the keys of a zone.
type CryptokeysData struct {
	Cryptokeys []Cryptokey `json:"cryptokeys"`
}

// DSRecordsData is what the parent zone must publish.
type DSRecordsData struct {
	DSRecords []string `json:"ds_records"`
}
