package envelope

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
)

func TestBodiesAreDecoded(t *testing.T) {
	type body struct {
		Name string `json:"name"`
		TTL  int    `json:"ttl"`
		List []struct {
			At int `json:"at"`
		} `json:"list"`
	}
	tests := []struct {
		name, kind, text string
		optional         bool
		code             string // of the error; empty where it is fine
		field            string
	}{
		{"an object", "application/json", `{"name":"x","ttl":7,"more":{}}`, false, "", ""},
		{"without a type", "", `{"name":"x","ttl":7}`, false, "", ""},
		{"with a charset", "application/json; charset=UTF-8", `{"name":"x","ttl":7}`, false, "", ""},
		{"of a kind of JSON", "application/merge-patch+json", `{"name":"x","ttl":7}`, false, "", ""},
		{"with space around", "application/json", " \n{\"name\":\"x\",\"ttl\":7}\t ", false, "", ""},
		{"null", "application/json", `null`, true, "", ""},
		{"nothing, where that is fine", "application/json", ``, true, "", ""},
		{"space, where nothing is fine", "application/json", " \n", true, "", ""},
		{"nothing", "application/json", ``, false, api.CodeInvalidJSON, ""},
		{"text", "text/plain", `{}`, false, api.CodeMediaType, ""},
		{"a form", "application/x-www-form-urlencoded", `a=b`, false, api.CodeMediaType, ""},
		{"a type that is none", "application/", `{}`, false, api.CodeMediaType, ""},
		{"another charset", "application/json; charset=latin1", `{}`, false, api.CodeMediaType, ""},
		{"half of it", "application/json", `{"name":"x"`, false, api.CodeInvalidJSON, ""},
		{"more behind", "application/json", `{"name":"x"} {}`, false, api.CodeInvalidJSON, ""},
		{"a comment", "application/json", `{"name":"x"} // y`, false, api.CodeInvalidJSON, ""},
		{"a name twice", "application/json", `{"name":"x","NAME":"y"}`, false, api.CodeInvalidJSON, ""},
		{"a text for a number", "application/json", `{"ttl":"7"}`, false, api.CodeInvalidInput, "ttl"},
		{"a number too large", "application/json", `{"ttl":1e99}`, false, api.CodeInvalidInput, "ttl"},
		{"further down", "application/json", `{"list":[{"at":1},{"at":"x"}]}`, false, api.CodeInvalidInput, "list.at"},
		{"a list", "application/json", `[1]`, false, api.CodeInvalidInput, ""},
		{"larger than is taken", "application/json", `{"name":"` + strings.Repeat("x", 1000) + `"}`, false, api.CodeTooLarge, ""},
	}
	for _, test := range tests {
		for _, sized := range []bool{true, false} { // with and without Content-Length
			t.Run(test.name, func(t *testing.T) {
				var in io.Reader = strings.NewReader(test.text)
				if !sized {
					in = io.MultiReader(in)
				}
				r := httptest.NewRequest("POST", "/", in)
				r.Header.Set("Content-Type", test.kind)
				var got body
				err := NewCall(httptest.NewRecorder(), r, 1000).Decode(&got, test.optional)
				switch {
				case err == nil && test.code != "":
					t.Fatalf("it was taken: %+v", got)
				case err == nil:
					if !test.optional && (got.Name != "x" || got.TTL != 7) {
						t.Errorf("%+v", got)
					}
				case Error(err).Code != test.code || test.field != "" && field(err) != test.field:
					t.Errorf("%s about %q: %v", Error(err).Code, field(err), err)
				}
			})
		}
	}
}

// TestBodiesThatDoNotCome sends half a body to a real server.
func TestBodiesThatDoNotCome(t *testing.T) {
	tests := []struct {
		name  string
		leave bool // the client goes; else it waits
		code  string
	}{
		{"broken off", true, api.CodeInvalidInput},
		{"too slow", false, api.CodeTimeout},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			failed := make(chan error, 1)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !test.leave {
					_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(50 * time.Millisecond))
				}
				var v any
				err := NewCall(w, r, 1000).Decode(&v, false)
				failed <- err
				if err != nil {
					WriteError(w, Error(err))
				}
			}))
			defer srv.Close()
			c, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"name\":"); err != nil {
				t.Fatal(err)
			}
			if test.leave {
				if err := c.(*net.TCPConn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
			}
			if err := <-failed; err == nil || Error(err).Code != test.code {
				t.Errorf("%v", err)
			}
			if a, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil && a.StatusCode < 400 {
				t.Errorf("the answer is %d", a.StatusCode)
			}
		})
	}
}

func TestALargeBodyIsNotHeldBeforeItComes(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
	r.ContentLength = 32 << 20
	c := NewCall(httptest.NewRecorder(), r, 64<<20)
	var v any
	if err := c.Decode(&v, false); err != nil {
		t.Fatal(err)
	}
	if cap(c.body) > firstRead {
		t.Errorf("%d octets are held for 2", cap(c.body))
	}
}

func TestRequestIDs(t *testing.T) {
	tests := []struct {
		name, given string
		kept        bool
	}{
		{"a word", "abc-1.2_3", true},
		{"a UUID", "8e03978e-40d5-43dd-bc93-6894a57f9324", true},
		{"none", "", false},
		{"with a space", "a b", false},
		{"with a line end", "a\r\nb", false},
		{"markup", "<script>", false},
		{"beyond ASCII", "ü", false},
		{"as long as may be", strings.Repeat("a", 64), true},
		{"longer", strings.Repeat("a", 65), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header["X-Request-Id"] = []string{test.given}
			got, again := RequestID(r), RequestID(r)
			if (got == test.given) != test.kept || got == "" || !test.kept && (got == again || len(got) != 24) {
				t.Errorf("%q, then %q", got, again)
			}
		})
	}
}

func TestWhereARequestComesFrom(t *testing.T) {
	tests := []struct{ remote, agent, address, shown string }{
		{"192.0.2.7:99", "curl/8", "192.0.2.7", "curl/8"},
		{"[::ffff:192.0.2.7]:99", "", "192.0.2.7", ""},
		{"[2001:db8::1]:99", "a\x00b\x1b[31m\u0085c", "2001:db8::1", "ab[31mc"},
		{"@", strings.Repeat("x", 200), "invalid IP", strings.Repeat("x", 120) + "…"},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.remote
		r.Header["User-Agent"] = []string{test.agent}
		o := NewCall(httptest.NewRecorder(), r, 0).Origin()
		if o.Via != "v1" || o.Address != test.address || o.Agent != test.shown {
			t.Errorf("%+v", o)
		}
	}
}

func TestRequestsAreToldApart(t *testing.T) {
	digest := func(method, target, match, body string) string {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Header.Set(IfMatch, match)
		c := NewCall(httptest.NewRecorder(), r, 1000)
		if _, err := c.readBody(); err != nil {
			t.Fatal(err)
		}
		return c.Digest()
	}
	one := digest("POST", "/v1/zones?dry_run=1", `"7"`, "{}")
	if again := digest("POST", "/v1/zones?dry_run=1", `"7"`, "{}"); again != one {
		t.Error("the same request has two digests")
	}
	for _, other := range []string{
		digest("PUT", "/v1/zones?dry_run=1", `"7"`, "{}"), digest("POST", "/v1/zones", `"7"`, "{}"),
		digest("POST", "/v1/zones?dry_run=1", `"8"`, "{}"), digest("POST", "/v1/zones?dry_run=1", `"7"`, "{ }"),
	} {
		if other == one {
			t.Error("two requests have one digest")
		}
	}
}
