package dashboard_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// run runs a program in dir, in a process group of its own of which nothing is left
// afterwards, and returns what it wrote. Further variables are of the form NAME=VALUE.
func run(ctx context.Context, dir string, variables []string, program string, args ...string) (string, error) {
	scratch, err := os.MkdirTemp(work, "t")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	// A file and no pipe: a child that outlives the program would hold a pipe open.
	output, err := os.Create(filepath.Join(scratch, "output"))
	if err != nil {
		return "", err
	}
	defer output.Close()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, output, output
	cmd.Env = append(environment(os.Environ()), "TMPDIR="+scratch, "NO_COLOR=1")
	cmd.Env = append(cmd.Env, variables...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	err = cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // mostly there is nothing left
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("it took too long and was ended: %w", ctx.Err())
	}
	text, readErr := os.ReadFile(output.Name())
	return string(text), errors.Join(err, readErr)
}

// environment is all without the settings of a server, which belong to the tests, and
// without what npm and Node would take from whoever runs us.
func environment(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "TRUENAME") || name == "NODE_ENV" || name == "NODE_OPTIONS" || name == "NODE_TEST_CONTEXT"
	})
}

func TestRunReturnsWhatIsWritten(t *testing.T) {
	t.Setenv("TRUENAME_STUB", "leaks")
	out, err := run(t.Context(), t.TempDir(), []string{"GIVEN=given"}, "sh", "-c", `echo "$GIVEN$TRUENAME_STUB"; echo bad >&2; exit 3`)
	var exit *exec.ExitError
	if out != "given\nbad\n" || !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("%q, %v", out, err)
	}
}

func TestRunLeavesNothingBehind(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"what hangs", `trap "" TERM; sleep 1000 & echo $! >pid; sync pid; echo >ready; while :; do sleep 1000; done`},
		{"a child of what ended", `sleep 1000 & echo $! >pid; exit 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go cancelWhen(ctx, cancel, filepath.Join(dir, "ready"))
			if _, err := run(ctx, dir, nil, "sh", "-c", c.script); err == nil && ctx.Err() != nil {
				t.Error("it does not say that it was ended")
			}
			text, err := os.ReadFile(filepath.Join(dir, "pid"))
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			awaitEnd(t, pid)
		})
	}
}

// cancelWhen cancels as soon as a file is there.
func cancelWhen(ctx context.Context, cancel func(), file string) {
	for ctx.Err() == nil {
		if _, err := os.Stat(file); err == nil {
			cancel()
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// awaitEnd fails if a process goes on; one that nobody has waited for yet has ended too.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < 30*time.Second; time.Sleep(5 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %d is left behind", pid)
}
