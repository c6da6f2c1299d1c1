package man

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/verb"
)

// tree is a command with one that is remote, one that holds another, one that
// is hidden and one that completes.
func tree() *cobra.Command {
	run := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "truename", Short: "DNS server"}
	root.PersistentFlags().String("server", "", "`URL` of the server")
	list := &cobra.Command{Use: "list [PATTERN]", Short: "List zones", Run: run, Example: "  truename zone list '*.example'",
		Long: "List zones.\n\n  as they are\n\n.starts with a dot, has a \\ and what's quoted"}
	list.Flags().IntP("limit", "n", 20, "`N` at most")
	list.Flags().Bool("deleted", false, "deleted ones")
	list.Flags().Bool("secret", false, "not told")
	_ = list.Flags().MarkHidden("secret")
	verb.MarkRemote(list)
	zone := &cobra.Command{Use: "zone", Short: "Zones"}
	zone.AddCommand(list)
	root.AddCommand(zone, &cobra.Command{Use: "hidden", Hidden: true, Run: run}, &cobra.Command{Use: "completion", Run: run}, New("v1.2.3"))
	return root
}

func written(t *testing.T) (dir string, names []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "man1")
	root := tree()
	root.SetArgs([]string{"man", dir})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return dir, names
}

func TestEveryCommandThatIsSeenHasAPage(t *testing.T) {
	_, names := written(t)
	if got := strings.Join(names, " "); got != "truename-man.1 truename-zone-list.1 truename-zone.1 truename.1" {
		t.Errorf("pages %s", got)
	}
}

func TestPages(t *testing.T) {
	dir, _ := written(t)
	for _, c := range []struct{ name, page, want string }{
		{"version", "truename", "v1.2.3"},
		{"commands", "truename", ".SH COMMANDS\n.TP\n.B man\nWrite the manual pages into a directory\n.TP\n.B zone\nZones\n"},
		{"see also", "truename-zone", ".SH SEE ALSO\n.BR truename (1),\n.BR truename\\-zone\\-list (1)\n"},
		{"synopsis of what holds others", "truename-zone", ".SH SYNOPSIS\n.B truename zone COMMAND\n"},
		{"a flag with a default", "truename-zone-list", ".B \\-n, \\-\\-limit N\nN at most (default 20)\n"},
		{"a flag without one", "truename-zone-list", ".B \\-\\-deleted\ndeleted ones\n"},
		{"flags of the server", "truename-zone-list", ".SH SERVER\n.TP\n.B \\-\\-server URL\n"},
		{"text that troff would take as its own", "truename-zone-list", "\n.PP\n\\&.starts with a dot, has a \\e and what's quoted"},
		{"text that keeps its lines", "truename-zone-list", ".nf\n  as they are\n.fi"},
		{"examples", "truename-zone-list", ".SH EXAMPLES\n.nf\n  truename zone list '*.example'\n.fi\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, c.page+".1"))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), c.want) || strings.Contains(string(text), "secret") {
				t.Errorf("no %q in\n%s", c.want, text)
			}
		})
	}
}

func TestLocalCommandsHaveNoFlagsOfTheServer(t *testing.T) {
	dir, _ := written(t)
	text, err := os.ReadFile(filepath.Join(dir, "truename-man.1"))
	if err != nil || strings.Contains(string(text), ".SH SERVER") {
		t.Errorf("%v:\n%s", err, text)
	}
}

// TestTroffTakesThePages: a real formatter has nothing to complain of.
func TestTroffTakesThePages(t *testing.T) {
	troff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("groff is not installed")
	}
	dir, names := written(t)
	for _, name := range names {
		out, err := exec.Command(troff, "-man", "-Tutf8", "-ww", "-z", filepath.Join(dir, name)).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestADirectoryThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	root := tree()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetArgs([]string{"man", file})
	if err := root.Execute(); err == nil {
		t.Error("pages were written into a file")
	}
}
