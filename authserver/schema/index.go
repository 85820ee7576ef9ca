package schema

import "fmt"

// index plans a missing index on a table that is in use.
func (p *planner) index(table Table, relation *Relation, want Index) {
	if want.Lenient && want.Unique {
		if !relation.serves(Index{Column: want.Column, Unique: true}) {
			p.note("%s.%s is not unique and stays so; this server counts exactly without", table.Name, want.Column)
		}
		want.Unique = false
	}
	if relation.serves(want) {
		return
	}
	name, indexName := p.name(table.Name), quote(p.catalogue.Schema, want.name(table.Name))
	if relation.Duplicates[want.Column] {
		p.refuse("the column %[1]s of %[2]s is to be unique but has duplicates; find them with: SELECT %[1]s, count(*) FROM %[2]s GROUP BY 1 HAVING count(*) > 1",
			quote(want.Column), name)
		return
	}
	for _, index := range relation.Indexes {
		if index.Name == want.name(table.Name) && !index.Valid {
			p.add(Statement{
				SQL: "DROP INDEX CONCURRENTLY " + indexName, Lock: ShareUpdateExclusive, Table: name, Alone: true,
				Reason: "An interrupted build left this index behind, invalid",
			})
		}
	}
	p.creates = true
	kind := "INDEX"
	if want.Unique {
		kind = "UNIQUE INDEX"
	}
	p.add(Statement{
		SQL:  fmt.Sprintf("CREATE %s CONCURRENTLY %s ON %s (%s)", kind, quote(want.name(table.Name)), name, quote(want.Column)),
		Lock: ShareUpdateExclusive, Table: name, Alone: true, Reason: fmt.Sprintf("Index %s.%s", table.Name, want.Column),
	})
}

// foreignKey plans a missing foreign key; validation is apart, so that it blocks nobody.
func (p *planner) foreignKey(table Table, relation *Relation, want Column) {
	key, exists := relation.foreignKey(want)
	name := identifier(table.Name, want.Name, "fkey")
	switch {
	case exists && !key.Cascade:
		p.note("the foreign key of %s.%s does not cascade and stays so; delete sessions and accounts before their user", table.Name, want.Name)
	case !exists:
		p.add(Statement{
			SQL: fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (id) ON DELETE CASCADE NOT VALID",
				p.name(table.Name), quote(name), quote(want.Name), p.name(want.References)),
			Lock: ShareRowExclusive, Table: p.name(table.Name) + " and " + p.name(want.References),
			Reason: fmt.Sprintf("New rows of %s must belong to a %s", table.Name, want.References),
		})
	}
	if exists {
		name = key.Name
	}
	if relation.Orphans[want.Name] {
		p.note("the foreign key of %s.%s is not validated, some rows belong to nobody; once they are deleted, the next migration validates it", table.Name, want.Name)
	} else if !key.Validated {
		p.validate(table, name, fmt.Sprintf("Prove that all rows of %s belong to a %s", table.Name, want.References))
	}
}
