package cloudflare

import (
	"net/http"
	"strings"

	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// routes is the table of all that can be asked for.
func (f *face) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for route, do := range table {
		mux.HandleFunc(route, f.handle(do))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		c := &call{face: f, ctx: r.Context(), r: r}
		c.answer(w, nil, f.noRoute(w.Header(), r))
	})
	return mux
}

const zoned = Prefix + "/zones/{zone}"

var table = map[string]action{
	"GET " + Prefix + "/user":                             user,
	"GET " + Prefix + "/user/tokens/verify":               verifyToken,
	"GET " + Prefix + "/accounts":                         listAccounts,
	"GET " + Prefix + "/accounts/{account}":               getAccount,
	"GET " + Prefix + "/accounts/{account}/tokens/verify": verifyAccountToken,

	"GET " + Prefix + "/zones":           listZones,
	"POST " + Prefix + "/zones":          createZone,
	"GET " + zoned:                       getZone,
	"PATCH " + zoned:                     patchZone,
	"DELETE " + zoned:                    deleteZone,
	"PUT " + zoned + "/activation_check": checkActivation,
	"GET " + zoned + "/pagerules":        noPageRules,

	"GET " + zoned + "/dns_records":             listRecords,
	"POST " + zoned + "/dns_records":            createRecord,
	"GET " + zoned + "/dns_records/{record}":    getRecord,
	"PUT " + zoned + "/dns_records/{record}":    overwriteRecord,
	"PATCH " + zoned + "/dns_records/{record}":  patchRecord,
	"DELETE " + zoned + "/dns_records/{record}": deleteRecord,
	"POST " + zoned + "/dns_records/batch":      batch,
	"GET " + zoned + "/dns_records/usage":       usage,
	"GET " + zoned + "/dns_records/export":      exportZone,
	"POST " + zoned + "/dns_records/import":     importZone,

	"POST " + zoned + "/dns_records/scan":         noScan,
	"POST " + zoned + "/dns_records/scan/trigger": noScan,
	"GET " + zoned + "/dns_records/scan/review":   noScan,
	"POST " + zoned + "/dns_records/scan/review":  noScan,

	"GET " + zoned + "/dns_settings":         getSettings,
	"PATCH " + zoned + "/dns_settings":       patchSettings,
	"GET " + zoned + "/settings":             listSwitches,
	"GET " + zoned + "/settings/{setting}":   getSwitch,
	"PATCH " + zoned + "/settings/{setting}": patchSwitch,
	"GET " + zoned + "/dnssec":               getSigning,
	"PATCH " + zoned + "/dnssec":             patchSigning,
	"DELETE " + zoned + "/dnssec":            deleteSigning,
}

var methods = [...]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// noRoute says what is wrong with a request that no route fits: its path, or only
// its method; then h tells which there are (RFC 9110, Section 15.5.6).
func (f *face) noRoute(h http.Header, r *http.Request) *envelope.Fault {
	var there []string
	other := *r
	for _, other.Method = range methods {
		if _, pattern := f.mux.Handler(&other); pattern != "/" {
			there = append(there, other.Method)
		}
	}
	if len(there) == 0 {
		return envelope.Failure(http.StatusNotFound, 7000, "No route for that URI. See the list of routes in the documentation.")
	}
	h.Set("Allow", strings.Join(there, ", "))
	return envelope.Failure(http.StatusMethodNotAllowed, 7001, "Method "+envelope.Shorten(r.Method, 20)+" not available for that URI. "+"Use "+strings.Join(there, ", ")+".")
}
