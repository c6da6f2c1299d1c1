package resolver

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// apart are scenarios that we do not run, and why: the section of
// docs/divergences.md that says it, or what we do not have.
var apart = map[string]string{
	"fwd_name_lookup":                       "forwarders are configured by address",
	"fwd_no_cache":                          "what forwarders say is kept",
	"fwd_scrub_rrsig":                       "there are no signatures yet",
	"iter_cycle_noh":                        "## glue-from-above",
	"iter_dname_insec":                      "## resolver-loop", // all but the last step passes
	"iter_fwdstubauth":                      "it has zones of its own, which are not configured so",
	"iter_nat64":                            "there is no NAT64",
	"iter_nat64_donotq":                     "there is no NAT64",
	"iter_nat64_prefix":                     "there is no NAT64",
	"iter_nat64_prefix48":                   "there is no NAT64",
	"iter_nxns_cached":                      "it counts on six searches for servers; we make three",
	"iter_resolve_minimised":                "## whole-name-at-once",
	"iter_resolve_minimised_timeout":        "## whole-name-at-once",
	"iter_scrub_ns_min":                     "NS sets are not cut",
	"iter_unverified_glue":                  "## glue-from-above",
	"rrset_use_cached":                      "RRsets have a TTL, messages have none",
	"serve_expired_client_timeout_servfail": "## recheck-after-failure",
	"serve_expired_respip_cname":            "there are no response policies",
	"serve_expired_rpz_nx":                  "there are no response policies",
	"serve_expired_ttl_reset":               "what has expired does not last longer for a failure",
	"serve_original_ttl":                    "TTLs count down",
	"ttl_max":                               "## no-referral-from-cache", // all but the last step passes
	"ttl_min_negative":                      "denials have no least TTL",
	"ttl_msg":                               "## soa-of-the-denial",
}

// What we do otherwise on purpose is on the page of divergences.
func TestApartIsOnThePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "divergences.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, why := range apart {
		if !strings.HasPrefix(why, "## ") {
			continue
		}
		_, rest, found := strings.Cut(string(page), "\n"+why+"\n")
		section, _, _ := strings.Cut(rest, "\n## ")
		if !found || !strings.Contains(section, "`"+name+"`") {
			t.Errorf("docs/divergences.md, section %q, does not name %s", why, name)
		}
	}
}

// TestScenarios runs the resolver scenarios of others. What is compared is the
// response code, the answer section, the SOA of denials, and TTLs and extended
// errors where the scenario cares; beyond that our answers are minimal.
func TestScenarios(t *testing.T) {
	dir := os.Getenv("TRUENAME_CASES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "rpl", "*.rpl"))
	if len(files) == 0 {
		t.Skip("no scenarios in ", dir)
	}
	var passed, skipped, broken []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".rpl")
		ok := t.Run(name, func(t *testing.T) {
			if why := apart[name]; why != "" {
				skipped = append(skipped, name)
				t.Skip(why)
			}
			synctest.Test(t, func(t *testing.T) { play(t, readScenario(t, file)) })
		})
		switch {
		case !ok:
			broken = append(broken, name)
		case apart[name] == "":
			passed = append(passed, name)
		}
	}
	t.Logf("%d scenarios pass, %d fail, %d are not run: %s", len(passed), len(broken), len(skipped), strings.Join(skipped, " "))
}

// configure turns unbound's options into ours.
func configure(t *testing.T, config []option) (o Options, c cache.Options) {
	t.Helper()
	o.Minimise = Relaxed
	routes := map[string]*Route{}
	var order []string
	for _, opt := range config {
		if !strings.HasPrefix(opt.section, "server") {
			if routes[opt.section] == nil {
				routes[opt.section] = &Route{Forward: strings.HasPrefix(opt.section, "forward")}
				order = append(order, opt.section)
			}
			configureRoute(routes[opt.section], opt)
			continue
		}
		configureServer(&o, &c, opt)
	}
	for _, section := range order {
		o.Routes = append(o.Routes, *routes[section])
	}
	return o, c
}

func configureRoute(r *Route, opt option) {
	switch opt.key {
	case "name":
		r.Apex = dname.MustParse(dns.Fqdn(opt.value))
	case "stub-addr", "forward-addr":
		r.Servers = append(r.Servers, servers(opt.value)...)
	case "stub-first", "forward-first":
		r.First = opt.value == "yes"
	}
}

func configureServer(o *Options, c *cache.Options, opt option) {
	count, _ := strconv.Atoi(opt.value)
	switch opt.key {
	case "qname-minimisation":
		if opt.value == "no" {
			o.Minimise = Whole
		}
	case "do-ip6":
		o.NoIPv6 = opt.value == "no"
	case "private-address":
		o.Private = append(o.Private, netip.MustParsePrefix(opt.value))
	case "private-domain":
		o.PrivateNames = append(o.PrivateNames, dname.MustParse(dns.Fqdn(opt.value)))
	case "max-global-quota":
		o.MaxQueries = count
	case "msg-cache-size":
		c.Bytes = max(count, 512)
	case "cache-max-ttl":
		c.MaxTTL = uint32(count)
	case "cache-max-negative-ttl":
		c.MaxNegative = uint32(count)
	case "cache-min-ttl":
		c.MinTTL = uint32(count)
	case "serve-expired":
		o.Stale = opt.value == "yes"
	case "serve-expired-reply-ttl":
		o.StaleTTL = uint32(count)
	case "serve-expired-ttl":
		c.MaxStale = time.Duration(count) * time.Second
	case "serve-expired-client-timeout":
		if o.StaleAfter = time.Duration(count) * time.Millisecond; count == 0 {
			o.StaleAfter = -1
		}
	}
}

// player is a scenario being played.
type player struct {
	*testing.T
	stage *stage
	r     *Resolver
	done  chan *played
	ahead atomic.Int64 // of the clock, as time.Duration
}

func (p *player) clock() time.Time { return time.Now().Add(time.Duration(p.ahead.Load())) }

type played struct {
	q   Question
	res *Result
}

func play(t *testing.T, s *scenario) {
	o, c := configure(t, s.config)
	p := &player{T: t, stage: &stage{script: s, over: make(chan struct{})}, done: make(chan *played, 100)}
	o.Clock, c.Clock = p.clock, p.clock
	o.Cache, o.Network, o.Patience = cache.New(c), p.stage, 1000*time.Hour
	p.r = New(o)
	for i, step := range s.steps {
		// What a step sets off is answered in the next.
		p.stage.at(s.steps[min(i+1, len(s.steps)-1)].number)
		p.step(step)
		if t.Failed() {
			break
		}
	}
	close(p.stage.over)
	p.r.Close()
	for _, query := range p.stage.log {
		if t.Failed() {
			t.Log("asked", query.Question[0])
		}
	}
}

func (p *player) step(s step) {
	switch s.does {
	case "QUERY":
		p.query(s.entry)
	case "CHECK_ANSWER":
		for len(p.done) == 0 && p.stage.settle(nil, exchange.Timeout) {
			synctest.Wait() // what nobody answers times out
		}
		if len(p.done) == 0 {
			p.Fatalf("step %d: no answer", s.number)
		}
		p.check(s, p.next(s.entry))
	case "CHECK_OUT_QUERY":
		if !p.stage.asked(&s.entry) {
			p.Errorf("step %d: %s is not being asked", s.number, s.entry.question.Name)
		}
		if has(s.entry.flags, "QR") {
			p.stage.settle(&s.entry, 0) // it says what to reply, too
		}
	case "REPLY":
		if !p.stage.settle(&s.entry, 0) {
			p.Errorf("step %d: nobody waits for this", s.number)
		}
	case "TIMEOUT":
		p.stage.settle(nil, exchange.Timeout) // how often we try is our affair
	case "ERROR":
		p.stage.settle(nil, exchange.Unreachable)
	case "TIME_PASSES":
		seconds, err := strconv.ParseFloat(s.args[1], 64)
		if err != nil {
			p.Fatal(err)
		}
		if took := time.Duration(seconds * float64(time.Second)); p.r.options.Stale {
			time.Sleep(took) // clients wait for so long
		} else {
			p.ahead.Add(int64(took)) // how soon we try again is our affair
		}
	case "INFRA_RTT":
		ms, _ := strconv.Atoi(s.args[2])
		p.r.servers.Answered(servers(s.args[0])[0], time.Duration(ms)*time.Millisecond)
	case "TRAFFIC", "NOTHING":
	default:
		p.Fatalf("step %d: %s is not known", s.number, s.does)
	}
	synctest.Wait()
}

func (p *player) query(e entry) {
	q := Question{dname.MustParse(e.question.Name), rr.Type(e.question.Qtype)}
	go func() {
		if has(e.flags, "RD") {
			p.done <- &played{q, p.r.Resolve(context.Background(), q)}
			return
		}
		res, ok := p.r.Known(q)
		if !ok {
			res = &Result{EDE: code.NoEDE}
		}
		p.done <- &played{q, res}
	}()
}

// next is the answer to the question of e, the first one where none is.
func (p *player) next(e entry) *played {
	got := <-p.done
	for range len(p.done) {
		if e.question == nil || got.q.Name.Equal(dname.MustParse(e.question.Name)) {
			return got
		}
		p.done <- got
		got = <-p.done
	}
	return got
}

// check holds the answer against the entry.
func (p *player) check(s step, got *played) {
	e, ttl := s.entry, has(s.entry.match, "ttl")
	var faults []string
	if int(got.res.Rcode) != e.rcode() && (has(e.match, "all") || has(e.match, "rcode")) {
		faults = append(faults, fmt.Sprintf("response code %s, want %s (%d %s)", got.res.Rcode, dns.RcodeToString[e.rcode()], got.res.EDE, got.res.Text))
	}
	if have, want := shownItems(got.res.Answer, ttl), shownRecords(e.sections[0], ttl); !slices.Equal(have, want) && (has(e.match, "all") || has(e.match, "answer")) {
		faults = append(faults, fmt.Sprintf("answer\n  %q, want\n  %q", have, want))
	}
	wantSOA := slices.DeleteFunc(slices.Clone(e.sections[1]), func(r dns.RR) bool { return r.Header().Rrtype != dns.TypeSOA })
	if have, want := shownItems(got.res.Authority, ttl), shownRecords(wantSOA, ttl); !slices.Equal(have, want) && has(e.match, "all") && len(want) > 0 {
		faults = append(faults, fmt.Sprintf("authority\n  %q, want\n  %q", have, want))
	}
	for _, m := range e.match {
		if want, ok := strings.CutPrefix(m, "ede="); ok && want != "0" && fmt.Sprint(uint16(got.res.EDE)) != want {
			faults = append(faults, fmt.Sprintf("EDE %d, want %s", got.res.EDE, want))
		}
	}
	if e.question != nil && !got.q.Name.Equal(dname.MustParse(e.question.Name)) {
		faults = append(faults, "the answer is to "+got.q.Name.String())
	}
	if len(faults) > 0 {
		p.Errorf("step %d: %s\nchain:", s.number, strings.Join(faults, "\n"))
		for _, s := range got.res.Chain {
			p.Log(s)
		}
	}
}

func shownRecords(records []dns.RR, ttl bool) (out []string) {
	for _, r := range records {
		r = dns.Copy(r)
		if !ttl {
			r.Header().Ttl = 0
		}
		// Through wire form and back, as there is more than one way to write data.
		buf := make([]byte, 70000)
		n, err := dns.PackRR(r, buf, 0, nil, false)
		if err != nil {
			panic(err)
		}
		out = append(out, fmt.Sprintf("%s %s %d %x", strings.ToLower(r.Header().Name), dns.TypeToString[r.Header().Rrtype], r.Header().Ttl, dataOf(buf[:n])))
	}
	slices.Sort(out)
	return out
}

// dataOf is the RDATA of a record in wire form.
func dataOf(record []byte) []byte {
	n, err := dname.Len(record)
	if err != nil {
		panic(err)
	}
	return lowered(rr.Record(record[n:]))
}

func lowered(r rr.Record) []byte {
	data := slices.Clone(r.Data())
	if rr.CheckData(r.Type(), data) == nil {
		rr.LowerNames(r.Type(), data)
	}
	return data
}

func shownItems(items []Item, ttl bool) (out []string) {
	for _, i := range items {
		for rest := i.Set; !rest.Empty(); {
			var r rr.Record
			r, rest = rest.Next()
			left := r.TTL()
			if !ttl {
				left = 0
			}
			out = append(out, fmt.Sprintf("%s %s %d %x", i.Owner.Lower(), r.Type(), left, lowered(r)))
		}
	}
	slices.Sort(out)
	return out
}
