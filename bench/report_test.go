package main

import (
	"strings"
	"testing"
)

func TestMedianAndMinimum(t *testing.T) {
	cases := []struct {
		values      []float64
		median, min float64
	}{
		{nil, 0, 0},
		{[]float64{3}, 3, 3},
		{[]float64{9, 1, 5}, 5, 1},
		{[]float64{4, 1, 3, 2}, 2.5, 1},
	}
	for _, c := range cases {
		if m := median(c.values); m != c.median {
			t.Errorf("the median of %v is %v, want %v", c.values, m, c.median)
		}
		if m := minimum(c.values); m != c.min {
			t.Errorf("the minimum of %v is %v, want %v", c.values, m, c.min)
		}
	}
}

func TestMedianLeavesItsInputInOrder(t *testing.T) {
	values := []float64{3, 1, 2}
	if median(values); values[0] != 3 {
		t.Error("median sorted its input")
	}
}

func TestRatio(t *testing.T) {
	cases := []struct {
		a, b float64
		want string
	}{
		{3, 4, "0.75"}, {4, 4, "1.00"}, {0, 4, none}, {4, 0, none}, {0, 0, none},
	}
	for _, c := range cases {
		if got := ratio(c.a, c.b); got != c.want {
			t.Errorf("ratio(%v, %v) = %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	cases := []struct {
		a, b, bar float64
		want      string
	}{
		{3, 4, 1, "x: 0.75 (at most 1.00): kept"},
		{4, 4, 1, "x: 1.00 (at most 1.00): kept"},
		{5, 4, 1, "x: 1.25 (at most 1.00): MISSED"},
		{0, 4, 1, "x: not measured (bar 1.00)"},
	}
	for _, c := range cases {
		if got := verdict("x", c.a, c.b, c.bar); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

var twoRows = table{head: []string{"server", "µs"}, rows: [][]string{{"nsd", "3.50"}, {"truename", none}}}

func TestMarkdown(t *testing.T) {
	want := "| server | µs |\n| --- | ---: |\n| nsd | 3.50 |\n| truename | – |\n"
	if got := twoRows.markdown(); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestTextAlignsColumnsByCharacters(t *testing.T) {
	want := "server      µs\nnsd       3.50\ntruename     –\n"
	if got := twoRows.text(); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestNumber(t *testing.T) {
	if got := number(3.456, 2); got != "3.46" {
		t.Errorf("got %s", got)
	}
	if got := number(0, 2); got != none {
		t.Errorf("got %s", got)
	}
}

func TestCollectLeavesOutWhatHasNoValue(t *testing.T) {
	got := collect([]string{"a", "", "bcd"}, func(s string) (float64, bool) { return float64(len(s)), s != "" })
	if len(got) != 2 || got[0] != 1 || got[1] != 3 {
		t.Errorf("got %v", got)
	}
}

// sameWidths checks that every row of a table has a cell below each heading.
func sameWidths(t *testing.T, name string, got table) {
	t.Helper()
	for _, row := range got.rows {
		if len(row) != len(got.head) {
			t.Errorf("%s: the row %s has %d cells, the head %d", name, strings.Join(row, "|"), len(row), len(got.head))
		}
	}
}
