// Command truename is a DNS server and control plane for names that point at
// other names.
package main

import (
	"os"

	"github.com/truename-dns/truename/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
}
