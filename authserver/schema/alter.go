package schema

import "fmt"

// batchSize keeps the row locks of one batch of a back-fill below a fraction of a second.
const batchSize = 5000

func (p *planner) column(table Table, relation *Relation, want Column) {
	have, ok := relation.column(want.Name)
	if !ok {
		p.addColumn(table, relation, want)
		return
	}
	if !p.columnType(table, want, have) {
		return
	}
	check := identifier(table.Name, want.Name, "not_null")
	_, leftover := relation.Checks[check]
	if want.NotNull && !have.NotNull {
		p.tighten(table, relation, want, have, check)
		return
	}
	if !want.NotNull && have.NotNull {
		p.relax(table, want.Name, fmt.Sprintf("%s.%s is optional", table.Name, want.Name))
	}
	if leftover {
		p.dropCheck(table, check)
	}
}

// addColumn never rewrites the table: a constant default is kept in the catalogue.
func (p *planner) addColumn(table Table, relation *Relation, want Column) {
	definition := quote(want.Name) + " " + want.Type
	if want.NotNull {
		definition += " NOT NULL"
	}
	if want.Fill != "" {
		definition += " DEFAULT " + want.Fill
	} else if want.NotNull && relation.HasRows {
		p.refuse("the custom field %q is required and has no default, but %s has rows, which would have no value; give the field a default, or make it optional",
			want.Name, p.name(table.Name))
		return
	}
	p.alter(table, "ADD COLUMN "+definition, fmt.Sprintf("Add the column %s.%s", table.Name, want.Name))
}

// columnType says whether the column can be used, and widens the one type of an old version that cannot.
func (p *planner) columnType(table Table, want Column, have ActualColumn) bool {
	switch {
	case fits(want.Type, have.Type):
		if want.Type == typeTimestamp && withoutTimeZone(have.Type) {
			p.wallClocks = append(p.wallClocks, table.Name+"."+want.Name)
		}
		return true
	case want.Type == typeBigint && have.Type == typeInteger && table.Name == "rateLimit":
		// No moment of this century fits into the old type, so there is hardly a row to rewrite.
		p.alter(table, fmt.Sprintf("ALTER COLUMN %s TYPE bigint", quote(want.Name)),
			fmt.Sprintf("Better-Auth 1.0 made %s.%s too small for a time in milliseconds", table.Name, want.Name))
		return true
	case want.Custom:
		p.refuse("the column %s of %s exists as %s, but the custom field's type needs %s; change the type of the field, or give it another name",
			quote(want.Name), p.name(table.Name), have.Type, want.Type)
	default:
		p.refuse("the column %s of %s is %s where this server needs %s; such a database (made by hand) is not supported, set database.schema to a schema of its own",
			quote(want.Name), p.name(table.Name), have.Type, want.Type)
	}
	return false
}

// tighten makes a column NOT NULL without reading the table under a lock that blocks: the check is validated
// first, and SET NOT NULL trusts it.
func (p *planner) tighten(table Table, relation *Relation, want Column, have ActualColumn, check string) {
	column := quote(want.Name)
	if want.Lenient {
		p.note("%s.%s is nullable and stays so; this server always writes it", table.Name, want.Name)
		return
	}
	if relation.Nulls[want.Name] && want.Fill == "" {
		p.refuse("the column %[1]s of %[2]s is required and has no default, but some rows have no value; give the field a default, make it optional, or fill it: UPDATE %[2]s SET %[1]s = ... WHERE %[1]s IS NULL",
			column, p.name(table.Name))
		return
	}
	if want.Custom {
		p.note("%s.%s becomes required; servers that know it as optional fail sign-ups without a value for it, until they are replaced", table.Name, want.Name)
	}
	if want.Fill != "" && have.Default == "" {
		p.alter(table, fmt.Sprintf("ALTER COLUMN %s SET DEFAULT %s", column, want.Fill),
			fmt.Sprintf("New rows get the default of %s.%s, also from servers that do not write it", table.Name, want.Name))
	}
	if relation.Nulls[want.Name] {
		p.fill(table, want, "Fill the rows without a value")
	}
	validated, exists := relation.Checks[check]
	if !exists {
		p.alter(table, fmt.Sprintf("ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID", quote(check), column),
			fmt.Sprintf("New rows must have a %s.%s", table.Name, want.Name))
	}
	if want.Fill != "" && !validated {
		p.fill(table, want, "Fill the rows that were added without a value meanwhile")
	}
	if !validated {
		p.validate(table, check, fmt.Sprintf("Prove that all rows have a %s.%s", table.Name, want.Name))
	}
	p.alter(table, fmt.Sprintf("ALTER COLUMN %s SET NOT NULL", column), fmt.Sprintf("Require %s.%s; the proof saves the reading", table.Name, want.Name))
	p.dropCheck(table, check)
}

func (p *planner) fill(table Table, want Column, reason string) {
	name, column := p.name(table.Name), quote(want.Name)
	p.add(Statement{
		SQL: fmt.Sprintf("UPDATE %[1]s SET %[2]s = %[3]s\n    WHERE id IN (SELECT id FROM %[1]s WHERE %[2]s IS NULL LIMIT %[4]d) AND %[2]s IS NULL",
			name, column, want.Fill, batchSize),
		Lock: RowExclusive, Table: name, Reason: reason, Repeat: true,
	})
}

func (p *planner) relax(table Table, column, reason string) {
	p.alter(table, fmt.Sprintf("ALTER COLUMN %s DROP NOT NULL", quote(column)), reason)
}

func (p *planner) dropCheck(table Table, check string) {
	p.alter(table, "DROP CONSTRAINT "+quote(check), "The proof has served")
}

func (p *planner) validate(table Table, constraint, reason string) {
	name := p.name(table.Name)
	p.add(Statement{
		SQL:  fmt.Sprintf("ALTER TABLE %s VALIDATE CONSTRAINT %s", name, quote(constraint)),
		Lock: ShareUpdateExclusive, Table: name, Reason: reason,
	})
}

func (p *planner) alter(table Table, action, reason string) {
	name := p.name(table.Name)
	p.add(Statement{SQL: fmt.Sprintf("ALTER TABLE %s %s", name, action), Lock: AccessExclusive, Table: name, Reason: reason})
}
