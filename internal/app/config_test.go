package app

import (
	"log/slog"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/porch"
)

func TestSettingsTable(t *testing.T) {
	seen := make(map[string]bool)
	good := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for _, s := range Settings {
		if !good.MatchString(s.Name) || s.Name == "config" || seen[s.Name] {
			t.Errorf("%q is no good name, or there twice", s.Name)
		}
		seen[s.Name] = true
		if want := "TRUENAME_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_")); s.Env() != want {
			t.Errorf("%s: %s, want %s", s.Name, s.Env(), want)
		}
		if s.Help == "" || s.Value == "" || s.Help[0] >= 'A' && s.Help[0] <= 'Z' && !strings.HasPrefix(s.Help, "UDP") && !strings.HasPrefix(s.Help, "TCP") || strings.HasSuffix(s.Help, ".") {
			t.Errorf("%s: value %q, help %q", s.Name, s.Value, s.Help)
		}
		if err := s.set(new(Config), []string{s.Default}); err != nil {
			t.Errorf("%s: its default %q: %v", s.Name, s.Default, err)
		}
		if err := s.set(new(Config), []string{s.Default, s.Default}); (err == nil) != s.List {
			t.Errorf("%s: two values: %v", s.Name, err)
		}
	}
}

// sample is a value of each setting that is not its default, and what it makes.
func sample(t *testing.T) (values map[string]string, want Config) {
	dir := t.TempDir()
	pem := write(t, "")
	values = map[string]string{
		"tls-cert": pem, "tls-key": pem, "public-url": "https://DNS.example.com:443/", "trusted-proxy": "10.0.0.0/8",
		"zones": dir, "data": "/var/lib/x", "dns": "[::1]:5353", "http": "127.0.0.1:80", "rrl": "7", "rrl-slip": "3",
		"max-udp": "4096", "max-chain": "64", "workers": "3", "tcp-connections": "10", "tcp-per-peer": "5", "tcp-idle": "1m",
		"nsid": "one", "chaos-version": "two", "chaos-hostname": "three", "cookie-secret": "000102030405060708090a0b0c0d0e0f",
		"name-server": "NS1.example.net", "admin-token": "a-token-for-tests", "api-rate": "9", "traffic": "off",
		"log-format": "json", "log-level": "debug",
	}
	maps.Copy(values, resolvingSample(t))
	want = Config{
		Zones: dir, Data: "/var/lib/x", DNS: []netip.AddrPort{netip.MustParseAddrPort("[::1]:5353")}, HTTP: "127.0.0.1:80", TLSCert: pem, TLSKey: pem,
		Public: &url.URL{Scheme: "https", Host: "dns.example.com"}, Proxies: porch.Proxies{netip.MustParsePrefix("10.0.0.0/8")},
		RateLimit: 7, Slip: 3, MaxUDP: 4096, MaxChain: 64, Workers: 3, TCPConns: 10, TCPPerPeer: 5, TCPIdle: time.Minute,
		NSID: "one", Version: "two", Hostname: "three", LogFormat: "json", LogLevel: slog.LevelDebug,
		NameServers: []dname.Name{dname.MustParse("ns1.example.net.")}, AdminToken: "a-token-for-tests", APIRate: 9, NoTraffic: true,
	}
	want.Resolving = resolvingWant
	if err := setSecrets(&want, []string{values["cookie-secret"]}); err != nil {
		t.Fatal(err)
	}
	return values, want
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "truename.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func asFlags(values map[string]string) map[string][]string {
	m := make(map[string][]string)
	for k, v := range values {
		m[k] = []string{v}
	}
	return m
}

func asYAML(values map[string]string) string {
	var b strings.Builder
	for k, v := range values {
		b.WriteString(k + ": \"" + v + "\"\n")
	}
	return b.String()
}

func TestEverySettingByEachWay(t *testing.T) {
	values, want := sample(t)
	for _, s := range Settings {
		if _, ok := values[s.Name]; !ok {
			t.Errorf("the sample has no %s", s.Name)
		}
	}
	check := func(way string, flags map[string][]string, file string) {
		t.Helper()
		got, err := Read(flags, file)
		if err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		if got.Resolving.Trusted == nil || got.Resolving.Clock.Now().Unix() != 1234567 {
			t.Errorf("%s: certificates %v, clock at %d", way, got.Resolving.Trusted, got.Resolving.Clock.Now().Unix())
		}
		got.Resolving.Trusted, got.Resolving.Clock = nil, nil
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", way, *got, want)
		}
	}
	check("flags", asFlags(values), "")
	check("file", nil, write(t, asYAML(values)))
	wrong := make(map[string]string)
	for k := range values {
		wrong[k] = "wrong"
	}
	check("flags beat the file", asFlags(values), write(t, asYAML(wrong)))
	for _, s := range Settings {
		t.Setenv(s.Env(), values[s.Name])
	}
	check("environment", nil, "")
	check("environment beats the file", nil, write(t, asYAML(wrong)))
	for _, s := range Settings {
		t.Setenv(s.Env(), "wrong")
	}
	check("flags beat the environment", asFlags(values), "")
}

func TestConfigFileFromTheEnvironment(t *testing.T) {
	t.Setenv("TRUENAME_CONFIG", write(t, "rrl: 5\n"))
	if c, err := Read(nil, ""); err != nil || c.RateLimit != 5 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := Read(nil, write(t, "rrl: 6\n")); err != nil || c.RateLimit != 6 {
		t.Errorf("the flag does not beat it: %+v, %v", c, err)
	}
}

func TestListsAndScalars(t *testing.T) {
	two := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53"), netip.MustParseAddrPort("[::1]:53")}
	for _, c := range []struct{ name, yaml, env string }{
		{"list in one line", "dns: [127.0.0.1:53, '[::1]:53']\n", ""},
		{"list in lines", "dns:\n  - 127.0.0.1:53\n  - \"[::1]:53\"\n", ""},
		{"without ports", "dns: [127.0.0.1, '::1']\n", ""},
		{"environment", "", "127.0.0.1:53, [::1]:53"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.env != "" {
				t.Setenv("TRUENAME_DNS", c.env)
			}
			got, err := Read(nil, write(t, c.yaml))
			if err != nil || !slices.Equal(got.DNS, two) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	if got, err := Read(nil, write(t, "dns: 127.0.0.1:53\n")); err != nil || !slices.Equal(got.DNS, two[:1]) {
		t.Errorf("scalar for a list: %v, %v", got, err)
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{":5300", "0.0.0.0:5300 [::]:5300"},
		{"192.0.2.1:53", "192.0.2.1:53"},
		{"192.0.2.1", "192.0.2.1:53"},
		{"2001:db8::1", "[2001:db8::1]:53"},
		{"[2001:db8::1]", "[2001:db8::1]:53"},
		{"localhost:5300", "127.0.0.1:5300"},
		{"", ""}, {":", ""}, {":65536", ""}, {"ns.example.com:53", ""}, {"192.0.2.1:dns", ""}, {"192.0.2.256", ""},
	} {
		addrs, err := parseAddr(c.in)
		var got []string
		for _, a := range addrs {
			got = append(got, a.String())
		}
		if strings.Join(got, " ") != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q: %v, %v, want %q", c.in, got, err, c.want)
		}
	}
}

func TestOff(t *testing.T) {
	c, err := Read(map[string][]string{"rrl": {"off"}, "http": {"off"}, "nsid": {"off"}, "chaos-version": {"off"}, "chaos-hostname": {"off"}}, "")
	if err != nil || c.RateLimit != 0 || c.HTTP != "" || c.NSID != "" || c.Version != "" || c.Hostname != "" {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := Read(nil, write(t, "rrl: off\n")); err != nil || c.RateLimit != 0 {
		t.Errorf("off in a file: %+v, %v", c, err)
	}
}

func TestFileErrors(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"unknown", "\n\nfoo: 1\n", ":3:1: \"foo\" is not a setting; there are: zones, "},
		{"unknown, indented", "  foo: 1\n", ":1:3: \"foo\" is not a setting"},
		{"wrong value", "rrl: 1\nmax-udp: big\n", ":2:10: max-udp: \"big\" is not a whole number"},
		{"wrong value in a list", "dns:\n- 127.0.0.1:53\n- x\n", ":2:1: dns: \"x\" is not an address"},
		{"empty list", "http: []\n", ":1:1: http takes a single value"},
		{"anchor", "nsid: &a x\n", ":1:1: nsid takes a single value"},
		{"block text", "nsid: |\n  x\n", ":1:1: nsid takes a single value"},
		{"list at the top", "- rrl\n", ":1:1: not a mapping of settings"},
		{"tab", "\trrl: 1\n", ":1:4: not YAML: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read(nil, write(t, c.yaml)); err == nil || !strings.Contains(err.Error(), "truename.yaml"+c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	for _, empty := range []string{"", "# only a comment\n", "---\n", "zones:\n"} {
		if _, err := Read(nil, write(t, empty)); err != nil {
			t.Errorf("%q: %v", empty, err)
		}
	}
}
