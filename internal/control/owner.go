package control

import "github.com/truename-dns/truename/internal/dns/dname"

// Owner is the id of the account whose zone apex is; empty for a zone of files,
// and for one that is not there.
func (c *Control) Owner(apex dname.Name) string {
	if z := c.committed.ByApex(apex); z != nil {
		return z.Account
	}
	return ""
}
