package main

import (
	"fmt"
	"path/filepath"
)

func truenamePeer(root string) peer {
	return peer{
		name: "truename", program: filepath.Join(root, "bin", "truename"),
		missing: "run make build", version: []string{"version"},
		configure: func(s site) ([]string, error) {
			return []string{
				"serve",
				"--zones", filepath.Dir(s.zone.path),
				"--data", filepath.Join(s.dir, "data"),
				"--dns", fmt.Sprintf("127.0.0.1:%d", s.port),
				"--http", fmt.Sprintf("127.0.0.1:%d", s.http),
				"--rrl=off",
			}, nil
		},
	}
}
