package schema

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Inspect reads the catalogue, and of the rows what a plan for the desired schema has to know. It changes nothing. The role of
// the servers is "" when it is that of the connection.
func Inspect(ctx context.Context, conn *pgx.Conn, desired Schema, servers string) (Catalogue, error) {
	var catalogue Catalogue
	err := conn.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int, current_user, coalesce(nullif($1, ''), current_schema(), ''),
			pg_is_in_recovery() OR current_setting('transaction_read_only')::bool`, desired.Name).
		Scan(&catalogue.Server, &catalogue.Role, &catalogue.Schema, &catalogue.ReadOnly)
	if err != nil {
		return Catalogue{}, fmt.Errorf("inspect the server: %w", err)
	}
	err = conn.QueryRow(ctx, `
		SELECT n.oid IS NOT NULL,
			coalesce(has_schema_privilege(n.oid, 'USAGE'), true),
			coalesce(has_schema_privilege(n.oid, 'CREATE'), has_database_privilege(current_database(), 'CREATE'))
		FROM (VALUES ($1)) AS wanted (name) LEFT JOIN pg_namespace n ON n.nspname = wanted.name`, catalogue.Schema).
		Scan(&catalogue.Exists, &catalogue.MayUse, &catalogue.MayCreate)
	if err != nil {
		return Catalogue{}, fmt.Errorf("inspect the schema: %w", err)
	}
	var names []string
	for _, table := range desired.Tables {
		names = append(names, table.Name)
	}
	if err := catalogue.readRelations(ctx, conn, names); err != nil {
		return Catalogue{}, fmt.Errorf("inspect the tables: %w", err)
	}
	if err := catalogue.readServers(ctx, conn, servers, names); err != nil {
		return Catalogue{}, fmt.Errorf("inspect the privileges: %w", err)
	}
	for _, table := range desired.fitIDs(catalogue).Tables {
		if relation, ok := catalogue.Relations[table.Name]; ok && relation.MayWrite && relation.isTable() {
			facts := inquiry{conn: conn, catalogue: catalogue, relation: relation, table: table, name: quote(catalogue.Schema, table.Name)}
			if err := facts.run(ctx); err != nil {
				return Catalogue{}, fmt.Errorf("inspect the rows of %s: %w", table.Name, err)
			}
		}
	}
	return catalogue, nil
}

func (r *Relation) isTable() bool { return r.Kind == "r" || r.Kind == "p" }

func (c *Catalogue) readRelations(ctx context.Context, conn *pgx.Conn, names []string) error {
	c.Relations = map[string]*Relation{}
	rows, err := conn.Query(ctx, `
		SELECT c.relname, c.relkind::text, pg_has_role(c.relowner, 'USAGE'), pg_get_userbyid(c.relowner),
			has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
				AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = ANY ($2)`, c.Schema, names)
	if err != nil {
		return err
	}
	var name string
	var relation Relation
	_, err = pgx.ForEachRow(rows, []any{&name, &relation.Kind, &relation.Owned, &relation.Owner, &relation.MayWrite}, func() error {
		found := relation
		found.Checks = map[string]bool{}
		c.Relations[name] = &found
		return nil
	})
	if err != nil {
		return err
	}
	for _, read := range []func(context.Context, *pgx.Conn, []string) error{c.readColumns, c.readIndexes, c.readForeignKeys, c.readChecks, c.readNumbers} {
		if err := read(ctx, conn, names); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalogue) readColumns(ctx context.Context, conn *pgx.Conn, names []string) error {
	rows, err := conn.Query(ctx, `
		SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
			CASE WHEN a.attidentity <> '' THEN 'identity' ELSE coalesce(pg_get_expr(d.adbin, d.adrelid), '') END
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		WHERE n.nspname = $1 AND c.relname = ANY ($2) AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY c.relname, a.attnum`, c.Schema, names)
	if err != nil {
		return err
	}
	var table string
	var column ActualColumn
	_, err = pgx.ForEachRow(rows, []any{&table, &column.Name, &column.Type, &column.NotNull, &column.Default}, func() error {
		c.Relations[table].Columns = append(c.Relations[table].Columns, column)
		return nil
	})
	return err
}

func (c *Catalogue) readIndexes(ctx context.Context, conn *pgx.Conn, names []string) error {
	rows, err := conn.Query(ctx, `
		SELECT t.relname, x.relname, i.indisunique, i.indisvalid AND i.indisready,
			i.indpred IS NOT NULL OR m.amname <> 'btree',
			EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u')),
			ARRAY(SELECT coalesce(a.attname::text, '') FROM generate_series(0, i.indnkeyatts - 1) AS position
				LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[position] AND a.attnum > 0
				ORDER BY position)
		FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
		JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
		WHERE n.nspname = $1 AND t.relname = ANY ($2)
		ORDER BY x.relname`, c.Schema, names)
	if err != nil {
		return err
	}
	var table string
	var index ActualIndex
	targets := []any{&table, &index.Name, &index.Unique, &index.Valid, &index.Partial, &index.Constraint, &index.Columns}
	_, err = pgx.ForEachRow(rows, targets, func() error {
		c.Relations[table].Indexes = append(c.Relations[table].Indexes, index)
		index.Columns = nil
		return nil
	})
	return err
}

func (c *Catalogue) readForeignKeys(ctx context.Context, conn *pgx.Conn, names []string) error {
	rows, err := conn.Query(ctx, `
		SELECT t.relname, k.conname, a.attname, f.relname, b.attname, k.confdeltype = 'c', k.convalidated
		FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
		JOIN pg_class f ON f.oid = k.confrelid AND f.relnamespace = n.oid
		JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
		JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
		WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND n.nspname = $1 AND t.relname = ANY ($2)
		ORDER BY k.conname`, c.Schema, names)
	if err != nil {
		return err
	}
	var table string
	var key ActualForeignKey
	targets := []any{&table, &key.Name, &key.Column, &key.Table, &key.Referenced, &key.Cascade, &key.Validated}
	_, err = pgx.ForEachRow(rows, targets, func() error {
		c.Relations[table].ForeignKeys = append(c.Relations[table].ForeignKeys, key)
		return nil
	})
	return err
}

func (c *Catalogue) readChecks(ctx context.Context, conn *pgx.Conn, names []string) error {
	rows, err := conn.Query(ctx, `
		SELECT t.relname, k.conname, k.convalidated
		FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
		WHERE k.contype = 'c' AND n.nspname = $1 AND t.relname = ANY ($2)`, c.Schema, names)
	if err != nil {
		return err
	}
	var table, name string
	var validated bool
	_, err = pgx.ForEachRow(rows, []any{&table, &name, &validated}, func() error {
		c.Relations[table].Checks[name] = validated
		return nil
	})
	return err
}
