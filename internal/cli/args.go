package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone/load"
)

func someFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError{fmt.Errorf("%s needs at least one zone file; see: %s --help", c.Name(), c.CommandPath())}
	}
	return nil
}

func oneFile(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("%s takes one zone file; see: %s --help", c.Name(), c.CommandPath())}
	}
	return nil
}

// expand replaces directories by the zone files in them.
func expand(args []string) ([]string, error) {
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
		return load.Options{}, usageError{fmt.Errorf("--origin %q: %w", origin, err)}
	}
	return load.Options{Origin: n}, nil
}
