package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// answering is a server that answers with handle and counts its connections.
func answering(t *testing.T, handle http.HandlerFunc) (addr string, connections *atomic.Int64) {
	t.Helper()
	connections = new(atomic.Int64)
	s := httptest.NewUnstartedServer(handle)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String(), connections
}

func TestOneConnectionForManyRequests(t *testing.T) {
	var bodies []string
	addr, connections := answering(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+string(text))
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, strings.Repeat("x", 1000*len(bodies)%3000))
	})
	w, err := dialWire(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for n := range 5 {
		if status, err := w.do(appendTruename(nil, changeAt("small.example.", 3, 2*n))); status != 201 || err != nil {
			t.Fatalf("request %d: %d, %v", n, status, err)
		}
	}
	want := "POST /v1/zones/small.example/records Bearer " + secret + ` {"name":"w3-4","type":"A","content":"192.0.2.1","ttl":300}`
	if len(bodies) != 5 || bodies[4] != want || connections.Load() != 1 {
		t.Errorf("%d connections, %d requests, the last one %s", connections.Load(), len(bodies), bodies[len(bodies)-1])
	}
}

func TestServerThatClosesIsDialledAgain(t *testing.T) {
	addr, connections := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusNoContent)
	})
	w, err := dialWire(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for range 3 {
		if status, err := w.do(appendPDNS(nil, changeAt("small.example.", 0, 1))); status != 204 || err != nil {
			t.Fatalf("%d, %v", status, err)
		}
	}
	if connections.Load() != 3 {
		t.Errorf("%d connections", connections.Load())
	}
}

func TestFailureKeepsWhatTheServerSays(t *testing.T) {
	addr, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "database is locked", http.StatusInternalServerError)
	})
	w, err := dialWire(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for range 2 { // the body is read over, so that the connection can be used again
		if status, err := w.do(appendPDNS(nil, changeAt("small.example.", 0, 0))); status != 500 || err == nil || !strings.Contains(err.Error(), "database is locked") {
			t.Errorf("%d, %v", status, err)
		}
	}
}

func TestHeadsOfResponses(t *testing.T) {
	for _, c := range []struct {
		situation, text string
		want            response
		wrong           bool
	}{
		{"with a length", "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n", response{200, 12, false}, false},
		{"without a body", "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", response{204, 0, false}, false},
		{"the last one", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n", response{200, 0, true}, false},
		{"without a length it is the last one", "HTTP/1.1 200 OK\r\n\r\n", response{200, -1, true}, false},
		{"of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", response{200, 1, true}, false},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", response{}, true},
		{"a bad length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", response{}, true},
		{"no number", "HTTP/1.1 abc OK\r\n\r\n", response{}, true},
		{"no HTTP", "SSH-2.0-OpenSSH_9.2p1\r\n", response{}, true},
		{"an end too early", "HTTP/1.1 200 OK\r\nContent-", response{}, true},
	} {
		t.Run(c.situation, func(t *testing.T) {
			w := &wire{in: bufio.NewReader(strings.NewReader(c.text))}
			got, err := w.head()
			if (err != nil) != c.wrong || !c.wrong && got != c.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
