package sqlite

import "github.com/truename-dns/truename/internal/dns/dname"

// keyOf is the key under which the records of n are kept: its sort key, so
// that rows lie in canonical order.
func keyOf(n dname.Name) []byte { return n.AppendSortKey(make([]byte, 0, len(n)+8)) }
