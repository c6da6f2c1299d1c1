package term

import (
	"bytes"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/cli/term/termtest"
)

// shownOn runs f with a terminal to write to and returns what it shows.
func shownOn(t *testing.T, f func(x *termtest.Terminal)) string {
	t.Helper()
	x := termtest.New(t)
	f(x)
	return strings.ReplaceAll(x.End(), "\r\n", "\n")
}

func fill(t *testing.T, tab *Table) {
	t.Helper()
	for _, row := range [][]Cell{
		{Key("www.example.com."), Text("300"), Text("CNAME")},
		{Key("a."), Text("86400"), Text("A")},
	} {
		if err := tab.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tab.End(); err != nil {
		t.Fatal(err)
	}
}

func TestTable(t *testing.T) {
	t.Run("on a terminal it is aligned, with a header", func(t *testing.T) {
		t.Setenv("NO_COLOR", "1")
		got := shownOn(t, func(x *termtest.Terminal) { fill(t, NewTable(x.TTY, "NAME", "TTL>", "TYPE")) })
		want := "" +
			"NAME                TTL  TYPE\n" +
			"www.example.com.    300  CNAME\n" +
			"a.                86400  A\n"
		if got != want {
			t.Errorf("shown:\n%s\nwant:\n%s", got, want)
		}
	})
	t.Run("colours do not count as width", func(t *testing.T) {
		t.Setenv("NO_COLOR", "")
		got := shownOn(t, func(x *termtest.Terminal) { fill(t, NewTable(x.TTY, "NAME", "TTL>", "TYPE")) })
		if !strings.Contains(got, "\x1b[36ma.\x1b[0m                86400  A\n") {
			t.Errorf("shown: %q", got)
		}
	})
	t.Run("in a pipe it is fields parted by tabs", func(t *testing.T) {
		var b bytes.Buffer
		fill(t, NewTable(&b, "NAME", "TTL>", "TYPE"))
		if want := "www.example.com.\t300\tCNAME\na.\t86400\tA\n"; b.String() != want {
			t.Errorf("written: %q", b.String())
		}
	})
	t.Run("without rows there is no header", func(t *testing.T) {
		got := shownOn(t, func(x *termtest.Terminal) {
			if err := NewTable(x.TTY, "NAME").End(); err != nil {
				t.Error(err)
			}
		})
		if got != "" {
			t.Errorf("shown: %q", got)
		}
	})
	t.Run("a long list is shown before its end, and its header once", func(t *testing.T) {
		t.Setenv("NO_COLOR", "1")
		got := shownOn(t, func(x *termtest.Terminal) {
			tab := NewTable(x.TTY, "N")
			for range 2*block + 1 {
				if err := tab.Row(Cells("x")...); err != nil {
					t.Error(err)
				}
			}
			if len(tab.rows) != 1 {
				t.Errorf("%d rows wait", len(tab.rows))
			}
			if err := tab.End(); err != nil {
				t.Error(err)
			}
		})
		if strings.Count(got, "N\n") != 1 || strings.Count(got, "x\n") != 2*block+1 {
			t.Errorf("%d headers, %d rows", strings.Count(got, "N\n"), strings.Count(got, "x\n"))
		}
	})
}

func TestTree(t *testing.T) {
	root := &Branch{Text: "main"}
	a := root.Add("a")
	a.Add("a1").Add("a11")
	a.Add("a2")
	root.Add("b").Add("b1")
	var b bytes.Buffer
	if err := root.Print(&b); err != nil {
		t.Fatal(err)
	}
	const want = `main
├── a
│   ├── a1
│   │   └── a11
│   └── a2
└── b
    └── b1
`
	if b.String() != want {
		t.Errorf("printed:\n%s", b.String())
	}
}
