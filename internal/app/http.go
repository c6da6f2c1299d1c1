package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/net/netutil"
)

// maxHTTP is how many connections of HTTP are open at once; others wait in the
// backlog of the kernel.
const maxHTTP = 4096

// openHTTP binds the HTTP address and returns what serves it until ctx ends.
func (a *App) openHTTP() (func(context.Context) error, error) {
	if a.config.HTTP == "" {
		return func(context.Context) error { return nil }, nil
	}
	ln, err := net.Listen("tcp", a.config.HTTP)
	if err != nil {
		return nil, fmt.Errorf("--http: %w; choose another address or port, or off for none", err)
	}
	a.http = ln.Addr()
	ln = netutil.LimitListener(ln, maxHTTP)
	if a.config.TLSCert != "" {
		if ln, err = listenTLS(ln, a.config.TLSCert, a.config.TLSKey); err != nil {
			return nil, err
		}
	}
	a.log.Info("serving http", "address", a.http.String())
	srv := &http.Server{
		Handler:           a.handler(),
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second, // who sends a long text earns more by its octets
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	return func(ctx context.Context) error { return serveHTTP(ctx, srv, ln) }, nil
}

func serveHTTP(ctx context.Context, srv *http.Server, ln net.Listener) error {
	drained := make(chan struct{})
	stopped := context.AfterFunc(ctx, func() {
		defer close(drained)
		drain, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if srv.Shutdown(drain) != nil {
			srv.Close()
		}
	})
	err := srv.Serve(ln)
	if stopped() {
		return err // broken before anybody asked for the end
	}
	<-drained
	return nil
}

func (a *App) metrics() prometheus.Gatherer {
	r := prometheus.NewRegistry()
	r.MustRegister(a.queries, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.MustRegister(newSocketCollector(a.dns), zonesCollector{a.serve}, a.serve, a.aliases, a.resolving.resolver, a.resolving.cache)
	if a.files != nil {
		r.MustRegister(a.files)
	}
	return r
}
