package plugin

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	gap = 3
	// narrowest is the least width in which text is readable; where less is left, it goes below the row.
	narrowest = 24
)

// table has columns as wide as their cells need. The last one is text, wrapped to what is left of the width.
type table struct {
	header []string
	rows   [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer, width int) {
	all := append([][]string{t.header}, t.rows...)
	last := len(t.header) - 1
	indent := 0
	widths := make([]int, last)
	for column := range widths {
		for _, row := range all {
			widths[column] = max(widths[column], utf8.RuneCountInString(row[column]))
		}
		indent += widths[column] + gap
	}
	for _, row := range all {
		var line strings.Builder
		for column, size := range widths {
			line.WriteString(pad(row[column], size+gap))
		}
		if width-indent < narrowest {
			writeNarrow(w, strings.TrimRight(line.String(), " "), row[last], width)
		} else {
			line.WriteString(strings.Join(Wrap(row[last], width-indent), "\n"+pad("", indent)))
			fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
		}
	}
}

// writeNarrow writes the last cell behind the others where it fits, and else below them.
func writeNarrow(w io.Writer, others, last string, width int) {
	if utf8.RuneCountInString(others)+gap+utf8.RuneCountInString(last) <= width {
		fmt.Fprintln(w, strings.TrimRight(others+pad("", gap)+last, " "))
		return
	}
	fmt.Fprintln(w, others)
	for _, text := range Wrap(last, width-gap) {
		fmt.Fprintln(w, pad("", gap)+text)
	}
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-utf8.RuneCountInString(text), 0))
}

// Wrap breaks text between words. A word that is longer than a line stays whole, so that it can be copied.
func Wrap(text string, width int) []string {
	var lines []string
	line, length := "", 0
	for _, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		switch {
		case line == "":
			line, length = word, size
		case length+1+size > width:
			lines = append(lines, line)
			line, length = word, size
		default:
			line, length = line+" "+word, length+1+size
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
