package cloudflare

import (
	"encoding/json"
	"testing"
)

func TestTheNameOfASRVRecordInParts(t *testing.T) {
	own := "_xmpp._tcp.example.com"
	for _, c := range []struct {
		name, data string
		given      *string
		want       string // empty: the one that was given
	}{
		{"no name but in parts", `{"service":"_sip","proto":"_tcp","name":"example.com"}`, nil, "_sip._tcp.example.com"},
		{"at the zone itself", `{"service":"_sip","proto":"_udp","name":"@"}`, nil, "_sip._udp"},
		{"a name of its own wins", `{"service":"_sip","proto":"_tcp","name":"example.com"}`, &own, own},
		{"the same name beside", `{"service":"_sip","proto":"_tcp","name":"_xmpp._tcp.example.com"}`, &own, "_sip._tcp._xmpp._tcp.example.com"},
		{"only a part", `{"service":"_sip","name":"example.com"}`, &own, own},
		{"parts that are no texts", `{"service":1,"proto":"_tcp","name":"example.com"}`, &own, own},
		{"none at all", `{"port":1}`, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := &recordIn{Name: c.given}
			if err := json.Unmarshal([]byte(c.data), &in.Data); err != nil {
				t.Fatal(err)
			}
			got := serviceName(in)
			if (got == nil) != (c.want == "") || got != nil && *got != c.want {
				t.Errorf("%v, want %q", got, c.want)
			}
		})
	}
}
