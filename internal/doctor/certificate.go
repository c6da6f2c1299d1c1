package doctor

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/doctor/handshake"
	"github.com/truename-dns/truename/internal/doctor/servers"
)

// Certificate is what an address shows to a client that wants the name.
type Certificate struct {
	Address netip.AddrPort
	Status  Status
	handshake.Certificate
}

const maxHandshakes = 8 // addresses tried

// certificate judges what the addresses of the name show in a TLS handshake that
// asks for it.
func (p *patient) certificate(v *Verdict) {
	v.Source = "RFC 9525, Section 6"
	switch {
	case len(p.out.Addresses) == 0:
		v.judge(Skipped, "the name has no addresses to ask for a certificate")
		return
	case p.Name.IsWildcard():
		v.judge(Skipped, "a wildcard is no host that shows a certificate; examine a name that it stands for")
		return
	}
	list := p.out.Addresses[:min(maxHandshakes, len(p.out.Addresses))]
	p.out.Certificates = make([]Certificate, len(list))
	var wg sync.WaitGroup
	for n, a := range list {
		wg.Go(func() { p.out.Certificates[n] = p.handshake(netip.AddrPortFrom(a, p.Port)) })
	}
	wg.Wait()
	p.quiet(v)
	for n := range p.out.Certificates {
		p.certified(v, &p.out.Certificates[n])
	}
	if more := len(p.out.Addresses) - len(list); more > 0 {
		v.see(fmt.Sprintf("%d more addresses were not tried", more))
	}
}

// quiet judges addresses at which there is nobody, beside others at which there
// is: a client that takes one of them waits, or fails. An address that could not
// be reached from here says nothing as long as others could.
func (p *patient) quiet(v *Verdict) {
	had, closed := false, ""
	for n := range p.out.Certificates {
		c := &p.out.Certificates[n]
		had = had || c.Protocol != ""
		if c.Result == handshake.NoListener {
			closed = c.Address.String()
		}
	}
	for n := range p.out.Certificates {
		if c := &p.out.Certificates[n]; had && c.Result == handshake.Unreachable {
			c.Status = Skipped
		}
	}
	if had && closed != "" {
		v.judge(Warning, "nobody listens at some of the addresses of the name")
		v.advise(fmt.Sprintf("see why nobody listens at %s, or take that address out of the records", closed))
	}
}

// judgements are what the results of handshakes mean for the name. That an
// authority is not trusted here need not hold for its clients.
var judgements = map[handshake.Result]struct {
	Status
	title string
}{
	handshake.Fits:        {OK, "the certificate covers the name"},
	handshake.Soon:        {Warning, "the certificate covers the name, but not for long"},
	handshake.Untrusted:   {Warning, "the certificate covers the name, but is not trusted here"},
	handshake.Unfit:       {Problem, "the certificate does not fit the name"},
	handshake.Failed:      {Problem, "what listens at the addresses of the name shows no certificate"},
	handshake.NoListener:  {Skipped, "nobody listens for TLS at the addresses of the name"},
	handshake.Barred:      {Skipped, "the addresses of the name are private, and were not tried"},
	handshake.Unreachable: {Undecided, "no certificate could be had"},
}

// handshake asks for the certificate for the name at an address.
func (p *patient) handshake(at netip.AddrPort) Certificate {
	if !p.d.mayReach(p.who, at.Addr()) {
		return Certificate{Address: at, Status: Skipped, Certificate: handshake.Certificate{Result: handshake.Barred, Why: servers.ErrPrivate.Error()}}
	}
	o := p.d.options
	c := handshake.Ask(p.ctx, handshake.Options{Dial: o.Dial, Roots: o.Roots, Now: o.Clock()}, at, hostOf(p.Name))
	return Certificate{at, judgements[c.Result].Status, c}
}

// hostOf is the name as TLS wants it: without its final dot.
func hostOf(n dname.Name) string { return strings.TrimSuffix(n.String(), ".") }

// certified takes one certificate into the verdict.
func (p *patient) certified(v *Verdict, c *Certificate) {
	v.judge(c.Status, judgements[c.Result].title)
	line := c.Address.String() + ": " + c.Why
	if c.Why == "" {
		line += "covers the name"
	}
	if c.NameCount > 0 {
		line += fmt.Sprintf("; names %s; issued by %s; valid until %s", someNames(c.Names, c.NameCount), c.Issuer, c.NotAfter.UTC().Format(time.DateTime))
	}
	v.see(line)
	host := hostOf(p.Name)
	switch {
	case c.Status != Problem && c.Status != Warning:
	case c.Result == handshake.Failed:
		v.advise(fmt.Sprintf("see that what listens at %s speaks TLS, and has a certificate for clients that ask for %s", c.Address, host))
	case !c.Covers:
		v.advise(fmt.Sprintf("have whoever runs the target issue a certificate for %s there: an alias leads clients to it, but they still ask for %s", host, host))
	case c.SelfSigned:
		v.advise(fmt.Sprintf("replace the self-signed certificate by one of an authority, as by ACME (RFC 8555), for %s", host))
	case c.Result == handshake.Untrusted:
		v.advise(fmt.Sprintf("have the server send its intermediate certificates too, or take a certificate for %s of an authority that clients trust", host))
	default:
		v.advise(fmt.Sprintf("renew the certificate for %s, and look why that was not done automatically", host))
	}
}

// someNames is the first few of names, and how many there are besides.
func someNames(names []string, count int) string {
	const few = 4
	if count <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), count-few)
}
