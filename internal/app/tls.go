package app

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// certificate is one in files that somebody renews now and then.
type certificate struct {
	cert, key string

	mu      sync.Mutex
	loaded  *tls.Certificate
	changed time.Time // of the younger file
	looked  time.Time
}

// lookAgain is how often the files are looked at, at most.
const lookAgain = time.Minute

// listenTLS serves what is in the files cert and key over ln, which it closes on an error.
func listenTLS(ln net.Listener, cert, key string) (net.Listener, error) {
	c := &certificate{cert: cert, key: key}
	if err := c.load(); err != nil {
		ln.Close()
		return nil, fmt.Errorf("--tls-cert: %w; give a certificate and its key in PEM form", err)
	}
	return tls.NewListener(ln, &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(time.Now()), nil },
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
	}), nil
}

// current is the certificate as it is in the files; the last good one while
// they are being written.
func (c *certificate) current(now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) >= lookAgain {
		c.looked = now
		_ = c.load() // what was good stays
	}
	return c.loaded
}

func (c *certificate) load() error {
	var changed time.Time
	for _, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.ModTime().After(changed) {
			changed = info.ModTime()
		}
	}
	if c.loaded != nil && changed.Equal(c.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.loaded, c.changed = &pair, changed
	return nil
}
