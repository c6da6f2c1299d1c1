package scenario

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

var checkParsers = map[string]func(words []string, body string) (check, error){
	"ede": parseEDE, "edns": parseEDNS, "option": parseOption, "size": parseSize, "cookie": parseCookie,
}

// parseEDE reads "none", or a code of RFC 8914 and, quoted, a part of its EXTRA-TEXT.
func parseEDE(words []string, body string) (check, error) {
	if len(words) == 1 && words[0] == "none" {
		return func(m *dns.Msg, _ []byte, _ *state) string {
			if ede := findEDE(m); ede != nil {
				return fmt.Sprintf("unexpected EDE %v", ede)
			}
			return ""
		}, nil
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("ede needs codes or `none`")
	}
	var codes []string
	_, text, _ := strings.Cut(body, `"`)
	codes = strings.Split(words[0], "|")
	text = strings.TrimSuffix(text, `"`)
	return func(m *dns.Msg, _ []byte, _ *state) string {
		ede := findEDE(m)
		if ede == nil {
			return "no EDE, want " + words[0]
		}
		if !slices.Contains(codes, strconv.Itoa(int(ede.InfoCode))) || !strings.Contains(ede.ExtraText, text) {
			return fmt.Sprintf("EDE %d %q, want %s with %q", ede.InfoCode, ede.ExtraText, words[0], text)
		}
		return ""
	}, nil
}

func findEDE(m *dns.Msg) *dns.EDNS0_EDE {
	if opt := m.IsEdns0(); opt != nil {
		for _, option := range opt.Option {
			if ede, ok := option.(*dns.EDNS0_EDE); ok {
				return ede
			}
		}
	}
	return nil
}

// parseEDNS reads "none", or any of "do", "!do" and version=N; alone it wants exactly one OPT record.
func parseEDNS(words []string, _ string) (check, error) {
	return func(m *dns.Msg, _ []byte, _ *state) string {
		count := 0
		for _, record := range m.Extra {
			if record.Header().Rrtype == dns.TypeOPT {
				count++
			}
		}
		none := slices.Contains(words, "none")
		if none != (count == 0) || count > 1 {
			return fmt.Sprintf("%d OPT records, want edns %v", count, words)
		}
		opt := m.IsEdns0()
		switch {
		case opt == nil:
			return ""
		case slices.Contains(words, "do") && !opt.Do(), slices.Contains(words, "!do") && opt.Do():
			return fmt.Sprintf("DO is %v, want %v", opt.Do(), words)
		case opt.Version() != 0:
			return fmt.Sprintf("EDNS version %d, want 0", opt.Version())
		case opt.Hdr.Ttl&0x7fff != 0:
			return fmt.Sprintf("EDNS flags %#x, want none but DO", opt.Hdr.Ttl&0xffff)
		}
		return ""
	}, nil
}

// parseOption reads a code and "absent", "present", "len=N" or hexadecimal data.
func parseOption(words []string, _ string) (check, error) {
	if len(words) != 2 {
		return nil, fmt.Errorf("write `option CODE absent|present|len=N|HEX`")
	}
	code, err := strconv.ParseUint(words[0], 10, 16)
	if err != nil {
		return nil, err
	}
	return func(_ *dns.Msg, wire []byte, _ *state) string {
		data, found := optionData(wire, uint16(code))
		length, byLength := strings.CutPrefix(words[1], "len=")
		switch {
		case words[1] == "absent" && !found, words[1] == "present" && found:
			return ""
		case found && byLength && strconv.Itoa(len(data)) == length:
			return ""
		case found && hex.EncodeToString(data) == words[1]:
			return ""
		}
		return fmt.Sprintf("option %d: found %v, data %x, want %s", code, found, data, words[1])
	}, nil
}

// optionData finds an EDNS option by its code in a reply.
func optionData(wire []byte, code uint16) ([]byte, bool) {
	m := new(dns.Msg)
	if m.Unpack(wire) != nil || m.IsEdns0() == nil {
		return nil, false
	}
	for _, option := range m.IsEdns0().Option {
		if option.Option() == code {
			return optionOctets(option), true
		}
	}
	return nil, false
}

func optionOctets(option dns.EDNS0) []byte {
	text := ""
	switch o := option.(type) {
	case *dns.EDNS0_LOCAL:
		return o.Data
	case *dns.EDNS0_NSID:
		text = o.Nsid
	case *dns.EDNS0_COOKIE:
		text = o.Cookie
	}
	octets, err := hex.DecodeString(text)
	if err != nil {
		return nil
	}
	return octets
}

// parseSize reads "<= N".
func parseSize(words []string, _ string) (check, error) {
	if len(words) != 2 || words[0] != "<=" {
		return nil, fmt.Errorf("write `size <= N`")
	}
	limit, err := strconv.Atoi(words[1])
	return func(_ *dns.Msg, wire []byte, _ *state) string {
		if len(wire) > limit {
			return fmt.Sprintf("%d octets, want at most %d", len(wire), limit)
		}
		return ""
	}, err
}

// parseCookie wants "server": the client cookie back with 8 to 32 octets of server cookie, which is
// kept for later steps; "same": moreover the server cookie sent; or "none".
func parseCookie(words []string, _ string) (check, error) {
	if len(words) != 1 || !slices.Contains([]string{"server", "same", "none"}, words[0]) {
		return nil, fmt.Errorf("write `cookie server|same|none`")
	}
	return func(_ *dns.Msg, wire []byte, s *state) string {
		data, found := optionData(wire, dns.EDNS0COOKIE)
		got := hex.EncodeToString(data)
		if words[0] == "none" {
			if found {
				return "unexpected cookie " + got
			}
			return ""
		}
		server, echoed := strings.CutPrefix(got, clientCookie)
		if !echoed || len(server) < 16 || len(server) > 64 {
			return fmt.Sprintf("cookie %q: want %s and 8 to 32 octets (RFC 7873, Section 4)", got, clientCookie)
		}
		if words[0] == "same" && server != s.serverCookie {
			return fmt.Sprintf("server cookie %s, want %s still", server, s.serverCookie)
		}
		s.serverCookie = server
		return ""
	}, nil
}
