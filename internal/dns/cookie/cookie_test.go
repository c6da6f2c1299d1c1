package cookie

import (
	"encoding/hex"
	"net/netip"
	"testing"
	"time"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Test vectors of RFC 9018, Appendix A.
var vectors = []struct {
	situation, secret, client, peer, server string
	at                                      int64
	want                                    Check
}{
	{"A.1 learning a new server cookie", "e5e973e5a6b2a43f48e7dc849e37bfcf", "2464c4abcf10c957", "198.51.100.100", "010000005cf79f111f8130c3eee29480", 1559731985, Valid},
	{"A.2 the same client, half an hour later", "e5e973e5a6b2a43f48e7dc849e37bfcf", "2464c4abcf10c957", "198.51.100.100", "010000005cf7a871d4a564a1442aca77", 1559734385, Valid},
	{"A.3 another client, renewed", "e5e973e5a6b2a43f48e7dc849e37bfcf", "fc93fc62807ddb86", "203.0.113.203", "010000005cf7a9acf73a7810aca2381e", 1559734700, Valid},
	{"A.4 an IPv6 client, after a rollover", "445536bcd2513298075a5d379663c962", "22681ab97d52c298", "2001:db8:220:1:59de:d0f4:8769:82b8", "010000005cf7c609a6bb79d16625507a", 1559741961, Valid},
}

func TestVectorsOfRFC9018(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.situation, func(t *testing.T) {
			secret, err := ParseSecret(v.secret)
			if err != nil {
				t.Fatal(err)
			}
			j, peer, now := NewJar(secret), netip.MustParseAddr(v.peer), time.Unix(v.at, 0)
			client, server := unhex(t, v.client), unhex(t, v.server)
			if got := j.Verify(append(client, server...), peer, now); got != v.want {
				t.Errorf("Verify = %v, want %v", got, v.want)
			}
			var made [ServerLen]byte
			j.Server(&made, client, peer, now)
			if hex.EncodeToString(made[:]) != v.server {
				t.Errorf("Server = %x, want %s", made, v.server)
			}
		})
	}
}

// The cookie that the client of RFC 9018, Appendix A.3 brings was made by
// another server, with reserved octets that are not zero.
func TestReservedOctetsOfOthersVerify(t *testing.T) {
	secret, err := ParseSecret("e5e973e5a6b2a43f48e7dc849e37bfcf")
	if err != nil {
		t.Fatal(err)
	}
	option := unhex(t, "fc93fc62807ddb86"+"01abcdef5cf78f71a314227b6679ebf5")
	made := time.Unix(0x5cf78f71, 0)
	for after, want := range map[time.Duration]Check{time.Minute: Valid, 31 * time.Minute: Aging, 112 * time.Minute: None} {
		if got := NewJar(secret).Verify(option, netip.MustParseAddr("203.0.113.203"), made.Add(after)); got != want {
			t.Errorf("%v later: %v, want %v", after, got, want)
		}
	}
}

func TestVerify(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	peer := netip.MustParseAddr("192.0.2.1")
	j := NewJar(NewSecret())
	client := []byte("8 octets")
	cookieAt := func(at time.Time) []byte {
		var s [ServerLen]byte
		j.Server(&s, client, peer, at)
		return append([]byte("8 octets"), s[:]...)
	}
	flipped := cookieAt(now)
	flipped[len(flipped)-1] ^= 1
	reserved := cookieAt(now)
	reserved[ClientLen+1] = 1
	for _, c := range []struct {
		situation string
		option    []byte
		peer      netip.Addr
		jar       *Jar
		want      Check
	}{
		{"fresh", cookieAt(now), peer, j, Valid},
		{"IPv4 client seen as mapped IPv6", cookieAt(now), netip.MustParseAddr("::ffff:192.0.2.1"), j, Valid},
		{"29 minutes old", cookieAt(now.Add(-29 * time.Minute)), peer, j, Valid},
		{"31 minutes old", cookieAt(now.Add(-31 * time.Minute)), peer, j, Aging},
		{"61 minutes old", cookieAt(now.Add(-61 * time.Minute)), peer, j, None},
		{"4 minutes ahead", cookieAt(now.Add(4 * time.Minute)), peer, j, Valid},
		{"6 minutes ahead", cookieAt(now.Add(6 * time.Minute)), peer, j, None},
		{"of another client address", cookieAt(now), netip.MustParseAddr("192.0.2.2"), j, None},
		{"one bit wrong", flipped, peer, j, None},
		{"reserved octets changed on the way", reserved, peer, j, None},
		{"client cookie only", client, peer, j, None},
		{"after one rotation", cookieAt(now), peer, j.Rotate(NewSecret()), Valid},
		{"after two rotations", cookieAt(now), peer, j.Rotate(NewSecret()).Rotate(NewSecret()), None},
	} {
		t.Run(c.situation, func(t *testing.T) {
			if got := c.jar.Verify(c.option, c.peer, now); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestParseSecretSaysHow(t *testing.T) {
	for _, bad := range []string{"", "abc", "zz5536bcd2513298075a5d379663c962", "445536bcd2513298075a5d379663c96200"} {
		if _, err := ParseSecret(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
