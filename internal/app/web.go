package app

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/truename-dns/truename/internal/access/password"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/face/health"
	"github.com/truename-dns/truename/internal/face/web"
	"github.com/truename-dns/truename/internal/work/traffic"
)

// dashboard is what people need who come by a browser.
type dashboard struct {
	people  *people.Keeper
	traffic *traffic.Recorder
	setup   string // the code of the setup, where it was made just now
}

// openPeople opens who may sign in.
func (a *App) openPeople(ctx context.Context) (err error) {
	if a.people, err = people.New(ctx, a.keeper, a.store, password.Recommended); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	return nil
}

// openTraffic opens what has been asked so far.
func (a *App) openTraffic() {
	a.traffic = traffic.New(traffic.Options{
		Queries: a.queries, Shelf: a.store, Account: a.control.Owner, Clock: a.config.Resolving.Clock.Now, Log: a.log,
	})
}

// ensureSetup sees to it that the first person can get in. Like the admin's
// token the code is shown once, so it is made only where there is a page for it.
func (a *App) ensureSetup(ctx context.Context) (err error) {
	if a.http == nil {
		return nil
	}
	if a.setup, err = a.people.EnsureSetup(ctx); err != nil {
		return fmt.Errorf("--data: making the setup code: %w", err)
	}
	return nil
}

// greetPeople says where the dashboard is, and how the first person gets in.
func (a *App) greetPeople(w io.Writer, at string) {
	fmt.Fprintf(w, "The dashboard is at %s/\n", at)
	if a.setup != "" {
		fmt.Fprintf(w, "\nTo set it up, open it and give this code, shown this once; it can be used once:\n  %s\n", a.setup)
	}
}

// pages is what is served beside the APIs: what monitoring asks for, and the
// dashboard at all other paths.
func (a *App) pages() http.Handler {
	mux := http.NewServeMux()
	probes := health.Handler(a.ready.Load, a.metrics())
	for _, path := range [...]string{"/healthz", "/readyz", "/metrics"} {
		mux.Handle(path, probes)
	}
	mux.Handle("/", web.Handler())
	return mux
}
