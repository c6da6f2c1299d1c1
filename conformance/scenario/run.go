package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

// Run starts kind with the zones of the scenario and takes every step, each a subtest.
func (s Scenario) Run(t *testing.T, kind subject.Kind) {
	t.Helper()
	if reason := s.Skips(kind); reason != "" {
		t.Skipf("%s: %s", kind, reason)
	}
	server := subject.Start(t, kind, s.Zones)
	memory := &state{}
	for _, step := range s.Steps {
		t.Run(step.Title, func(t *testing.T) {
			if reason := step.Skips(kind); reason != "" {
				t.Skipf("%s: %s", kind, reason)
			}
			if err := step.take(server, memory); err != nil {
				t.Errorf("%s:%d: %s: %v", s.Name, step.Line, kind, err)
			}
		})
	}
}

// silence is how long no reply must come where none is wanted.
const silence = 2 * time.Second

// take asks and judges; the error tells query, reply, and all that is wrong.
func (s Step) take(server *subject.Server, memory *state) error {
	query, want, err := parseStep(s, server.Kind, memory)
	if err != nil {
		return err
	}
	octets, err := query.wire()
	if err != nil {
		return err
	}
	wait := query.wait
	if want.silent {
		wait = cmp.Or(wait, silence)
	}
	wire, err := server.Exchange(query.network, octets, wait)
	if want.silent {
		return wantSilence(wire, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.queryLine(), err)
	}
	message := new(dns.Msg)
	if err := message.Unpack(wire); err != nil {
		return fmt.Errorf("%s: the reply %x does not parse: %w", s.queryLine(), wire, err)
	}
	if wrong := want.judge(octets, wire, message, memory); len(wrong) > 0 {
		return fmt.Errorf("%s\n  - %s\nreply:\n%v", s.queryLine(), strings.Join(wrong, "\n  - "), message)
	}
	return nil
}

func wantSilence(wire []byte, err error) error {
	switch {
	case errors.Is(err, subject.ErrNoReply):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("a reply came, want none: %x", wire)
}

func (s Step) queryLine() string {
	for _, l := range s.lines {
		if body := strings.TrimSpace(l.text); strings.HasPrefix(body, "query ") {
			return body
		}
	}
	return "no query"
}
