package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// echoPeer is the floor of the machine: a loop that receives and sends batches
// of datagrams and does nothing in between.
func echoPeer(root string) peer {
	return peer{
		name: "echo", program: echoProgram(root), floor: true,
		missing: "install a C compiler (apt-get install gcc)",
		configure: func(s site) ([]string, error) {
			return []string{"127.0.0.1", strconv.Itoa(s.port)}, nil
		},
	}
}

func echoProgram(root string) string { return filepath.Join(root, "bench", "work", "echo") }

// buildEcho compiles the echo loop into the work folder.
func buildEcho(ctx context.Context, root string) error {
	program := echoProgram(root)
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		return err
	}
	source := filepath.Join(root, "bench", "echo", "echo.c")
	output, err := exec.CommandContext(ctx, "cc", "-O2", "-o", program, source).CombinedOutput()
	if err != nil {
		return fmt.Errorf("building the echo loop with cc: %w\n%s", err, output)
	}
	return nil
}
