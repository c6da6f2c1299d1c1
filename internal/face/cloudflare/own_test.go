package cloudflare

import "testing"

// nsOf is what the API lists of NS records, in order.
func (d *desk) nsOf(zone string) string {
	return d.do("GET", zone+"/dns_records?type=NS&order=content", nil).ok().lines()
}

func TestNameServersBecomeTheClientsWhenItWritesThem(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct{ first, second string }{
		"another TTL":    {`{"type":"NS","name":"@","content":"ns1.host.test","ttl":300}`, `{"type":"NS","name":"@","content":"ns2.host.test","ttl":300}`},
		"other case":     {`{"type":"NS","name":"@","content":"NS1.Host.Test.","ttl":600}`, `{"type":"NS","name":"@","content":"NS2.HOST.test","ttl":600}`},
		"automatic":      {`{"type":"NS","name":"@","content":"ns1.host.test","ttl":1}`, `{"type":"NS","name":"@","content":"ns2.host.test","ttl":1}`},
		"the same TTL":   {`{"type":"NS","name":"@","content":"ns1.host.test","ttl":3600}`, `{"type":"NS","name":"@","content":"ns2.host.test","ttl":3600}`},
		"with a comment": {`{"type":"NS","name":"@","content":"ns1.host.test","ttl":3600,"comment":"mine"}`, `{"type":"NS","name":"@","content":"ns2.host.test","ttl":3600}`},
	} {
		t.Run(name, func(t *testing.T) {
			d.TB = t
			zone := d.make("of-the-client.example")
			if have := d.nsOf(zone); have != "" {
				t.Errorf("listed before anybody wrote them:\n%s", have)
			}
			write := func(body string) string { return d.do("POST", zone+"/dns_records", body).ok().text("result/id") }
			first, second := write(c.first), write(c.second)
			list := d.do("GET", zone+"/dns_records?type=NS&order=content", nil).ok()
			list.want("result_info/total_count", 2, "result/0/id", first, "result/1/id", second, "result/0/content", "ns1.host.test")
			if again := write(c.second); again != second {
				t.Errorf("written again it is %s, not %s", again, second)
			}
			d.do("DELETE", zone+"/dns_records/"+second, nil).ok()
			d.do("GET", zone+"/dns_records?type=NS", nil).ok().want("result_info/total_count", 1)
			d.do("DELETE", zone, nil).ok()
		})
	}
}

func TestNameServersOfOthersAreNotClaimed(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	for _, body := range []string{`{"type":"NS","name":"@","content":"ns.custom.example","ttl":300}`, `{"type":"NS","name":"sub","content":"ns1.host.test","ttl":300}`} {
		d.record(zone, body)
		d.do("POST", zone+"/dns_records", body).fails(400, 81058, "An identical record already exists.")
	}
}

func TestABatchMayWriteTheNameServers(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	body := `{"posts":[{"type":"NS","name":"@","content":"ns1.host.test","ttl":300},{"type":"NS","name":"@","content":"ns2.host.test","ttl":300},{"type":"NS","name":"@","content":"ns3.other.test","ttl":300}]}`
	d.do("POST", zone+"/dns_records/batch", body).ok().want("result/posts/0/content", "ns1.host.test", "result/posts/2/content", "ns3.other.test")
	d.do("GET", zone+"/dns_records?type=NS&order=content", nil).ok().want("result_info/total_count", 3)
}
