package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/zone/lint"
)

func TestErrorsSayWhatIsWrongAndWhatToDo(t *testing.T) {
	disk := errors.New("disk full")
	for _, c := range []struct {
		name  string
		err   error
		class Class
		code  string
		text  string
		cause error
	}{
		{"plain", New(Conflict, "record-exists", "it is there already", "leave it out"), Conflict, "record-exists", "it is there already; leave it out", nil},
		{"without a fix", New(Invalid, "x", "it is wrong", ""), Invalid, "x", "it is wrong", nil},
		{"a denial", Denial(disk), Denied, "denied", "disk full", disk},
		{"the store", OfStore(disk), Unavailable, "store-unavailable", "the store cannot do it now: disk full; nothing was changed; try again, and look at the server's log", disk},
		{"one rule", Broken([]lint.Finding{{Code: "loop", Owner: "a.", Message: "it loops", Fix: "point it elsewhere"}}, 1), Refused, "loop", "a.: it loops; point it elsewhere", nil},
		{"several rules", Broken([]lint.Finding{{Code: "loop", Owner: "a.", Message: "a. loops"}}, 3), Refused, "loop", "a. loops (and 2 more)", nil},
		{"a text that draws", CheckText("comment", "a\x1b[2J"), Invalid, "bad-text", "the comment has characters that cannot be shown: control characters, or what is no UTF-8; leave out line feeds and other control characters", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e *Error
			err := fmt.Errorf("wrapped: %w", c.err)
			if !errors.As(err, &e) || e.Class != c.class || !Is(err, c.code) || e.Error() != c.text || !errors.Is(err, c.cause) && c.cause != nil || e.Zone != -1 || e.Edit != -1 {
				t.Errorf("%+v", e)
			}
			if IsMissing(err) {
				t.Error("nothing is missing")
			}
		})
	}
}

func TestWhatIsNoFault(t *testing.T) {
	if err := Denial(nil); err != nil {
		t.Errorf("a denial of nothing: %v", err)
	}
	if err := OfStore(context.Canceled); err != context.Canceled {
		t.Errorf("who gave up is told %v", err)
	}
	if err := CheckText("reason", "Grüße, 世界"); err != nil {
		t.Error(err)
	}
	if !IsMissing(NoZone("a.")) || !IsMissing(NoRecord("b.")) || IsMissing(ReadOnly("a.")) || IsMissing(errors.New("x")) || Is(nil, "x") {
		t.Error("what is missing")
	}
}
