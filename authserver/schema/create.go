package schema

import (
	"fmt"
	"strings"
)

// create plans a new table. Nobody uses it yet, so its indexes need not be concurrent.
func (p *planner) create(table Table) {
	p.creates = true
	unique := map[string]bool{}
	for _, index := range table.Indexes {
		unique[index.Column] = unique[index.Column] || index.Unique
	}
	lines := make([]string, len(table.Columns))
	statement := Statement{Reason: "Create the table " + table.Name}
	for i, column := range table.Columns {
		lines[i] = "    " + p.definition(column, unique[column.Name])
		if column.References != "" {
			statement.Lock, statement.Table = ShareRowExclusive, p.name(column.References)
		}
	}
	statement.SQL = fmt.Sprintf("CREATE TABLE %s (\n%s\n)", p.name(table.Name), strings.Join(lines, ",\n"))
	p.add(statement)
	for _, index := range table.Indexes {
		if !index.Unique {
			p.add(Statement{
				SQL:    fmt.Sprintf("CREATE INDEX %s ON %s (%s)", quote(index.name(table.Name)), p.name(table.Name), quote(index.Column)),
				Reason: fmt.Sprintf("Index %s.%s", table.Name, index.Column),
			})
		}
	}
}

// definition leaves the constraints unnamed: PostgreSQL's names are those that Better-Auth's migrations end up with.
func (p *planner) definition(column Column, unique bool) string {
	text := quote(column.Name) + " " + column.Type
	if column.NotNull {
		text += " NOT NULL"
	}
	if column.Default != "" {
		text += " DEFAULT " + column.Default
	}
	if column.Name == "id" {
		text += " PRIMARY KEY"
	} else if unique {
		text += " UNIQUE"
	}
	if column.References != "" {
		text += " REFERENCES " + p.name(column.References) + " (id) ON DELETE CASCADE"
	}
	return text
}
