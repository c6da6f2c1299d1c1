// Command cloudflarego does what programs with cloudflare-go do, and fails at
// the first thing that is not as they count on.
package main

import (
	"context"
	"fmt"
	"os"
)

func main() {
	version, url, token, email := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	run := map[string]func(ctx context.Context, url, token, email string) error{"v0": old, "v6": current}[version]
	if err := run(context.Background(), url, token, email); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// is compares what came with what should have.
func is[T comparable](what string, have, want T) error {
	if have == want {
		return nil
	}
	return fmt.Errorf("%s is %v, not %v", what, have, want)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
