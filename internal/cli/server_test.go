package cli

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience bounds how long a condition may take to come true.
const patience = 20 * time.Second

// until polls a condition and reports whether it came true.
func until(condition func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return condition()
}

type serverKey struct{}

// server is what a scenario started.
type server struct {
	cmd      *exec.Cmd
	out, log output
	done     chan struct{}
}

// output may be read while it is written.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func (s *server) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

func serverOf(ts *testscript.TestScript) *server { return ts.Value(serverKey{}).(*server) }

var (
	greetedDNS  = regexp.MustCompile(`answers DNS at (\S+):(\d+) \(`)
	greetedHTTP = regexp.MustCompile(`and (http://\S+)/metrics`)
)

func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	s := serverOf(ts)
	*s = server{done: make(chan struct{})}
	var path string
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p := filepath.Join(dir, "truename"); path == "" && exists(p) {
			path = p
		}
	}
	s.cmd = exec.Command(path, append([]string{"serve", "--forward", "127.0.0.1:1", "--propagation-resolver", "off"}, args...)...)
	s.cmd.Dir = ts.MkAbs(".")
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.log
	s.cmd.Env = environment(ts)
	ts.Check(s.cmd.Start())
	go func() {
		_ = s.cmd.Wait()
		close(s.done)
	}()
	ts.Defer(func() {
		_ = s.cmd.Process.Kill()
		<-s.done
	})
	greeted := func() bool { return strings.Contains(s.out.String(), "\n\n") }
	if !until(func() bool { return greeted() || s.ended() }) || !greeted() {
		ts.Fatalf("no greeting; log:\n%s", s.log.String())
	}
	for i, m := range greetedDNS.FindAllStringSubmatch(s.out.String(), -1) {
		n := ""
		if i > 0 {
			n = strconv.Itoa(i + 1)
		}
		ts.Setenv("AT"+n, strings.Trim(m[1], "[]"))
		ts.Setenv("PORT"+n, m[2])
	}
	if m := greetedHTTP.FindStringSubmatch(s.out.String()); m != nil {
		ts.Setenv("HTTP", m[1])
		ts.Setenv("TRUENAME_SERVER", m[1])
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// environment is the scenario's, for commands that are not run by exec.
func environment(ts *testscript.TestScript) []string {
	env := []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "TMPDIR=" + ts.Getenv("TMPDIR")}
	for _, name := range []string{"TRUENAME_DNS", "TRUENAME_HTTP", "TRUENAME_ZONES", "TRUENAME_DATA",
		"TRUENAME_CONFIG", "TRUENAME_ADMIN_TOKEN", "TRUENAME_CHAOS_VERSION", "TRUENAME_LOG_FORMAT", "TESTSCRIPT_COMMAND"} {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: until RE CMD ARG…")
	}
	re := regexp.MustCompile("(?m)" + args[0])
	ok := until(func() bool {
		_ = ts.Exec(args[1], args[2:]...)
		return re.MatchString(ts.ReadFile("stdout"))
	})
	if !ok {
		ts.Fatalf("%v never printed what matches %s; log:\n%s", args[1:], re, serverOf(ts).log.String())
	}
}

func cmdLogged(ts *testscript.TestScript, neg bool, args []string) {
	re := regexp.MustCompile("(?m)" + args[0])
	s := serverOf(ts)
	if neg {
		if re.MatchString(s.log.String()) {
			ts.Fatalf("the log matches %s:\n%s", re, s.log.String())
		}
		return
	}
	if !until(func() bool { return re.MatchString(s.log.String()) }) {
		ts.Fatalf("the log never matched %s:\n%s", re, s.log.String())
	}
}

func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	s := serverOf(ts)
	signals := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM, "INT": syscall.SIGINT}
	ts.Check(s.cmd.Process.Signal(signals[args[0]]))
}

func cmdQuit(ts *testscript.TestScript, neg bool, args []string) {
	s := serverOf(ts)
	cmdSignal(ts, neg, args[:1])
	if !until(s.ended) {
		ts.Fatalf("still running after SIG%s; log:\n%s", args[0], s.log.String())
	}
	if code := strconv.Itoa(s.cmd.ProcessState.ExitCode()); code != args[1] {
		ts.Fatalf("exit code %s, want %s; log:\n%s", code, args[1], s.log.String())
	}
}

// cmdTry is what a person does who copies the lines of the greeting.
func cmdTry(ts *testscript.TestScript, neg bool, args []string) {
	s := serverOf(ts)
	n := 0
	for line := range strings.Lines(s.out.String()) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] != "dig" {
			continue
		}
		n++
		ts.Check(ts.Exec(words[0], words[1:]...))
		if got := ts.ReadFile("stdout"); !strings.Contains(got, "ANSWER SECTION") || !strings.Contains(got, "NOERROR") {
			ts.Fatalf("%s: %s", line, got)
		}
	}
	if want := args[0]; strconv.Itoa(n) != want {
		ts.Fatalf("%d commands to try, want %s:\n%s", n, want, s.out.String())
	}
}

func cmdGet(ts *testscript.TestScript, neg bool, args []string) {
	r, err := http.Get(args[1])
	ts.Check(err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	ts.Check(err)
	_, _ = ts.Stdout().Write(body)
	if strconv.Itoa(r.StatusCode) != args[0] {
		ts.Fatalf("%s: %s", args[1], r.Status)
	}
}
