package zonefile

import (
	"strconv"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// AppendRecord appends one line in canonical form: absolute owner, TTL, class,
// type and RDATA, with a space between each.
func AppendRecord(dst []byte, owner dname.Name, r rr.Record) []byte {
	dst = owner.AppendText(dst)
	dst = append(dst, ' ')
	dst = strconv.AppendUint(dst, uint64(r.TTL()), 10)
	dst = append(dst, " IN "...)
	dst = append(dst, r.Type().String()...)
	dst = append(dst, ' ')
	dst = rr.AppendDataText(dst, r.Type(), r.Data())
	return append(dst, '\n')
}
