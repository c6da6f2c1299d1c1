package pace

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// What a zone says of itself is gone when its delegation is.
func TestSparesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSpares(time.Now)
		name, list := dname.MustParse("Example.com."), servers("192.0.2.1")
		s.Put(name, Spare{Servers: list}, 60)
		s.Put(name, Spare{Names: []dname.Name{name}}, 60)
		if p := s.Find(name.Lower()); len(p.Names) != 1 || len(p.Servers) != 1 {
			t.Errorf("got %+v", p)
		}
		time.Sleep(61 * time.Second)
		if p := s.Find(name); len(p.Names)+len(p.Servers) != 0 {
			t.Errorf("after its time: %+v", p)
		}
		for n := range mostSpares + 10 {
			s.Put(dname.MustParse(fmt.Sprintf("n%d.", n)), Spare{Servers: list}, 60)
		}
		if len(s.known) > mostSpares {
			t.Errorf("%d are kept", len(s.known))
		}
	})
}
