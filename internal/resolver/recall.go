package resolver

import (
	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver/message"
)

// Recall answers from the cache what it has whole: the way of a client's question
// that is asked often. It is a worker's own, and allocates nothing.
type Recall struct {
	r      *Resolver
	lane   *lane
	key    dname.Key
	name   dname.Name // at hand
	t      rr.Type
	result Result
	answer []Item
	soa    [1]Item
	octets []byte // of the sets in the result, with the TTL left
}

// maxRecall is how many octets a Recall keeps for later.
const maxRecall = 16 << 10

// NewRecall makes a Recall of r.
func (r *Resolver) NewRecall() *Recall {
	return &Recall{r: r, lane: r.counts.lane(), answer: make([]Item, 0, r.options.MaxHops+1), octets: make([]byte, 0, 1024)}
}

// Find is what Resolve would say to q without asking anybody, but for the Chain,
// which is empty. ok is false where it would have to ask, and also for what is
// seldom or answered elsewhere: what our own zones say beside CNAMEs, DNAMEs,
// loops, failures, what has expired. The Result is valid until the next Find, as
// long as q.Name is, and not to be changed. What is about to expire is asked for
// anew in the background.
func (c *Recall) Find(q Question) (res *Result, ok bool) {
	if q.Type == rr.TypeANY || q.Type.IsMeta() {
		return nil, false
	}
	if cap(c.octets) > maxRecall {
		c.octets = make([]byte, 0, 1024)
	}
	c.name, c.t, c.octets = q.Name, q.Type, c.octets[:0]
	c.result = Result{Answer: c.answer[:0], EDE: code.NoEDE, TTL: ^uint32(0)}
	for {
		c.key.Set(c.name)
		set, ours := c.own()
		if ours && (set.Empty() || !c.link(set, set.TTL())) {
			return nil, false
		}
		if ours {
			continue
		}
		if hit, ok := c.usable(c.r.options.Cache.Find(&c.key, c.t)); ok {
			return c.end(hit)
		}
		hit, ok := c.usable(c.r.options.Cache.Find(&c.key, rr.TypeCNAME))
		if !ok || hit.Kind != cache.Positive || !c.link(hit.Set, hit.TTL) {
			return nil, false
		}
	}
}

func (c *Recall) own() (cname rr.Set, ok bool) {
	if c.r.options.Own == nil {
		return nil, false
	}
	return c.r.options.Own.Link(&c.key)
}

// usable is the rule of walk.usable for what has not expired.
func (c *Recall) usable(hit cache.Hit, ok bool) (cache.Hit, bool) {
	if !ok || hit.Stale || hit.Made || hit.Kind == cache.Positive && hit.Rank < cache.Answer {
		return hit, false
	}
	if hit.Prefetch {
		c.r.prefetch(dueOf(hit))
	}
	return hit, true
}

// link follows the CNAME set of the name at hand, of which so much is left.
func (c *Recall) link(set rr.Set, ttl uint32) bool {
	if c.t == rr.TypeCNAME || len(c.result.Answer) >= c.r.options.MaxHops {
		return false
	}
	c.add(set, ttl)
	c.name = set.Target()
	for _, passed := range c.result.Answer {
		if passed.Owner.Equal(c.name) {
			return false
		}
	}
	return true
}

func (c *Recall) end(hit cache.Hit) (*Result, bool) {
	c.lane.hits.Add(1)
	switch hit.Kind {
	case cache.Positive:
		c.add(hit.Set, hit.TTL)
		return &c.result, true
	case cache.NoName:
		c.result.Rcode = code.NXDomain
	}
	if !hit.SOA.Empty() {
		c.soa[0] = Item{Owner: hit.Apex, Set: c.left(hit.SOA, hit.TTL)}
		c.result.Authority = c.soa[:]
	}
	if hit.Text != "" {
		c.result.EDE, c.result.Text = hit.EDE, hit.Text
	}
	c.result.TTL = min(c.result.TTL, hit.TTL)
	return &c.result, true
}

// add puts set behind the answer.
func (c *Recall) add(set rr.Set, ttl uint32) {
	c.result.Answer = append(c.result.Answer, Item{Owner: c.name, Set: c.left(set, ttl)})
	c.result.TTL = min(c.result.TTL, ttl)
}

// left is a copy of s with that TTL among the octets of the result.
func (c *Recall) left(s rr.Set, ttl uint32) rr.Set {
	start := len(c.octets)
	c.octets = append(c.octets, s...)
	return message.SetTTL(c.octets[start:len(c.octets):len(c.octets)], ttl)
}
