package report

import (
	"strings"
)

// Table is a table of Markdown. Its first column has names, the others have figures.
type Table struct {
	Header []string
	rows   [][]string
}

// Add appends a row. Cells that are missing at its end are empty.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Markdown is the text of the table, which ends with a line break.
func (t *Table) Markdown() string {
	var text strings.Builder
	writeRow(&text, t.Header, len(t.Header))
	text.WriteString("|---|" + strings.Repeat("---:|", max(len(t.Header)-1, 0)) + "\n")
	for _, row := range t.rows {
		writeRow(&text, row, len(t.Header))
	}
	return text.String()
}

func writeRow(text *strings.Builder, cells []string, columns int) {
	text.WriteByte('|')
	for column := range columns {
		cell := ""
		if column < len(cells) {
			cell = strings.ReplaceAll(cells[column], "|", `\|`)
		}
		text.WriteString(" " + cell + " |")
	}
	text.WriteByte('\n')
}
