package subject

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

// Change replaces the text of a zone that the server has, makes the server read it, and
// returns when it answers with the new serial, which must differ from the old.
func (s *Server) Change(zone Zone) error {
	serial, err := serialOf(zone)
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, "zones", fileName(zone.Origin))
	if err := os.WriteFile(path, []byte(zone.Text), 0o644); err != nil {
		return err
	}
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	seen := 0
	for begin := time.Now(); time.Since(begin) < startupLimit; time.Sleep(5 * time.Millisecond) {
		if seen++; !s.hasSerial(zone.Origin, serial) {
			seen = 0
		}
		if seen == settled {
			return nil
		}
	}
	return fmt.Errorf("%s does not come to serial %d of %s\n%s", s.Kind, serial, zone.Origin, s.Log())
}

// settled is how many answers in a row must have the new serial: NSD goes on answering from
// the old zone too for a moment, by the processes that it replaces.
const settled = 10

func (s *Server) hasSerial(origin string, serial uint32) bool {
	reply, _, err := s.client().Exchange(new(dns.Msg).SetQuestion(origin, dns.TypeSOA), s.Addr)
	if err != nil || len(reply.Answer) == 0 {
		return false
	}
	soa, ok := reply.Answer[0].(*dns.SOA)
	return ok && soa.Serial == serial
}

func serialOf(zone Zone) (uint32, error) {
	parser := dns.NewZoneParser(strings.NewReader(zone.Text), zone.Origin, zone.Origin)
	for r, ok := parser.Next(); ok; r, ok = parser.Next() {
		if soa, found := r.(*dns.SOA); found {
			return soa.Serial, nil
		}
	}
	return 0, fmt.Errorf("zone %s has no SOA: %w", zone.Origin, parser.Err())
}
