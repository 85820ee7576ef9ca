package schema

import (
	"fmt"
	"strings"
)

// minServer is the first version of PostgreSQL with gen_random_uuid, which counting requests uses.
const minServer = 130000

// RefusedError is the error of a plan that cannot be made safely: why, and what to do.
type RefusedError struct {
	Problems []string
	// Denied is set when the role lacks privileges, rather than the database fitting ill.
	Denied bool
}

// Error returns all problems in one line.
func (r *RefusedError) Error() string { return strings.Join(r.Problems, "; ") }

func (p *planner) refusal() *RefusedError {
	return &RefusedError{Problems: p.refused, Denied: p.denied}
}

func (p *planner) deny(format string, args ...any) {
	if len(p.refused) == 0 {
		p.denied = true
	}
	p.refuse(format, args...)
}

func (p *planner) checkServer() {
	c := p.catalogue
	switch {
	case c.Server < minServer:
		p.refuse("the server is PostgreSQL %d; use 13 or newer", c.Server/10000)
	case c.ReadOnly:
		p.refuse("the database is read-only; use the address of the primary, not of a replica")
	case c.Schema == "":
		p.refuse("no schema of the connection's search_path exists; set database.schema")
	case c.Exists && !c.MayUse:
		p.deny("the role %[1]s may not use the schema; run as its owner: GRANT USAGE, CREATE ON SCHEMA %[2]s TO %[1]s", quote(c.Role), quote(c.Schema))
	}
}

// checkCreate runs last, when it is known whether something has to be created.
func (p *planner) checkCreate() {
	c := p.catalogue
	switch {
	case c.MayCreate:
	case !c.Exists:
		p.deny("the role %[1]s may not create the schema; run as an administrator: CREATE SCHEMA %[2]s AUTHORIZATION %[1]s", quote(c.Role), quote(c.Schema))
	case p.creates:
		p.deny("the role %[1]s may not create tables or indexes in the schema; run as its owner: GRANT USAGE, CREATE ON SCHEMA %[2]s TO %[1]s",
			quote(c.Role), quote(c.Schema))
	}
}

func (p *planner) mayWrite(table Table, relation *Relation) bool {
	if relation.MayWrite {
		return true
	}
	missing := Access{Missing: tablePrivileges, Owner: relation.Owner}
	if p.catalogue.Servers.Role == "" {
		missing = p.catalogue.Servers.Tables[table.Name]
	}
	p.lack(p.catalogue.Role, p.name(table.Name), missing)
	return false
}

func (p *planner) mayAlter(table Table, relation *Relation) {
	if !relation.Owned {
		p.deny("the role %[1]s may not alter the table %[2]s; run as an administrator: GRANT %[3]s TO %[1]s; or give migrations the credentials of %[3]s",
			quote(p.catalogue.Role), p.name(table.Name), quote(relation.Owner))
	}
}

// isBetterAuths recognises a table of another origin by the columns that every version of Better-Auth made.
func (p *planner) isBetterAuths(table Table, relation *Relation) bool {
	var missing []string
	for _, column := range table.Columns {
		if _, ok := relation.column(column.Name); !ok && column.NotNull && !column.Custom {
			missing = append(missing, column.Name)
		}
	}
	if len(missing) > 0 {
		p.refuse("the table %s is not Better-Auth's, it has no %s; set database.schema to a schema of its own",
			p.name(table.Name), strings.Join(missing, ", "))
	}
	return len(missing) == 0
}

// fieldLists are the keys of the configuration that declare custom columns, by table.
var fieldLists = map[string]string{"user": "customFields", "session": "session.fields"}

// strangers looks at columns that are not ours: those that a sign-up would have to fill stop every sign-up.
func (p *planner) strangers(table Table, relation *Relation) {
	ours := map[string]bool{}
	for _, column := range table.Columns {
		ours[column.Name] = true
	}
	for _, column := range relation.Columns {
		switch {
		case ours[column.Name] || !column.NotNull || column.Default != "":
		case table.Name == "account" && column.Name == "issuer":
			p.relax(table, column.Name, "Better-Auth 1.7.0 to 1.7.2 required account.issuer, newer versions do not write it")
		default:
			remedy := fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL", p.name(table.Name), quote(column.Name))
			if list := fieldLists[table.Name]; list != "" {
				remedy = "add it to " + list + ", or run: " + remedy
			}
			p.refuse("the column %s of %s is NOT NULL without default, so that no row could be added; %s", quote(column.Name), p.name(table.Name), remedy)
		}
	}
}
