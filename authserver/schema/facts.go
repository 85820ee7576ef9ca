package schema

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// readFacts asks of the rows only what a planned change depends on, because each question may read the whole table.
func (r *Relation) readFacts(ctx context.Context, conn *pgx.Conn, name string, table Table, catalogue Catalogue) error {
	r.Nulls, r.Duplicates, r.Orphans = map[string]bool{}, map[string]bool{}, map[string]bool{}
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+name+")").Scan(&r.HasRows); err != nil {
		return err
	}
	ask := func(answers map[string]bool, column, question string, arguments ...any) error {
		var answer bool
		err := conn.QueryRow(ctx, "SELECT EXISTS ("+fmt.Sprintf(question, arguments...)+")").Scan(&answer)
		answers[column] = answer
		return err
	}
	for _, want := range table.Columns {
		have, ok := r.column(want.Name)
		if !ok || !fits(want.Type, have.Type) {
			continue
		}
		if want.NotNull && !have.NotNull && !want.Lenient {
			if err := ask(r.Nulls, want.Name, "SELECT FROM %s WHERE %s IS NULL", name, quote(want.Name)); err != nil {
				return err
			}
		}
		if referenced, ok := catalogue.Relations[want.References]; ok && referenced.MayWrite && !r.refersTo(want) {
			const question = "SELECT FROM %s t WHERE NOT EXISTS (SELECT FROM %s r WHERE r.id = t.%s)"
			if err := ask(r.Orphans, want.Name, question, name, quote(catalogue.Schema, want.References), quote(want.Name)); err != nil {
				return err
			}
		}
	}
	for _, want := range table.Indexes {
		if _, ok := r.column(want.Column); !ok || !want.Unique || want.Lenient || r.serves(want) {
			continue
		}
		const question = "SELECT FROM %s WHERE %s IS NOT NULL GROUP BY %[2]s HAVING count(*) > 1"
		if err := ask(r.Duplicates, want.Column, question, name, quote(want.Column)); err != nil {
			return err
		}
	}
	return nil
}

// refersTo says whether a validated foreign key of the column exists.
func (r *Relation) refersTo(want Column) bool {
	key, ok := r.foreignKey(want)
	return ok && key.Validated
}

func (r *Relation) foreignKey(want Column) (ActualForeignKey, bool) {
	for _, key := range r.ForeignKeys {
		if key.Column == want.Name && key.Table == want.References && key.Referenced == "id" {
			return key, true
		}
	}
	return ActualForeignKey{}, false
}
