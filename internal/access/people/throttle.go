package people

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/password"
)

// Passwords can be guessed, so guesses are slowed down; but whoever slows them down
// by the address that is tried lets any stranger keep its owner out, by guessing all
// day. So it counts how a browser comes to us, the strongest sign first:
//
//   - one in which the person has had a session shows its cookie, also when that
//     session has ended, and nobody can make it up: it has a lane to itself;
//   - a network from which the person has signed in within KnownFor has a lane for
//     that person, which nobody in other networks can fill. Who shares the network
//     can, and learns by it that the person signs in from there;
//   - all other networks share the lane of the e-mail address, whether somebody has
//     it or not, and each of them has a budget for all addresses together.
//
// A lane that is full does not refuse who comes at a fair pace: one waits for the
// next turn if it comes soon, and of several who wait chance chooses, so that nobody
// gets all turns by asking most often. Digests are made in two lines, too: strangers
// have no places in that of the first two kinds (password.Hasher.Kept).
//
// Codes and passkeys cannot be guessed. Who has one is never held back; only those
// who are wrong count.

// Wrong attempts of a network from which nobody is known: so many at once, and then
// so many a second.
const (
	networkAtOnce    = 30
	networkPerSecond = 0.1
)

// Attempts in a lane: so many at once, then one in laneGap; one waits laneWait for
// it. That is less, so that who does nothing but try is sent away.
const (
	laneAtOnce = 10
	laneGap    = 5 * time.Second
	laneWait   = 3 * time.Second
	laneChance = 200 * time.Millisecond // by which those who wait differ
	maxWaiting = 256                    // of each kind at one time
)

// How long networks and browsers are known after a sign-in, and how many of each a
// person may have.
const (
	KnownFor = 90 * 24 * time.Hour
	maxKnown = 16
)

// throttle slows down guesses.
type throttle struct {
	networks *access.Limiter // of strangers, by access.Network
	lanes    *access.Limiter
	strange  chan struct{} // those who wait for their turn
	kept     chan struct{} // those of them who are known
}

func newThrottle() throttle {
	return throttle{
		networks: access.NewLimiter(networkPerSecond, networkAtOnce, access.MaxKeys),
		lanes:    access.NewLimiter(1/laneGap.Seconds(), laneAtOnce, access.MaxKeys),
		strange:  make(chan struct{}, maxWaiting), kept: make(chan struct{}, maxWaiting),
	}
}

// attempt is one to guess a password.
type attempt struct {
	*throttle
	lane    string
	network string
	known   bool // the browser or the network is; then its budget does not count
}

// attempt counts one, of whoever has that address, or of nobody. It is to be called
// before anything is compared, so that attempts that come together count too.
func (k *Keeper) attempt(ctx context.Context, email string, e *entry, from *From) (*attempt, error) {
	network, browser := access.Network(from.Address), digestOf(from.Secret).text()
	a := &attempt{&k.throttle, "address " + access.FoldEmail(email), network, false}
	switch {
	case e != nil && isKnown(e.browsers, browser):
		a.lane, a.known = "browser "+browser, true
	case e != nil && isKnown(e.networks, network):
		a.lane, a.known = "person "+e.ID+" "+network, true
	}
	return a, a.begin(ctx)
}

// again counts an attempt of who has the session c to show once more who they are.
func (k *Keeper) again(ctx context.Context, c *Current) (*attempt, error) {
	a := &attempt{&k.throttle, "session " + c.Session.ID, "", true}
	return a, a.begin(ctx)
}

func (a *attempt) begin(ctx context.Context) error {
	if !a.known {
		if ok, wait := a.networks.Allow(a.network, 1); !ok {
			return tooMany(wait)
		}
	}
	err := a.turn(ctx)
	if err != nil && !a.known {
		a.networks.Return(a.network, 1)
	}
	return err
}

// won gives the attempt back: it was right, or nothing was learnt by it.
func (a *attempt) won() {
	a.lanes.Return(a.lane, 1)
	if !a.known {
		a.networks.Return(a.network, 1)
	}
}

// turn takes a turn of the lane, now or when there is one soon.
func (a *attempt) turn(ctx context.Context) error {
	q := a.lanes.Take(a.lane, 1)
	if !q.OK && q.RetryAfter <= laneWait {
		if err := a.wait(ctx, q.RetryAfter); err != nil {
			return err
		}
		q = a.lanes.Take(a.lane, 1)
	}
	if !q.OK {
		return tooMany(q.RetryAfter)
	}
	return nil
}

// wait waits for so long and a little more, if there is room for who does.
func (a *attempt) wait(ctx context.Context, long time.Duration) error {
	room := a.strange
	if a.known {
		room = a.kept
	}
	select {
	case room <- struct{}{}:
		defer func() { <-room }()
	default:
		return tooMany(long)
	}
	turn := time.NewTimer(long + rand.N(laneChance))
	defer turn.Stop()
	select {
	case <-ctx.Done():
		return access.Unreachable("the request was given up", ctx.Err())
	case <-turn.C:
		return nil
	}
}

// line is where the digests of an attempt are made.
func (k *Keeper) line(a *attempt) *password.Hasher {
	if a.known {
		return k.hasher.Kept()
	}
	return k.hasher
}

// missed counts an attempt with a code or a passkey that failed with err, and is
// err, or the error of a network that has failed too often.
func (k *Keeper) missed(from netip.Addr, err error) error {
	if ok, wait := k.throttle.networks.Allow(access.Network(from), 1); !ok {
		return tooMany(wait)
	}
	return err
}

// seen is a network or a browser from which a person has signed in.
type seen struct {
	Key  string    `json:"key"` // access.Network, or the digest of the session's secret
	Last time.Time `json:"last"`
}

func isKnown(list []seen, key string) bool {
	return key != "" && slices.ContainsFunc(list, func(s seen) bool { return s.Key == key && time.Since(s.Last) < KnownFor })
}

// note is list with key seen at now in front, and without the one whose place it
// takes and those that are known no more.
func note(list []seen, key, instead string, now time.Time) []seen {
	if key == "" {
		return list
	}
	out := []seen{{key, now}}
	for _, s := range list {
		if s.Key != key && s.Key != instead && now.Sub(s.Last) < KnownFor && len(out) < maxKnown {
			out = append(out, s)
		}
	}
	return out
}

// remember notes from where e has signed in, and the browser by the secret of the
// session that it has now.
func (e *entry) remember(from *From, secret string, now time.Time) {
	e.networks = note(e.networks, access.Network(from.Address), "", now)
	e.browsers = note(e.browsers, digestOf(secret).text(), digestOf(from.Secret).text(), now)
}
