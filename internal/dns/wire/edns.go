package wire

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// Option is an EDNS option code.
type Option uint16

// Option codes in use here.
const (
	OptionNSID      Option = 3  // RFC 5001
	OptionCookie    Option = 10 // RFC 7873
	OptionKeepalive Option = 11 // RFC 7828
	OptionEDE       Option = 15 // RFC 8914
)

// EDNS is the OPT pseudo-record of a query (RFC 6891, Section 6.1).
type EDNS struct {
	Present    bool
	Version    uint8
	DO         bool   // RFC 3225
	BufferSize uint16 // at least 512, whatever the query says (RFC 6891, Section 6.2.3)
	NSID       bool
	Keepalive  bool
	Cookie     []byte // 8 octets, or 16 to 40; nil without the option
}

// parse reads the record opt (TYPE onward) and the options it knows; others are
// ignored (RFC 6891, Section 6.1.2).
func (e *EDNS) parse(opt rr.Record) error {
	e.Present = true
	e.BufferSize = max(uint16(512), binary.BigEndian.Uint16(opt[2:]))
	e.Version = opt[5]
	e.DO = opt[6]&0x80 != 0
	if e.Version != 0 {
		return nil // what follows may mean something else there
	}
	for rest := opt.Data(); len(rest) > 0; {
		if len(rest) < 4 {
			return ErrMalformed
		}
		end := 4 + int(binary.BigEndian.Uint16(rest[2:]))
		if len(rest) < end {
			return ErrMalformed
		}
		if err := e.option(Option(binary.BigEndian.Uint16(rest)), rest[4:end]); err != nil {
			return err
		}
		rest = rest[end:]
	}
	return nil
}

func (e *EDNS) option(code Option, data []byte) error {
	switch code {
	case OptionNSID:
		e.NSID = true
	case OptionKeepalive:
		e.Keepalive = true
	case OptionCookie:
		if e.Cookie != nil {
			break // all but the first are ignored (RFC 7873, Section 5.2)
		}
		// A client cookie is 8 octets, a server cookie 8 to 32 (RFC 7873, Section 5.2.2).
		if n := len(data); n != 8 && (n < 16 || n > 40) {
			return ErrMalformed
		}
		e.Cookie = data
	}
	return nil
}
