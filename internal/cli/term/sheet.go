package term

import (
	"strings"
	"unicode/utf8"
)

// least is how short a column that gives way may become.
const least = 12

// Sheet is a table that is seen whole before it is shown, so that it fits the
// width of a terminal: columns that may give way are cut, the others never.
// What others wrote cannot draw on the terminal, nor part a line in two.
type Sheet struct {
	Style
	Glyphs
	columns []sheetColumn
	rows    []sheetRow
}

type sheetColumn struct {
	name  string
	right bool // aligned to the right
	gives bool
}

type sheetRow struct {
	lead  string // in front of the first cell: the lines of a tree
	cells []Cell // one alone takes no heed of the columns
}

// NewSheet starts a Sheet. A column whose name ends in ">" is aligned to the
// right, one that ends in "~" may be cut.
func NewSheet(st Style, g Glyphs, columns ...string) *Sheet {
	s := &Sheet{Style: st, Glyphs: g}
	for _, name := range columns {
		name, right := strings.CutSuffix(name, ">")
		name, gives := strings.CutSuffix(name, "~")
		s.columns = append(s.columns, sheetColumn{name, right, gives})
	}
	return s
}

// Row adds a row, which has a cell for every column. Before the first comes
// lead, the lines of a tree. A row of one cell is as wide as the terminal.
func (s *Sheet) Row(lead string, row ...Cell) {
	for i := range row {
		row[i].Text = Clean(row[i].Text)
	}
	s.rows = append(s.rows, sheetRow{lead, row})
}

// Lines are the header and the rows in at most width columns, as far as the
// columns that do not give way leave room. A column that is empty in all rows
// is left out; without rows there is no header.
func (s *Sheet) Lines(width int) []string {
	if len(s.rows) == 0 {
		return nil
	}
	widths := s.widths(width)
	head := sheetRow{cells: make([]Cell, len(s.columns))}
	for i, c := range s.columns {
		head.cells[i] = In(Bold, c.name)
	}
	lines := []string{s.line(head, widths)}
	for _, row := range s.rows {
		if len(row.cells) == 1 {
			lines = append(lines, row.lead+s.Paint(row.cells[0].Paint, s.Fit(row.cells[0].Text, width-utf8.RuneCountInString(row.lead))))
			continue
		}
		lines = append(lines, s.line(row, widths))
	}
	return lines
}

// widths are those of the columns; 0 for one that is empty. Of the columns that
// give way the widest does so first.
func (s *Sheet) widths(width int) []int {
	widths, total := s.natural()
	for ; total > width; total-- {
		widest := -1
		for i, c := range s.columns {
			if c.gives && widths[i] > least && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// natural is how wide the columns would be with no end to the line, and all of them.
func (s *Sheet) natural() (widths []int, total int) {
	widths = make([]int, len(s.columns))
	for _, row := range s.rows {
		for i := range row.cells {
			if len(row.cells) > 1 {
				widths[i] = max(widths[i], row.width(i))
			}
		}
	}
	for i, c := range s.columns {
		if widths[i] > 0 {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.name))
			total += widths[i] + len(gutter)
		}
	}
	return widths, total - len(gutter)
}

// gutter is between columns.
const gutter = "  "

// width is how many characters the cell i is wide.
func (r sheetRow) width(i int) int {
	n := utf8.RuneCountInString(r.cells[i].Text)
	if i == 0 {
		n += utf8.RuneCountInString(r.lead)
	}
	return n
}

func (s *Sheet) line(row sheetRow, widths []int) string {
	var b strings.Builder
	b.WriteString(row.lead)
	for i, c := range row.cells {
		room := widths[i]
		if room == 0 {
			continue
		}
		if i == 0 {
			room = max(0, room-utf8.RuneCountInString(row.lead))
		}
		text := s.Fit(c.Text, room)
		gap := strings.Repeat(" ", room-utf8.RuneCountInString(text))
		text = s.Paint(c.Paint, text)
		if s.columns[i].right {
			text, gap = gap, text
		}
		b.WriteString(text + gap + gutter)
	}
	return strings.TrimRight(b.String(), " ")
}
