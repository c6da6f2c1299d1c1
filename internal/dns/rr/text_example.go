package rr

import "github.com/miekg/dns"

// Example is the RDATA of t as text, to show its form.
func (t Type) Example() string {
	if text, ok := examples[t]; ok {
		return text
	}
	return `\# 4 c0000201`
}

const (
	exampleDigest = "2bb183af5f22588179a53b0a98631fad1a292118"
	exampleKey    = "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb"
)

var examples = map[Type]string{
	TypeA:                    "192.0.2.1",
	TypeAAAA:                 "2001:db8::1",
	TypeAFSDB:                "1 afs.example.net.",
	TypeALIAS:                "host.example.net.",
	Type(dns.TypeAMTRELAY):   "10 0 3 relay.example.net.",
	Type(dns.TypeAPL):        "1:192.0.2.0/24 !2:2001:db8::/32",
	Type(dns.TypeAVC):        `"text"`,
	TypeCAA:                  `0 issue "ca.example.net"`,
	Type(dns.TypeCDNSKEY):    "257 3 13 " + exampleKey,
	Type(dns.TypeCDS):        "60485 5 1 " + exampleDigest,
	Type(dns.TypeCERT):       "PGP 0 0 " + exampleKey,
	TypeCNAME:                "host.example.net.",
	Type(dns.TypeCSYNC):      "66 3 A NS AAAA",
	Type(dns.TypeDHCID):      exampleKey,
	Type(dns.TypeDLV):        "60485 5 1 " + exampleDigest,
	TypeDNAME:                "example.net.",
	TypeDNSKEY:               "257 3 13 " + exampleKey,
	TypeDS:                   "60485 5 1 " + exampleDigest,
	Type(dns.TypeEID):        "e32c6f78163a9348",
	Type(dns.TypeEUI48):      "00-00-5e-90-01-20",
	Type(dns.TypeEUI64):      "00-00-5e-ef-10-00-00-20",
	Type(dns.TypeGID):        "100",
	Type(dns.TypeGPOS):       `"-32.6882" "116.8652" "10.0"`,
	TypeHINFO:                `"CPU" "OS"`,
	Type(dns.TypeHIP):        "2 200100107b1a74df365639cc39f1d578 " + exampleKey + " rvs.example.net.",
	TypeHTTPS:                `1 host.example.net. alpn="h2,h3" ipv4hint="192.0.2.1"`,
	Type(dns.TypeIPSECKEY):   "10 3 2 gateway.example.net. " + exampleKey,
	Type(dns.TypeISDN):       `"150862028003217" "004"`,
	TypeKEY:                  "256 3 13 " + exampleKey,
	TypeKX:                   "10 kx.example.net.",
	Type(dns.TypeL32):        "10 192.0.2.1",
	Type(dns.TypeL64):        "10 2001:0db8:1140:1000",
	Type(dns.TypeLOC):        "51 30 12.748 N 00 07 39.612 W 0.00m 0.00m 0.00m 0.00m",
	Type(dns.TypeLP):         "10 l64.example.net.",
	TypeMB:                   "host.example.net.",
	TypeMD:                   "host.example.net.",
	TypeMF:                   "host.example.net.",
	TypeMG:                   "mailbox.example.net.",
	TypeMINFO:                "owner.example.net. errors.example.net.",
	TypeMR:                   "mailbox.example.net.",
	TypeMX:                   "10 mail.example.net.",
	TypeNAPTR:                `100 50 "s" "SIP+D2U" "" _sip._udp.example.net.`,
	Type(dns.TypeNID):        "10 0014:4fff:ff20:ee64",
	Type(dns.TypeNIMLOC):     "3200000001",
	Type(dns.TypeNINFO):      `"text"`,
	TypeNS:                   "ns1.example.net.",
	Type(dns.TypeNSAPPTR):    "host.example.net.",
	TypeNSEC:                 "host.example.net. A MX RRSIG NSEC",
	TypeNSEC3:                "1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG",
	Type(dns.TypeNSEC3PARAM): "1 0 0 -",
	Type(dns.TypeNULL):       `\# 4 c0000201`,
	TypeNXT:                  "host.example.net. A NXT",
	Type(dns.TypeOPENPGPKEY): exampleKey,
	TypePTR:                  "host.example.net.",
	Type(dns.TypePX):         "10 rfc822.example.net. x400.example.net.",
	Type(dns.TypeRESINFO):    `"qnamemin"`,
	Type(dns.TypeRKEY):       "0 3 13 " + exampleKey,
	Type(dns.TypeRP):         "mailbox.example.net. text.example.net.",
	TypeRRSIG:                "A 13 3 3600 20300101000000 20290101000000 60485 example.net. " + exampleKey,
	TypeRT:                   "10 relay.example.net.",
	TypeSIG:                  "A 13 3 3600 20300101000000 20290101000000 60485 example.net. " + exampleKey,
	Type(dns.TypeSMIMEA):     "3 1 1 " + exampleDigest,
	TypeSOA:                  "ns1.example.net. hostmaster.example.net. 1 3600 900 1209600 300",
	Type(dns.TypeSPF):        `"v=spf1 -all"`,
	TypeSRV:                  "0 5 5060 sip.example.net.",
	Type(dns.TypeSSHFP):      "1 1 " + exampleDigest,
	TypeSVCB:                 `1 host.example.net. port="8443"`,
	Type(dns.TypeTA):         "60485 5 1 " + exampleDigest,
	Type(dns.TypeTALINK):     "previous.example.net. next.example.net.",
	Type(dns.TypeTLSA):       "3 1 1 " + exampleDigest,
	TypeTXT:                  `"text"`,
	Type(dns.TypeUID):        "1000",
	Type(dns.TypeUINFO):      `"text"`,
	Type(dns.TypeURI):        `10 1 "https://www.example.net/"`,
	Type(dns.TypeX25):        `"311061700956"`,
	Type(dns.TypeZONEMD):     "2018031500 1 1 " + exampleDigest + exampleDigest + "00000000000000000000",
}
