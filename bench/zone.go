package main

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
)

// layout says how many names of each kind a generated zone holds. The same
// layout always gives the same file, byte for byte.
type layout struct {
	origin    string
	hosts     int // names with an A record, and an AAAA record when dual is set
	dual      bool
	aliases   int // CNAMEs to a host
	chains    int // CNAMEs to an alias
	wildcards int // *.wN CNAME to a host
}

// servedLayout is the zone of the udp and tcp suites: 260,100 records under the apex.
var servedLayout = layout{
	origin: "bench.example.", hosts: 100_000, dual: true,
	aliases: 50_000, chains: 10_000, wildcards: 100,
}

// loadedLayout is the zone of the load suite: a million records under the apex.
var loadedLayout = layout{origin: "load.example.", hosts: 500_000, aliases: 500_000}

// apexRecords counts the SOA and the NS; the name server is the first host.
const apexRecords = 2

// records counts every record of the zone.
func (l layout) records() int {
	hosts := l.hosts
	if l.dual {
		hosts *= 2
	}
	return apexRecords + hosts + l.aliases + l.chains + l.wildcards
}

// The multipliers are primes: neighbours in the file point far apart, so that
// following an alias costs the memory access it costs in life.
func (l layout) aliasTarget(alias int) int   { return (alias*7919 + 13) % l.hosts }
func (l layout) chainTarget(chain int) int   { return (chain*104_729 + 7) % l.aliases }
func (l layout) wildcardTarget(wild int) int { return (wild*31_337 + 5) % l.hosts }

// address4 and address6 give each host its own addresses.
func address4(host int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(host >> 16), byte(host >> 8), byte(host)})
}

func address6(host int) netip.Addr {
	return netip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 2: 0x0d, 3: 0xb8,
		13: byte(host >> 16), 14: byte(host >> 8), 15: byte(host)})
}

// write streams the zone as a master file.
func (l layout) write(w *bufio.Writer) {
	fmt.Fprintf(w, "$ORIGIN %s\n$TTL 3600\n", l.origin)
	fmt.Fprintf(w, "@ IN SOA h0 hostmaster 1 7200 900 1209600 300\n@ IN NS h0\n")
	for i := range l.hosts {
		fmt.Fprintf(w, "h%d IN A %s\n", i, address4(i))
		if l.dual {
			fmt.Fprintf(w, "h%d IN AAAA %s\n", i, address6(i))
		}
	}
	for i := range l.aliases {
		fmt.Fprintf(w, "a%d IN CNAME h%d\n", i, l.aliasTarget(i))
	}
	for i := range l.chains {
		fmt.Fprintf(w, "c%d IN CNAME a%d\n", i, l.chainTarget(i))
	}
	for i := range l.wildcards {
		fmt.Fprintf(w, "*.w%d IN CNAME h%d\n", i, l.wildcardTarget(i))
	}
}

// zoneFile is a written zone. It lies alone in its folder, because Truename
// serves every zone file of a folder.
type zoneFile struct {
	origin  string
	path    string
	records int
	probe   query // a name near the end of the file: answered once all is read
}

// writeZone writes the zone of l to folder/ORIGIN/ORIGIN.zone.
func writeZone(folder string, l layout) (zoneFile, error) {
	base := l.origin[:len(l.origin)-1]
	z := zoneFile{
		origin:  l.origin,
		path:    filepath.Join(folder, base, base+".zone"),
		records: l.records(),
		probe:   l.aliasQuery(l.aliases - 1),
	}
	return z, writeFile(z.path, l.write)
}

// writeFile creates the file and its folder and fills it through a buffer.
func writeFile(path string, fill func(*bufio.Writer)) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fill(w)
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
