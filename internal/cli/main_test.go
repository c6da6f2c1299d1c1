package cli

import (
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // for times in tables
	testscript.Main(m, map[string]func(){
		"truename": func() { os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the real command in every scenario of testdata/script. What
// a scenario can say beyond testscript's own words:
//
//	start ARG…          truename serve ARG… in the background until it greets; sets
//	                    $AT, $PORT (first DNS address), $AT2, $PORT2 …, $HTTP,
//	                    and $TRUENAME_SERVER, the server of the commands to come
//	until RE CMD ARG…   runs CMD until its output matches, or fails after a while
//	logged RE           waits until the log of what was started matches
//	quit SIGNAL CODE    sends the signal and wants that exit code
//	signal SIGNAL       only sends it
//	try                 runs the commands of the greeting; each must get an answer
//	get STATUS URL      wants that status; the body is the output
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Values[serverKey{}] = new(server)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": cmdStart, "until": cmdUntil, "logged": cmdLogged, "quit": cmdQuit,
			"signal": cmdSignal, "try": cmdTry, "get": cmdGet,
		},
	})
}
