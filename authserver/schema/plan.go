package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// Lock is a lock mode of PostgreSQL, https://www.postgresql.org/docs/current/explicit-locking.html
type Lock string

// The locks of statements, from the one that nothing notices to the one that stops everything for a moment.
const (
	// NoLock is for new objects, which nobody uses yet.
	NoLock Lock = ""
	// RowExclusive is that of any write; it stops neither reads nor writes.
	RowExclusive Lock = "ROW EXCLUSIVE"
	// ShareUpdateExclusive stops other schema changes and vacuum only.
	ShareUpdateExclusive Lock = "SHARE UPDATE EXCLUSIVE"
	// ShareRowExclusive stops writes.
	ShareRowExclusive Lock = "SHARE ROW EXCLUSIVE"
	// AccessExclusive stops reads and writes.
	AccessExclusive Lock = "ACCESS EXCLUSIVE"
)

// blocks says whether requests wait for the lock, so that it must be given up soon.
func (l Lock) blocks() bool { return l == ShareRowExclusive || l == AccessExclusive }

// Statement is one step of a plan.
type Statement struct {
	SQL  string
	Lock Lock
	// Table is the locked table, as SQL.
	Table string
	// Reason says in one line what the statement is for.
	Reason string
	// Alone marks a statement that cannot run in a transaction.
	Alone bool
	// Repeat marks a batch, to be run until it changes no row.
	Repeat bool
}

var (
	losesData = regexp.MustCompile(`(?im)\bDROP\s+(TABLE|COLUMN|SCHEMA|DATABASE|OWNED)\b|^\s*(TRUNCATE|DELETE)\b`)
	literals  = regexp.MustCompile(`'[^']*'`)
)

// Destructive says whether the statement could lose data. Plans hold none, and Apply refuses them.
func (s Statement) Destructive() bool {
	return losesData.MatchString(literals.ReplaceAllString(s.SQL, "''"))
}

// Plan is what brings a database to the desired schema, in order.
type Plan struct {
	Statements []Statement
	// Notes tell what was left as it is, and why that is fine.
	Notes []string
}

// SQL returns the plan as a script with a comment for each statement.
func (p Plan) SQL() string {
	var script strings.Builder
	for _, note := range p.Notes {
		fmt.Fprintf(&script, "-- Note: %s.\n", note)
	}
	if len(p.Statements) == 0 {
		script.WriteString("-- Nothing to do: the schema is up to date.\n")
		return script.String()
	}
	for i, statement := range p.Statements {
		if i > 0 || len(p.Notes) > 0 {
			script.WriteString("\n")
		}
		fmt.Fprintf(&script, "-- %d. %s.\n-- Lock: %s\n%s;\n", i+1, statement.Reason, statement.lockText(), statement.SQL)
	}
	return script.String()
}

// Hash identifies the statements: 16 hexadecimal digits. Plans of the same SQL have the same hash, wherever they were made.
func (p Plan) Hash() string {
	hash := sha256.New()
	for _, statement := range p.Statements {
		_, _ = hash.Write([]byte(statement.SQL + ";\n")) // a hash takes everything
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// Report is the plan as the report of a migration has it.
func (p Plan) Report() config.MigrationPlan {
	report := config.MigrationPlan{Hash: p.Hash(), Count: len(p.Statements), Notes: p.Notes}
	for _, statement := range p.Statements {
		planned := config.PlannedStatement{Reason: statement.Reason, SQL: statement.SQL}
		if statement.Lock != NoLock {
			planned.Lock = string(statement.Lock) + " on " + statement.Table
		}
		report.Statements = append(report.Statements, planned)
	}
	return report
}

func (s Statement) lockText() string {
	text := "none, the object is new."
	switch {
	case s.Lock.blocks():
		text = fmt.Sprintf("%s on %s, for a moment.", s.Lock, s.Table)
	case s.Lock != NoLock:
		text = fmt.Sprintf("%s on %s; reads and writes go on.", s.Lock, s.Table)
	}
	if s.Alone {
		text += " Not in a transaction."
	}
	if s.Repeat {
		text += " Repeat until it changes no row."
	}
	return text
}

// Plan compares the desired schema with a database that Inspect saw. Its error is a *RefusedError.
func (s Schema) Plan(catalogue Catalogue) (Plan, error) {
	p := &planner{catalogue: catalogue}
	p.checkServer()
	if len(p.refused) > 0 {
		return Plan{}, p.refusal()
	}
	if !catalogue.Exists {
		p.add(Statement{SQL: "CREATE SCHEMA " + quote(catalogue.Schema), Reason: "Create the schema"})
	}
	tables := s.fitIDs(catalogue).Tables
	for _, table := range tables {
		if relation, ok := catalogue.Relations[table.Name]; ok {
			p.adapt(table, relation)
		} else {
			p.create(table)
		}
	}
	p.checkCreate()
	p.serve(tables)
	p.denyLacking()
	if len(p.wallClocks) > 0 {
		p.note("%s stay timestamp without time zone; their values are read and written as UTC", strings.Join(p.wallClocks, ", "))
	}
	if len(p.refused) > 0 {
		return Plan{}, p.refusal()
	}
	return Plan{Statements: p.statements, Notes: p.notes}, nil
}

// planner collects the plan and everything that stands against it.
type planner struct {
	catalogue  Catalogue
	statements []Statement
	notes      []string
	// wallClocks are the columns without time zone.
	wallClocks []string
	refused    []string
	lacks      []lacking
	// denied is set when only privileges are missing.
	denied  bool
	creates bool
}

func (p *planner) add(statement Statement) { p.statements = append(p.statements, statement) }

func (p *planner) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

func (p *planner) refuse(format string, args ...any) {
	p.refused = append(p.refused, fmt.Sprintf(format, args...))
}

func (p *planner) name(table string) string { return quote(p.catalogue.Schema, table) }

// adapt plans the changes of a table that exists.
func (p *planner) adapt(table Table, relation *Relation) {
	if !relation.isTable() {
		p.refuse("%s is not a table; rename it, or set database.schema to a schema of its own", p.name(table.Name))
		return
	}
	if !p.isBetterAuths(table, relation) || !p.mayWrite(table, relation) {
		return
	}
	before := len(p.statements)
	for _, column := range table.Columns {
		p.column(table, relation, column)
	}
	p.strangers(table, relation)
	if id, ok := relation.column("id"); ok && (id.Type == typeInteger || id.Type == typeBigint) {
		p.numbered(table, relation)
	}
	for _, index := range table.Indexes {
		p.index(table, relation, index)
	}
	for _, column := range table.Columns {
		if column.References != "" {
			p.foreignKey(table, relation, column)
		}
	}
	if len(p.statements) > before {
		p.mayAlter(table, relation)
	}
}
