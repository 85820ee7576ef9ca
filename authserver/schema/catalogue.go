package schema

import (
	"regexp"
	"slices"
	"strings"
)

// Catalogue is what Inspect found in the database.
type Catalogue struct {
	// Server is the version of PostgreSQL, such as 150018.
	Server int
	Role   string
	// Schema is the name of the schema that was looked at.
	Schema string
	// Exists says whether the schema exists.
	Exists bool
	// MayUse and MayCreate are privileges on the schema, or on the database while the schema does not exist.
	MayUse, MayCreate bool
	// ReadOnly is set on a standby.
	ReadOnly bool
	// Servers are those that the migration is for.
	Servers Servers
	// Relations are those that have the names of desired tables.
	Relations map[string]*Relation
}

// Relation is a table, or something else that has a table's name.
type Relation struct {
	// Kind is pg_class.relkind: r and p are tables.
	Kind string
	// Owned says whether the role may alter the table; MayWrite whether it may read and write rows.
	Owned, MayWrite bool
	Owner           string
	HasRows         bool
	Columns         []ActualColumn
	Indexes         []ActualIndex
	ForeignKeys     []ActualForeignKey
	// Numbers is where ids come from when they are integers.
	Numbers Numbers
	// Checks are the names of check constraints and whether each is validated.
	Checks map[string]bool
	// Nulls, Duplicates and Orphans are columns for which a change has to know the rows.
	Nulls, Duplicates, Orphans map[string]bool
}

// ActualColumn is a column that exists.
type ActualColumn struct {
	Name, Type string
	NotNull    bool
	// Default is the SQL of the default; identity and generated columns have one too.
	Default string
}

// ActualIndex is an index that exists.
type ActualIndex struct {
	Name string
	// Columns are the key columns, "" for an expression.
	Columns []string
	Unique  bool
	Valid   bool
	// Partial is set for an index with a predicate, and for one that is not a B-tree.
	Partial bool
	// Constraint says whether the index belongs to a primary key or unique constraint.
	Constraint bool
}

// ActualForeignKey is a foreign key of one column that exists.
type ActualForeignKey struct {
	Name, Column, Table, Referenced string
	Cascade, Validated              bool
}

func (r *Relation) column(name string) (ActualColumn, bool) {
	at := slices.IndexFunc(r.Columns, func(column ActualColumn) bool { return column.Name == name })
	if at < 0 {
		return ActualColumn{}, false
	}
	return r.Columns[at], true
}

// serves says whether the index does what is wanted of one.
func (i ActualIndex) serves(want Index) bool {
	switch {
	case !i.Valid || i.Partial || len(i.Columns) == 0 || i.Columns[0] != want.Column:
		return false
	case want.Unique && !want.Lenient:
		return i.Unique && len(i.Columns) == 1
	}
	return true
}

func (r *Relation) serves(want Index) bool {
	return slices.ContainsFunc(r.Indexes, func(index ActualIndex) bool { return index.serves(want) })
}

var typeModifier = regexp.MustCompile(`\(\d+\)`)

// fits says whether the server copes with a column of the type although another one is desired.
func fits(desired, actual string) bool {
	bare := typeModifier.ReplaceAllString(actual, "")
	switch desired {
	case typeText:
		return bare == typeText || bare == "character varying"
	case typeTimestamp:
		return bare == typeTimestamp || bare == "timestamp without time zone"
	case typeInteger:
		return bare == typeInteger || bare == typeBigint
	case typeJSON:
		return bare == typeJSON || bare == "json"
	}
	return bare == desired
}

func withoutTimeZone(actual string) bool { return strings.HasSuffix(actual, "without time zone") }
