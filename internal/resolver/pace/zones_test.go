package pace

import (
	"testing"
)

// Of the room in a zone an eighth is for what goes first; each zone has its own.
func TestZones(t *testing.T) {
	z := NewZones(16)
	in := 0
	for z.Enter("one.", false) {
		in++
	}
	if in != 14 || !z.Enter("one.", true) || !z.Enter("one.", true) || z.Enter("one.", true) {
		t.Errorf("%d were let in", in)
	}
	if !z.Enter("two.", false) {
		t.Error("another zone has no room")
	}
	if open, refused := z.Count(); open != 2 || refused != 2 {
		t.Errorf("%d zones, %d turned away", open, refused)
	}
	z.Leave("one.")
	z.Leave("one.")
	if z.Enter("one.", false) != false || !z.Enter("one.", true) {
		t.Error("what is kept for the first is given away")
	}
	for range 15 {
		z.Leave("one.")
	}
	z.Leave("two.")
	if open, _ := z.Count(); open != 0 {
		t.Errorf("%d zones are left", open)
	}
}
