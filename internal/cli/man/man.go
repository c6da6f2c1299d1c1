// Package man writes the manual pages, troff of man(7), from the commands themselves.
package man

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/truename-dns/truename/internal/cli/verb"
)

// New is truename man; version stands at the foot of the pages.
func New(version string) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages into a directory",
		Long: `Write a manual page for every command into DIR, which is made when needed: truename.1,
truename-serve.1 and so on, for man(1). The same binary always writes the same pages.`,
		Example: `  truename man /usr/local/share/man/man1`,
		Args:    verb.Exactly("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			return Write(args[0], c.Root(), version)
		},
	}
}

// Write writes the page of c and those of all commands below it.
func Write(dir string, c *cobra.Command, version string) error {
	f, err := os.Create(filepath.Join(dir, manName(c)+".1"))
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, manual(c, version))
	if closed := f.Close(); err == nil {
		err = closed
	}
	for _, sub := range Documented(c) {
		if err == nil {
			err = Write(dir, sub, version)
		}
	}
	return err
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// Documented is the commands below c that have a page.
func Documented(c *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "completion" {
			list = append(list, sub)
		}
	}
	return list
}

// manual is the page of c in the language of man(7).
func manual(c *cobra.Command, version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH \"%s\" 1 \"\" \"truename %s\" \"Truename\"\n", strings.ToUpper(manName(c)), roff(version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(manName(c)), roff(c.Short))
	use := c.UseLine()
	if c.HasAvailableSubCommands() {
		use = c.CommandPath() + " COMMAND"
	}
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(use))
	if c.Long != "" {
		fmt.Fprintf(&b, ".SH DESCRIPTION\n%s\n", paragraphs(c.Long))
	}
	manCommands(&b, c)
	manFlags(&b, "OPTIONS", c.NonInheritedFlags())
	if verb.IsRemote(c) {
		manFlags(&b, "SERVER", c.InheritedFlags())
	}
	if c.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(c.Example))
	}
	manSeeAlso(&b, c)
	return b.String()
}

func manCommands(b *strings.Builder, c *cobra.Command) {
	if len(Documented(c)) == 0 {
		return
	}
	b.WriteString(".SH COMMANDS\n")
	for _, sub := range Documented(c) {
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(sub.Name()), roff(sub.Short))
	}
}

func manFlags(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, usage := pflag.UnquoteUsage(f)
		short := ""
		if f.Shorthand != "" {
			short = "-" + f.Shorthand + ", "
		}
		if name != "" {
			name = " " + name
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(short+"--"+f.Name+name), roff(usage))
	})
}

func manSeeAlso(b *strings.Builder, c *cobra.Command) {
	var others []string
	if c.HasParent() {
		others = append(others, manName(c.Parent()))
	}
	for _, sub := range Documented(c) {
		others = append(others, manName(sub))
	}
	if len(others) == 0 {
		return
	}
	b.WriteString(".SH SEE ALSO\n")
	for i, name := range others {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(b, ".BR %s (1)", roff(name))
	}
	b.WriteString("\n")
}

// paragraphs keeps lines as they are where they are indented, and parts
// paragraphs at empty lines.
func paragraphs(text string) string {
	var b strings.Builder
	for i, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			b.WriteString("\n.PP\n")
		}
		if strings.HasPrefix(p, "  ") {
			b.WriteString(".nf\n" + roff(p) + "\n.fi")
		} else {
			b.WriteString(roff(p))
		}
	}
	return b.String()
}

// roff takes the meaning from what man(7) would read as its own: backslashes,
// hyphens that a person copies, and a dot or quote that starts a line.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "’", `\(cq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
