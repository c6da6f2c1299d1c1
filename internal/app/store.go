package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/store/sqlite"
	"github.com/truename-dns/truename/internal/zone"
)

// openStore opens the log of changes in --data and who may write it.
func (a *App) openStore(ctx context.Context) error {
	s, err := sqlite.Open(a.config.Data)
	if err != nil {
		return fmt.Errorf("--data: %w; give a directory that this user may make or write to", err)
	}
	if err := a.memory.open(); err != nil {
		return errors.Join(fmt.Errorf("--data: %w; move the file away to start without the last good answers of ALIAS targets", err), s.Close())
	}
	a.store = s
	a.keeper, err = access.New(ctx, s)
	if err != nil {
		return errors.Join(fmt.Errorf("--data: reading the accounts: %w", err), s.Close())
	}
	if err := a.openPeople(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	a.control = control.New(s, publisher{a}, control.Config{
		NameServers: a.config.NameServers, MaxChain: a.config.MaxChain, Log: a.log, Now: a.config.Resolving.Clock.Now,
	})
	a.openTraffic()
	return nil
}

// ensureAdmin sees to it that somebody can get in. A token that is made here is
// to be shown, so it is made only when nothing else can fail.
func (a *App) ensureAdmin(ctx context.Context) (err error) {
	if a.secret, _, err = a.keeper.EnsureAdmin(ctx, a.config.AdminToken); err != nil {
		return fmt.Errorf("TRUENAME_ADMIN_TOKEN: %w", err)
	}
	return nil
}

// fileZones publishes the zones of files beside those of the store.
type fileZones struct{ app *App }

func (f *fileZones) Publish(entries []zone.Entry) {
	f.app.control.Files(entries, func(e zone.Entry) {
		f.app.log.Error("zone file is not served: the store holds the same zone; remove the file, or delete the zone and import the file",
			"zone", e.Apex.String())
	})
}
