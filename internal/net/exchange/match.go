package exchange

import (
	"bytes"
	"errors"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// sent is a question under way.
type sent struct {
	wire.Request
	asked  dname.Name // in the case of whoever asks
	cookie []byte     // data of the COOKIE option; nil for none
}

// restore gives the name of the question in r back its case: names elsewhere in
// the message may point at it.
func (m *sent) restore(r *wire.Reply) { copy(r.Name, m.asked) }

var (
	errStranger  = errors.New("the message answers another question")
	errStrangers = errors.New("too many messages that answer other questions")
	errCase      = errors.New("the answer does not repeat the name as it was asked")
)

// check reads msg as the answer to m. errStranger means that it is none
// (RFC 5452, Section 9.1); errCase that all but the letters' case fits, errCookie
// that all but the cookie does.
func (m *sent) check(msg []byte, r *wire.Reply) error {
	err := r.Parse(msg)
	if len(msg) < wire.HeaderLen || err == wire.ErrQuery || r.ID != m.ID || r.Flags.Op() != code.OpQuery {
		return errStranger
	}
	if err := m.checkCookie(r); err != nil {
		return err
	}
	if r.Name == nil {
		// Who cannot read a question need not repeat it.
		if r.Rcode != code.NoError && r.Rcode != code.NXDomain {
			return nil
		}
		if err != nil {
			return err
		}
		return errStranger
	}
	if r.Type != m.Type || r.Class != rr.ClassIN || !r.Name.Equal(m.Name) {
		return errStranger
	}
	if !bytes.Equal(r.Name, m.Name) {
		return errCase
	}
	if err != nil && r.Flags&wire.TC != 0 {
		return nil // what was cut off is asked for again anyway
	}
	return err
}
