package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// none stands in a cell that has no value.
const none = "–"

// table is a heading and rows of equal length.
type table struct {
	head []string
	rows [][]string
}

// markdown prints the table in Markdown, numbers to the right.
func (t table) markdown() string {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(t.head)
	rule := slices.Repeat([]string{"---:"}, len(t.head))
	rule[0] = "---"
	line(rule)
	for _, row := range t.rows {
		line(row)
	}
	return b.String()
}

// text prints the table for a terminal, columns aligned.
func (t table) text() string {
	width := make([]int, len(t.head))
	lines := append([][]string{t.head}, t.rows...)
	for _, line := range lines {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, line := range lines {
		for i, cell := range line {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString(cell + pad)
			} else {
				b.WriteString("  " + pad + cell)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// median gives the middle value, or the mean of the middle two; 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// minimum gives the least value; 0 of none.
func minimum(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return slices.Min(values)
}

// largest gives the greatest value; 0 of none.
func largest(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return slices.Max(values)
}

// joined prints values without decimals.
func joined(values []float64) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, number(v, 0))
	}
	return strings.Join(parts, ", ")
}

// collect takes one number out of each item, leaving out those without it.
func collect[T any](items []T, take func(T) (value float64, ok bool)) []float64 {
	var values []float64
	for _, item := range items {
		if v, ok := take(item); ok {
			values = append(values, v)
		}
	}
	return values
}

// number prints v with the decimals given; 0 stands for no value.
func number(v float64, decimals int) string {
	if v == 0 {
		return none
	}
	return fmt.Sprintf("%.*f", decimals, v)
}

// ratio prints a/b; where either has no value there is none.
func ratio(a, b float64) string {
	if a == 0 || b == 0 {
		return none
	}
	return fmt.Sprintf("%.2f", a/b)
}

// verdict says whether a/b keeps a bar, in one line.
func verdict(what string, a, b, bar float64) string {
	if a == 0 || b == 0 {
		return fmt.Sprintf("%s: not measured (bar %.2f)", what, bar)
	}
	word := "kept"
	if a/b > bar {
		word = "MISSED"
	}
	return fmt.Sprintf("%s: %.2f (at most %.2f): %s", what, a/b, bar, word)
}
