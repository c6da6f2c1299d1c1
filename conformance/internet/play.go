package internet

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/truename-dns/truename/conformance/subject"
)

// plays is how often a scenario may be played until all of it goes well. A resolver sends
// a question again when a server it knows is 100 ms late, and gives it up after 700 ms; a
// machine that stalls for so long now and then makes counts and times wrong by chance. What
// is wrong with the subject is wrong in every play.
const plays = 3

// Play builds the internet of the scenario and lets happen there what the scenario says;
// the subject is truename or unbound.
func (s *Scenario) Play(t *testing.T, kind string) {
	t.Helper()
	if reason := s.Skips(kind); reason != "" {
		t.Skip(reason)
	}
	if kind == "unbound" {
		NeedPort53(t)
	}
	for n := 1; ; n++ {
		wrong := s.playOnce(t, kind)
		switch {
		case wrong == nil:
			return
		case n == plays:
			t.Error(wrong)
			return
		}
		t.Logf("play %d of at most %d: %v", n, plays, wrong)
	}
}

// playOnce returns what has not gone as it should, on an internet of its own.
func (s *Scenario) playOnce(t *testing.T, kind string) error {
	t.Helper()
	p := s.stage(t, kind)
	var wrong []error
	for _, e := range s.Events {
		if err := p.play(e); err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%d: %s %s: %w", s.Name, e.Line, e.Kind, e.Arg, err))
		}
	}
	if err := p.join(Event{}); err != nil {
		wrong = append(wrong, fmt.Errorf("%s: %w", s.Name, err))
	}
	return errors.Join(wrong...)
}

// player is a scenario being played.
type player struct {
	t       *testing.T
	kind    string
	net     *Internet
	begin   func() // starts the subject, once
	subject *Program
	ca      *certificateAuthority
	clock   string // the file that the subject takes its time from
	now     int64  // what it says
	own     map[string]Zone
	expand  *strings.Replacer
	pending map[string]chan error // questions under way, by title
}

// stage builds everything but the subject.
func (s *Scenario) stage(t *testing.T, kind string) *player {
	t.Helper()
	p := &player{t: t, kind: kind, own: map[string]Zone{}, pending: map[string]chan error{}}
	var zones []Zone
	for _, z := range s.Zones {
		if len(z.Servers) == 0 {
			p.own[z.Origin] = z
		} else {
			zones = append(zones, z)
		}
	}
	p.net = Build(t, zones)
	p.expand = strings.NewReplacer(append(p.forwarders(s), "$PORT", fmt.Sprint(p.net.Port), "$CA", p.ca.file)...)
	p.begin = func() {
		if p.subject != nil {
			return
		}
		if kind == "unbound" {
			p.subject = p.net.StartUnbound(t, "")
		} else {
			p.startTruename(s)
		}
	}
	return p
}

// words is text with the addresses of servers put in.
func (p *player) words(text string) string { return p.net.Expand(p.expand.Replace(text)) }

// forwarders starts the resolvers that the subject may forward to, and returns what their
// addresses are called.
func (p *player) forwarders(s *Scenario) []string {
	p.t.Helper()
	p.ca = newCA(p.t)
	var pairs []string
	for _, f := range s.Helped {
		pairs = append(pairs, p.forwarder(f)...)
	}
	return pairs
}

func (p *player) forwarder(f Forwarder) []string {
	p.t.Helper()
	var behind *Program
	if f.Kind == "unbound" {
		behind = p.net.StartUnbound(p.t, "")
	} else {
		behind = p.net.StartTruename(p.t, Settings{Args: []string{"--recursion", "127.0.0.0/8"}})
	}
	addr := netip.AddrFrom4([4]byte{127, p.net.net, 200, byte(len(p.net.hosts))})
	h := &Host{addr: addr, Injector: Inject(p.t, netip.AddrPortFrom(addr, p.net.Port), behind.Addr)}
	p.net.hosts[f.Name] = h
	pairs := []string{"$" + f.Name, addr.String()}
	if f.TLSName != "" {
		port := h.InjectTLS(p.t, &tls.Config{Certificates: []tls.Certificate{p.ca.issue(p.t, f.TLSName)}})
		pairs = append([]string{"$" + f.Name + ".tls", fmt.Sprintf("%s:%d", addr, port)}, pairs...)
	}
	return pairs
}

func (p *player) startTruename(s *Scenario) {
	p.t.Helper()
	args := strings.Fields(p.words(strings.Join(s.Args, " ")))
	if len(args) == 0 {
		args = []string{"--recursion", "127.0.0.0/8"}
	}
	p.clock, p.now = filepath.Join(p.t.TempDir(), "clock"), time.Now().Unix()
	if err := p.setClock(); err != nil {
		p.t.Fatal(err)
	}
	settings := Settings{Args: append(args, "--test-clock", p.clock), Env: []string{"TRUENAME_TEST=1"}}
	for _, z := range p.own {
		settings.Zones = append(settings.Zones, p.ownZone(z, 1))
	}
	p.subject = p.net.StartTruename(p.t, settings)
}

func (p *player) ownZone(z Zone, serial int) subject.Zone {
	z.Text = p.words(z.Text)
	return subject.Zone{Origin: z.Origin, Text: z.complete(serial, []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, 53})})}
}

// setClock writes the time where the subject reads it.
func (p *player) setClock() error {
	if p.clock == "" {
		return nil
	}
	next := p.clock + ".next"
	if err := os.WriteFile(next, fmt.Appendln(nil, p.now), 0o600); err != nil {
		return err
	}
	return os.Rename(next, p.clock)
}

// play lets one event happen.
func (p *player) play(e Event) error {
	mine := e.forKind(p.kind)
	if mine == nil {
		return nil
	}
	for i, text := range mine.Lines {
		mine.Lines[i] = p.words(text)
	}
	if needSubject[e.Kind] {
		p.begin()
	}
	return events[e.Kind](p, *mine)
}

// needSubject are the events before which the subject must run; faults that stand before
// the first of them are there from its start on.
var needSubject = map[string]bool{"ask": true, "meanwhile": true, "restart": true, "api": true, "time": true, "own-change": true}

var events = map[string]func(*player, Event) error{
	"fault":      (*player).fault,
	"heal":       (*player).heal,
	"time":       (*player).time,
	"change":     (*player).change,
	"own-change": (*player).changeOwn,
	"ask":        (*player).ask,
	"meanwhile":  (*player).meanwhile,
	"join":       (*player).join,
	"asked":      (*player).asked,
	"forget":     (*player).forget,
	"restart":    (*player).restart,
	"api":        (*player).api,
}

// fault reads "SERVER[,SERVER]".
func (p *player) fault(e Event) error {
	for name := range strings.SplitSeq(e.Arg, ",") {
		host, err := p.net.Host(name)
		if err != nil {
			return err
		}
		fault, err := ParseFault(e.Lines)
		if err != nil {
			return err
		}
		host.Add(fault)
	}
	return nil
}

// heal reads "[SERVER[,SERVER]]"; without a name it is all of them.
func (p *player) heal(e Event) error {
	if e.Arg == "" {
		p.net.Heal()
		return nil
	}
	for name := range strings.SplitSeq(e.Arg, ",") {
		host, err := p.net.Host(name)
		if err != nil {
			return err
		}
		host.Heal()
	}
	return nil
}

// time reads how many seconds go by.
func (p *player) time(e Event) error {
	d, err := time.ParseDuration(e.Arg)
	if err != nil {
		return fmt.Errorf("write `-- time DURATION --`, as in 90s: %w", err)
	}
	p.now += int64(d / time.Second)
	return p.setClock()
}

func (p *player) change(e Event) error { return p.net.Change(e.Arg, strings.Join(e.Lines, "\n")+"\n") }

func (p *player) forget(Event) error {
	for _, h := range p.net.hosts {
		h.Forget()
	}
	return nil
}

// restart reads "[kill]".
func (p *player) restart(e Event) error {
	if e.Arg == "kill" {
		return p.subject.Restart(syscall.SIGKILL)
	}
	return p.subject.Restart(syscall.SIGTERM)
}

// join waits for all questions under way.
func (p *player) join(Event) error {
	var errs []error
	for title, done := range p.pending {
		if err := <-done; err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", title, err))
		}
		delete(p.pending, title)
	}
	return errors.Join(errs...)
}
