package main

import (
	"strings"
	"testing"
)

// Samples of what go test -json prints, by what happened.
const (
	passes = `{"Action":"start","Package":"m/good"}
{"Action":"run","Package":"m/good","Test":"TestA"}
{"Action":"output","Package":"m/good","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"pass","Package":"m/good","Test":"TestA","Elapsed":0}
{"Action":"run","Package":"m/good","Test":"TestA/x"}
{"Action":"pass","Package":"m/good","Test":"TestA/x","Elapsed":0}
{"Action":"output","Package":"m/good","Output":"PASS\n"}
{"Action":"pass","Package":"m/good","Elapsed":1.25}
`
	skips = `{"Action":"run","Package":"m/s","Test":"TestS"}
{"Action":"output","Package":"m/s","Test":"TestS","Output":"    a_test.go:4: no such tool\n"}
{"Action":"skip","Package":"m/s","Test":"TestS","Elapsed":0}
{"Action":"pass","Package":"m/s","Elapsed":0}
`
	fails = `{"Action":"run","Package":"m/f","Test":"TestB"}
{"Action":"run","Package":"m/f","Test":"TestB/x"}
{"Action":"output","Package":"m/f","Test":"TestB/x","Output":"    a_test.go:4: 1 is not 2\n"}
{"Action":"fail","Package":"m/f","Test":"TestB/x","Elapsed":0}
{"Action":"fail","Package":"m/f","Test":"TestB","Elapsed":0}
{"Action":"output","Package":"m/f","Output":"FAIL\tm/f\t0.023s\n"}
{"Action":"fail","Package":"m/f","Elapsed":0.028}
`
	panics = `{"Action":"run","Package":"m/p","Test":"TestA"}
{"Action":"output","Package":"m/p","Test":"TestA","Output":"panic: assignment to entry in nil map [recovered, repanicked]\n"}
{"Action":"output","Package":"m/p","Test":"TestA","Output":"\t/src/p/a_test.go:3 +0x28\n"}
{"Action":"fail","Package":"m/p","Test":"TestA","Elapsed":0}
{"Action":"output","Package":"m/p","Output":"FAIL\tm/p\t0.012s\n"}
{"Action":"fail","Package":"m/p","Elapsed":0.019}
`
	doesNotBuild = `{"ImportPath":"m/n [m/n.test]","Action":"build-output","Output":"# m/n [m/n.test]\n"}
{"ImportPath":"m/n [m/n.test]","Action":"build-output","Output":"n/a_test.go:3:28: undefined: undefinedThing\n"}
{"ImportPath":"m/n [m/n.test]","Action":"build-fail"}
{"Action":"start","Package":"m/n"}
{"Action":"output","Package":"m/n","Output":"FAIL\tm/n [build failed]\n"}
{"Action":"fail","Package":"m/n","Elapsed":0,"FailedBuild":"m/n [m/n.test]"}
`
	exits = `{"Action":"run","Package":"m/e","Test":"TestA"}
{"Action":"output","Package":"m/e","Test":"TestA","Output":"going\n"}
{"Action":"output","Package":"m/e","Output":"FAIL\tm/e\t0.003s\n"}
{"Action":"fail","Package":"m/e","Elapsed":0.004}
`
	noTests = `{"Action":"output","Package":"m/empty","Output":"?   \tm/empty\t[no test files]\n"}
{"Action":"skip","Package":"m/empty","Elapsed":0}
`
)

func TestSummarize(t *testing.T) {
	for _, c := range []struct {
		name, in  string
		failed    bool
		want, not []string
	}{
		{"nothing", "", false, []string{"\n0 passed, 0 failed, 0 skipped\n"}, nil},
		{"passes", passes, false, []string{"pass  m/good  1.2s\n", "\n2 passed, 0 failed, 0 skipped\n"}, []string{"=== RUN", "---"}},
		{"a skip says why", skips, false, []string{"--- skipped: m/s TestS\n    a_test.go:4: no such tool\n", "0 passed, 0 failed, 1 skipped\n"}, nil},
		{"a failure is shown once", fails, true, []string{"fail  m/f  0.0s\n", "--- failed: m/f TestB/x\n    a_test.go:4: 1 is not 2\n", "0 passed, 2 failed, 0 skipped\n"}, []string{"FAIL\tm/f"}},
		{"a panic with its stack", panics, true, []string{"--- failed: m/p TestA\npanic: assignment", "a_test.go:3 +0x28", "0 passed, 1 failed, 0 skipped\n"}, nil},
		{"a package that does not build", doesNotBuild, true, []string{"undefined: undefinedThing\n", "--- failed: m/n\nFAIL\tm/n [build failed]\n", "0 passed, 0 failed, 0 skipped; packages not built or broken off: 1\n"}, nil},
		{"a test that ends the process", exits, true, []string{"--- failed: m/e TestA\ngoing\n", "0 passed, 1 failed, 0 skipped\n"}, nil},
		{"no tests", noTests, false, []string{"skip  m/empty  0.0s\n"}, []string{"---"}},
		{"a word of the go command", "go: no such package\n" + passes, false, []string{"go: no such package\n", "2 passed"}, nil},
		{"all together", passes + skips + fails + panics + doesNotBuild + exits + noTests, true,
			[]string{"2 passed, 4 failed, 1 skipped; packages not built or broken off: 1\n"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			failed, err := summarize(strings.NewReader(c.in), &out)
			if err != nil || failed != c.failed {
				t.Errorf("failed: %v, %v", failed, err)
			}
			for _, w := range c.want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("no %q in\n%s", w, out.String())
				}
			}
			for _, n := range c.not {
				if strings.Contains(out.String(), n) {
					t.Errorf("%q in\n%s", n, out.String())
				}
			}
		})
	}
}
