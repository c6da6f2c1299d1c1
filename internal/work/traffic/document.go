package traffic

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/store"
)

// document is a Bucket on the shelf: JSON in gzip.
type document struct {
	Version   int            `json:"v"`
	Start     int64          `json:"start"` // seconds since 1970
	All       counted        `json:"all"`
	Elsewhere counted        `json:"elsewhere"`
	Other     counted        `json:"other"`
	Zones     []zoneDocument `json:"zones"`
	Names     []nameDocument `json:"names"`
	Missing   []nameDocument `json:"missing"`
}

type counted struct {
	Types  map[string]uint64 `json:"t,omitempty"`
	Rcodes map[string]uint64 `json:"r,omitempty"`
}

type zoneDocument struct {
	Apex    string `json:"z"`
	Account string `json:"a,omitempty"`
	counted
}

type nameDocument struct {
	Name    string `json:"n"`
	Apex    string `json:"z"`
	Account string `json:"a,omitempty"`
	Count   uint64 `json:"c"`
}

// documentVersion is that of the form above.
const documentVersion = 1

// maxUnpacked bounds what a document is unpacked to, in octets.
const maxUnpacked = 16 << 20

func countedOf(c *stats.Counts) counted { return counted{c.ByType(), c.ByRcode()} }

func (c counted) counts() stats.Counts { return stats.FromMaps(c.Types, c.Rcodes) }

// encode is b as a document that the shelf takes: with as many zones and names as
// there is room for. b is left with those.
func (b *Bucket) encode() ([]byte, error) {
	for zones, names := mostZones, mostNames; ; zones, names = zones/2, names/2 {
		b.trimZones(zones)
		trimNames(b.Names, names)
		trimNames(b.Missing, names)
		out, err := b.pack()
		if err != nil || len(out) <= store.MaxDocument || zones == 0 {
			return out, err
		}
	}
}

func (b *Bucket) pack() ([]byte, error) {
	d := document{
		Version: documentVersion, Start: b.Start.Unix(),
		All: countedOf(&b.All), Elsewhere: countedOf(&b.Elsewhere), Other: countedOf(&b.Other),
		Names: nameDocuments(b.Names), Missing: nameDocuments(b.Missing),
	}
	for z, n := range b.Zones {
		d.Zones = append(d.Zones, zoneDocument{z.Apex, z.Account, countedOf(n)})
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	err := json.NewEncoder(w).Encode(&d)
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), err
}

func nameDocuments(m map[Name]uint64) []nameDocument {
	list := make([]nameDocument, 0, len(m))
	for n, count := range m {
		list = append(list, nameDocument{n.Name, n.Zone.Apex, n.Zone.Account, count})
	}
	return list
}

// decode is the Bucket of a document.
func decode(body []byte) (*Bucket, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	var d document
	if err := json.NewDecoder(io.LimitReader(r, maxUnpacked)).Decode(&d); err != nil {
		return nil, err
	}
	if d.Version != documentVersion {
		return nil, fmt.Errorf("form %d of the document is not known", d.Version)
	}
	b := newBucket(time.Unix(d.Start, 0).UTC())
	b.All, b.Elsewhere, b.Other = d.All.counts(), d.Elsewhere.counts(), d.Other.counts()
	for _, z := range d.Zones {
		n := z.counts()
		b.Zones[Zone{z.Apex, z.Account}] = &n
	}
	for _, list := range [...]struct {
		to   map[Name]uint64
		from []nameDocument
	}{{b.Names, d.Names}, {b.Missing, d.Missing}} {
		for _, n := range list.from {
			list.to[Name{n.Name, Zone{n.Apex, n.Account}}] = n.Count
		}
	}
	b.bound()
	return b, nil
}
