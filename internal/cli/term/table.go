package term

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// Cell is one field of a row.
type Cell struct {
	Text  string
	Paint Colour
}

// In is a Cell in a colour.
func In(c Colour, text string) Cell { return Cell{text, c} }

// Text is a Cell as most are.
func Text(text string) Cell { return Cell{Text: text} }

// Key is a Cell by which a row is known: mostly a name.
func Key(text string) Cell { return Cell{text, Cyan} }

// Faint is a Cell that most readers pass over.
func Faint(text string) Cell { return Cell{text, Dim} }

// Cells is a row of plain texts.
func Cells(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, t := range texts {
		row[i].Text = t
	}
	return row
}

// Table prints rows. On a terminal they stand aligned under a header; in a pipe
// they are lines of fields parted by tabs, without a header. What others wrote
// cannot draw on the terminal, nor part a line in two.
type Table struct {
	out     *bufio.Writer
	style   Style
	aligned bool
	head    []Cell
	right   []bool // columns that are aligned to the right
	widths  []int
	rows    [][]Cell // that wait for the widths of their block
}

// block is how many rows are looked at before the first is printed: long lists
// must not wait for their end.
const block = 500

// NewTable starts a table. A column whose name ends in ">" is aligned to the right.
func NewTable(w io.Writer, columns ...string) *Table {
	t := &Table{out: bufio.NewWriter(w), style: StyleOf(w), aligned: IsTerminal(w)}
	for _, name := range columns {
		name, right := strings.CutSuffix(name, ">")
		t.head = append(t.head, In(Bold, name))
		t.right = append(t.right, right)
		t.widths = append(t.widths, len(name))
	}
	return t
}

// Row adds a row, which has as many cells as the table has columns.
func (t *Table) Row(row ...Cell) error {
	for i := range row {
		row[i].Text = Clean(row[i].Text)
	}
	if !t.aligned {
		return t.line(row)
	}
	for i, c := range row {
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(c.Text))
	}
	t.rows = append(t.rows, row)
	if len(t.rows) < block {
		return nil
	}
	return t.flush()
}

// End prints what is left.
func (t *Table) End() error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.out.Flush()
}

func (t *Table) flush() error {
	if len(t.rows) == 0 {
		return nil
	}
	if t.head != nil {
		t.rows = append([][]Cell{t.head}, t.rows...)
		t.head = nil
	}
	for _, row := range t.rows {
		if err := t.padded(row); err != nil {
			return err
		}
	}
	t.rows = t.rows[:0]
	return t.out.Flush()
}

func (t *Table) padded(row []Cell) error {
	var line strings.Builder
	for i, c := range row {
		if i > 0 {
			line.WriteString("  ")
		}
		gap := strings.Repeat(" ", t.widths[i]-utf8.RuneCountInString(c.Text))
		if t.right[i] {
			line.WriteString(gap)
		}
		line.WriteString(t.style.Paint(c.Paint, c.Text))
		if !t.right[i] {
			line.WriteString(gap)
		}
	}
	_, err := t.out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	return err
}

func (t *Table) line(row []Cell) error {
	for i, c := range row {
		if i > 0 {
			t.out.WriteByte('\t')
		}
		t.out.WriteString(c.Text)
	}
	return t.out.WriteByte('\n')
}

// Fields prints names and values, a pair a line, but for values that are empty.
func Fields(w io.Writer, pairs ...string) error {
	t := NewTable(w, "", "")
	t.head = nil
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if err := t.Row(Faint(pairs[i]), Text(pairs[i+1])); err != nil {
			return err
		}
	}
	return t.End()
}
