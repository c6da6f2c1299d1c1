package offline

import (
	"errors"
	"os"

	"github.com/truename-dns/truename/internal/cli/verb"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone/load"
)

// Paths replaces directories by the zone files in them.
func Paths(args []string) ([]string, error) {
	var paths []string
	for _, a := range args {
		info, err := os.Stat(a)
		if err != nil || !info.IsDir() {
			paths = append(paths, a) // what cannot be opened becomes a finding
			continue
		}
		in, err := load.Dir(a)
		if err != nil {
			return nil, err
		}
		if len(in) == 0 {
			return nil, errors.New(a + ": holds no *.zone file")
		}
		paths = append(paths, in...)
	}
	return paths, nil
}

func loadOptions(origin string) (load.Options, error) {
	if origin == "" {
		return load.Options{}, nil
	}
	n, err := dname.Parse(origin, dname.Root)
	if err != nil {
		return load.Options{}, verb.Usagef("--origin %q: %w", origin, err)
	}
	return load.Options{Origin: n}, nil
}
