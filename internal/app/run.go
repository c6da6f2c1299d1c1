package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/serve"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/work/files"
)

// App is a server with all its rooms.
type App struct {
	config  *Config
	log     *slog.Logger
	out     io.Writer // what a person at the terminal should see
	queries *stats.Queries
	serve   *serve.Server
	files   *files.Follower
	store   store.Store
	keeper  *access.Keeper
	control *control.Control
	resolving
	dashboard
	secret string // of the admin token, where it was made just now
	dns    *dnsSockets
	http   net.Addr // that was bound; nil without HTTP
	ready  atomic.Bool
}

// New builds the rooms of c. out gets what a person at the terminal should see, logs go to log.
func New(c *Config, log *slog.Logger, out io.Writer) *App {
	a := &App{config: c, log: log, out: out, queries: &stats.Queries{Totals: c.NoTraffic}, dns: new(dnsSockets)}
	jar := cookie.NewJar(c.CookieSecrets...)
	if len(c.CookieSecrets) == 0 {
		jar = cookie.NewJar(cookie.NewSecret())
	}
	a.buildResolving()
	a.serve = serve.New(serve.Config{
		MaxUDP: c.MaxUDP, MaxChain: c.MaxChain, RateLimit: c.RateLimit, Slip: c.Slip,
		NSID: c.NSID, Version: c.Version, Hostname: c.Hostname,
		Flattener: a.aliases, Warmer: a.aliases, HideALIAS: c.Resolving.HideALIAS, Recursion: a.recursion(), Clock: c.Resolving.Clock.Told(),
	}, jar, a.queries, a.dns.idleTimeout)
	if c.Zones != "" {
		a.files = files.New(c.Zones, &fileZones{a}, log)
	}
	return a
}

// Run serves until ctx ends or SIGTERM or SIGINT comes, then drains and returns
// nil; a second such signal ends the process at once. SIGHUP reloads the zone files.
func (a *App) Run(ctx context.Context) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP) // from the start: it must not end a server that is still loading
	defer signal.Stop(hangup)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// Sockets first: a mistake in an address shows at once, and queries that
	// come while zones load wait in the sockets.
	if err := a.dns.open(a); err != nil {
		return err
	}
	if err := a.openStore(ctx); err != nil {
		a.dns.server.Close()
		return err
	}
	err := a.serveAll(ctx, stop, hangup)
	a.serve.Close()
	return errors.Join(err, a.resolving.close(), a.store.Close())
}

// serveAll runs the faces, the writer and the zones, and stops them in the
// order in which they rest upon each other.
func (a *App) serveAll(ctx context.Context, stop func(), hangup <-chan os.Signal) error {
	http, err := a.openHTTP()
	if err != nil {
		a.dns.server.Close()
		return err
	}
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	writers := parts{ctx: writing, stop: stop} // and where one breaks, all ends
	writers.run(a.control.Run)
	writers.run(a.keeper.Run)
	writers.run(a.people.Run)
	// HTTP stays until DNS has stopped, so that /readyz can say so meanwhile;
	// the writers stay until nobody is left who could want something written.
	httpCtx, stopHTTP := context.WithCancel(context.WithoutCancel(ctx))
	faces := parts{ctx: httpCtx, stop: stop}
	faces.run(http)
	err = a.serveZones(ctx, stop, hangup)
	stopHTTP()
	err = errors.Join(err, faces.wait())
	stopWriting()
	return errors.Join(err, writers.wait())
}

// serveZones loads the zones and answers until ctx ends and what was under way is done.
func (a *App) serveZones(ctx context.Context, stop func(), hangup <-chan os.Signal) error {
	err := a.load(ctx)
	if err == nil {
		err = a.ensureAdmin(ctx)
	}
	if err == nil {
		err = a.ensureSetup(ctx)
	}
	if err != nil {
		a.dns.server.Close()
		if ctx.Err() != nil {
			return nil // told to stop while loading
		}
		return err
	}
	parts := parts{ctx: ctx, stop: stop}
	a.start(&parts, hangup)
	<-ctx.Done()
	stop() // the next signal is not waited for
	a.ready.Store(false)
	a.log.Info("stopping")
	err = parts.wait()
	a.log.Info("stopped")
	return err
}

// start runs what goes on until the end.
func (a *App) start(p *parts, hangup <-chan os.Signal) {
	p.run(a.dns.server.Serve)
	p.run(a.rotateCookies)
	p.run(a.config.Resolving.Clock.Run)
	p.run(a.aliases.Run)
	p.run(a.traffic.Run)
	p.run(func(ctx context.Context) error { return a.reloadOn(ctx, hangup) })
	if a.files != nil {
		p.run(a.files.Run)
	}
	a.ready.Store(true)
	a.greet()
	debug.FreeOSMemory() // what loading took and serving does not need
}

// load brings the zones in for the first time.
func (a *App) load(ctx context.Context) error {
	begin := time.Now()
	if err := a.aliases.Load(ctx); err != nil {
		return fmt.Errorf("--data: reading the last good answers of ALIAS targets: %w", err)
	}
	if err := a.control.Open(ctx); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	if a.files == nil {
		a.log.Info("zones loaded", "zones", a.serve.Zones().Len(), "took", time.Since(begin).Round(time.Millisecond/10))
		if a.serve.Zones().Len() == 0 {
			a.log.Warn("no zones: make one with truename zone add, or start with --zones DIR to serve zone files")
		}
		return nil
	}
	if err := a.files.Load(ctx); err != nil {
		return fmt.Errorf("--zones: %w", err)
	}
	if a.serve.Zones().Len() == 0 {
		a.log.Warn("no zones: there is no *.zone file in the directory; one that is put there is served at once", "dir", a.config.Zones)
	}
	a.log.Info("zones loaded", "zones", a.serve.Zones().Len(), "took", time.Since(begin).Round(time.Millisecond/10))
	return nil
}

// rotateCookies changes the random cookie secret every day; one that was
// configured belongs to other servers too and stays (RFC 9018, Section 5).
func (a *App) rotateCookies(ctx context.Context) error {
	if len(a.config.CookieSecrets) > 0 {
		return nil
	}
	day := time.NewTicker(24 * time.Hour)
	defer day.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-day.C:
			a.serve.RotateCookies()
		}
	}
}

func (a *App) reloadOn(ctx context.Context, hangup <-chan os.Signal) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
			if a.files != nil {
				a.files.Reload()
			}
		}
	}
}

// parts runs functions side by side; the first to fail stops all.
type parts struct {
	ctx  context.Context
	stop func()
	wg   sync.WaitGroup
	once sync.Once
	err  error
}

func (p *parts) run(f func(context.Context) error) {
	p.wg.Go(func() {
		if err := f(p.ctx); err != nil {
			p.once.Do(func() { p.err = err })
			p.stop()
		}
	})
}

func (p *parts) wait() error {
	p.wg.Wait()
	return p.err
}
