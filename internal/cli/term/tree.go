package term

import (
	"fmt"
	"io"
)

// Branch is a line of a tree with what hangs below it.
type Branch struct {
	Text  string
	under []*Branch
}

// Add hangs a line below b and returns it.
func (b *Branch) Add(text string) *Branch {
	n := &Branch{Text: text}
	b.under = append(b.under, n)
	return n
}

// Print writes b as a tree of lines.
func (b *Branch) Print(w io.Writer) error {
	if _, err := fmt.Fprintln(w, b.Text); err != nil {
		return err
	}
	return b.printUnder(w, "")
}

func (b *Branch) printUnder(w io.Writer, indent string) error {
	for i, n := range b.under {
		knee, deeper := "├── ", "│   "
		if i == len(b.under)-1 {
			knee, deeper = "└── ", "    "
		}
		if _, err := fmt.Fprintln(w, indent+knee+n.Text); err != nil {
			return err
		}
		if err := n.printUnder(w, indent+deeper); err != nil {
			return err
		}
	}
	return nil
}
