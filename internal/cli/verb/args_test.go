package verb

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		name string
		of   cobra.PositionalArgs
		args string
		want string // of the complaint; empty for none
	}{
		{"none wanted, none given", NoArgs, "", ""},
		{"none wanted", NoArgs, "x", `list takes no argument, but got "x"; see: zone list --help`},
		{"a file", OneFile, "a.zone", ""},
		{"two files where one is wanted", OneFile, "a.zone b.zone", "list takes one zone file"},
		{"files", SomeFiles, "a.zone b.zone", ""},
		{"no file", SomeFiles, "", "list needs at least one zone file; see: zone list --help"},
		{"as many as wanted", Exactly("OLD", "NEW"), "a b", ""},
		{"too few", Exactly("OLD", "NEW"), "a", "zone list needs OLD NEW; see: zone list --help"},
		{"too many", Exactly("OLD", "NEW"), "a b c", `zone list does not know what "c" is for`},
		{"without what may be left out", Exactly("ZONE", "[NAME]"), "a", ""},
		{"with what may be left out", Exactly("ZONE", "[NAME]"), "a b", ""},
		{"with more than that", Exactly("ZONE", "[NAME]"), "a b c", `"c"`},
		{"any number of the last", Exactly("NAME", "CONTENT…"), "a b c d", ""},
		{"none of the last", Exactly("NAME", "CONTENT…"), "a", "needs NAME CONTENT…"},
		{"none of the last, which may be left out", Exactly("NAME", "[CONTENT…]"), "a", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := &cobra.Command{Use: "list"}
			(&cobra.Command{Use: "zone"}).AddCommand(list)
			err := c.of(list, strings.Fields(c.args))
			if c.want == "" && err == nil {
				return
			}
			if c.want == "" || err == nil || !strings.Contains(err.Error(), c.want) || ExitCode(err) != WrongUsage {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestRemoteIsMarked(t *testing.T) {
	c := &cobra.Command{Use: "list"}
	if IsRemote(c) {
		t.Error("unmarked")
	}
	if MarkRemote(c); !IsRemote(c) {
		t.Error("marked in vain")
	}
}
