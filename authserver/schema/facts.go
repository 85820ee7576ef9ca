package schema

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// inquiry asks of the rows of one table only what a planned change depends on, because each question may read the
// whole table.
type inquiry struct {
	conn      *pgx.Conn
	catalogue Catalogue
	relation  *Relation
	table     Table
	// name is the table in SQL.
	name string
}

func (q inquiry) run(ctx context.Context) error {
	r := q.relation
	r.Nulls, r.Duplicates, r.Orphans = map[string]bool{}, map[string]bool{}, map[string]bool{}
	rows := map[string]bool{}
	if err := q.ask(ctx, rows, "", "SELECT FROM "+q.name); err != nil {
		return err
	}
	r.HasRows = rows[""]
	for _, want := range q.table.Columns {
		if have, ok := r.column(want.Name); !ok || !fits(want.Type, have.Type) {
			continue
		} else if err := q.askOfColumn(ctx, want, have); err != nil {
			return err
		}
	}
	for _, want := range q.table.Indexes {
		if _, ok := r.column(want.Column); !ok || !want.Unique || want.Lenient || r.serves(want) {
			continue
		}
		question := fmt.Sprintf("SELECT FROM %s WHERE %s IS NOT NULL GROUP BY %[2]s HAVING count(*) > 1", q.name, quote(want.Column))
		if err := q.ask(ctx, r.Duplicates, want.Column, question); err != nil {
			return err
		}
	}
	return nil
}

func (q inquiry) askOfColumn(ctx context.Context, want Column, have ActualColumn) error {
	if want.NotNull && !have.NotNull && !want.Lenient {
		if err := q.ask(ctx, q.relation.Nulls, want.Name, fmt.Sprintf("SELECT FROM %s WHERE %s IS NULL", q.name, quote(want.Name))); err != nil {
			return err
		}
	}
	referenced, ok := q.catalogue.Relations[want.References]
	if !ok || !referenced.MayWrite || q.relation.refersTo(want) {
		return nil
	}
	return q.ask(ctx, q.relation.Orphans, want.Name, fmt.Sprintf("SELECT FROM %s t WHERE NOT EXISTS (SELECT FROM %s r WHERE r.id = t.%s)",
		q.name, quote(q.catalogue.Schema, want.References), quote(want.Name)))
}

// ask records whether a question has rows.
func (q inquiry) ask(ctx context.Context, answers map[string]bool, column, question string) error {
	var answer bool
	err := q.conn.QueryRow(ctx, "SELECT EXISTS ("+question+")").Scan(&answer)
	answers[column] = answer
	return err
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
