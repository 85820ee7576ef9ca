package schema

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// tablePrivileges are what servers need of each table.
var tablePrivileges = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}

// Access is what the role of the servers may do with a schema, a table or a sequence.
type Access struct {
	// Missing are the privileges that it lacks.
	Missing []string
	// MayGrant says whether the role of the migration can give them.
	MayGrant bool
	Owner    string
}

// Servers are the role that requests are answered with.
type Servers struct {
	// Role is "" when it is that of the migration.
	Role string
	// Inherits says that it may do whatever the role of the migration may, so that new objects need no grants.
	Inherits bool
	Schema   Access
	// Tables and Sequences are by name.
	Tables, Sequences map[string]Access
}

// readServers looks at the privileges of the role of the servers.
func (c *Catalogue) readServers(ctx context.Context, conn *pgx.Conn, role string, names []string) error {
	c.Servers = Servers{Role: role, Tables: map[string]Access{}, Sequences: map[string]Access{}}
	asked := role
	if asked == "" {
		asked = c.Role
	}
	if err := conn.QueryRow(ctx, `SELECT pg_has_role($1::name, current_user, 'USAGE')`, asked).Scan(&c.Servers.Inherits); err != nil {
		return err
	}
	rows, err := conn.Query(ctx, `
		SELECT 'schema', nspname::text, pg_get_userbyid(nspowner)::text, has_schema_privilege(oid, 'USAGE WITH GRANT OPTION'),
			ARRAY(SELECT 'USAGE' WHERE NOT has_schema_privilege($1::name, oid, 'USAGE'))
		FROM pg_namespace WHERE nspname = $2
		UNION ALL
		SELECT 'table', c.relname, pg_get_userbyid(c.relowner),
			(SELECT bool_and(has_table_privilege(c.oid, p || ' WITH GRANT OPTION')) FROM unnest($4::text[]) AS p),
			ARRAY(SELECT p FROM unnest($4::text[]) WITH ORDINALITY AS wanted (p, position)
				WHERE NOT has_table_privilege($1::name, c.oid, p) ORDER BY position)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $2 AND c.relname = ANY ($3) AND c.relkind IN ('r', 'p')
		UNION ALL
		SELECT 'sequence', s.relname, pg_get_userbyid(s.relowner), has_sequence_privilege(s.oid, 'USAGE WITH GRANT OPTION'),
			ARRAY(SELECT 'USAGE' WHERE NOT has_sequence_privilege($1::name, s.oid, 'USAGE'))
		FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace WHERE n.nspname = $2 AND s.relkind = 'S'`,
		asked, c.Schema, names, tablePrivileges)
	if err != nil {
		return err
	}
	var kind, name string
	var access Access
	_, err = pgx.ForEachRow(rows, []any{&kind, &name, &access.Owner, &access.MayGrant, &access.Missing}, func() error {
		switch kind {
		case "schema":
			c.Servers.Schema = access
		case "table":
			c.Servers.Tables[name] = access
		default:
			c.Servers.Sequences[name] = access
		}
		access.Missing = nil
		return nil
	})
	return err
}

// serve plans what the role of the servers has to be given, where it is another one.
func (p *planner) serve(tables []Table) {
	servers := p.catalogue.Servers
	if servers.Role == "" {
		return
	}
	p.grant("SCHEMA "+quote(p.catalogue.Schema), "pg_namespace", "the schema", p.access(servers.Schema, p.catalogue.Exists, "USAGE"))
	for _, table := range tables {
		relation, exists := p.catalogue.Relations[table.Name]
		p.grant(p.name(table.Name), "pg_class", "the table "+table.Name, p.access(servers.Tables[table.Name], exists, tablePrivileges...))
		sequence := table.sequence()
		if exists {
			sequence = relation.Numbers.Sequence
		}
		if sequence != "" {
			p.grant("SEQUENCE "+quote(p.catalogue.Schema, sequence), "pg_class", "the numbers of the table "+table.Name,
				p.access(servers.Sequences[sequence], exists, "USAGE"))
		}
	}
}

// access to an object that exists, or that the plan makes.
func (p *planner) access(found Access, exists bool, privileges ...string) Access {
	switch {
	case exists:
		return found
	case p.catalogue.Servers.Inherits:
		return Access{}
	}
	return Access{Missing: privileges, MayGrant: true, Owner: p.catalogue.Role}
}

func (p *planner) grant(object, catalogueTable, what string, access Access) {
	switch {
	case len(access.Missing) == 0:
	case !access.MayGrant:
		p.lack(p.catalogue.Servers.Role, object, access)
	default:
		p.add(Statement{
			SQL:  fmt.Sprintf("GRANT %s ON %s TO %s", strings.Join(access.Missing, ", "), object, quote(p.catalogue.Servers.Role)),
			Lock: RowExclusive, Table: catalogueTable,
			Reason: fmt.Sprintf("Let the servers, %s, use %s", p.catalogue.Servers.Role, what),
		})
	}
}

// sequence is the name of the one that PostgreSQL makes with a new table of numbered ids.
func (t Table) sequence() string {
	for _, column := range t.Columns {
		if column.Numbered {
			return t.Name + "_" + column.Name + "_seq"
		}
	}
	return ""
}

// lacking are privileges on several objects that one role lacks and another can give.
type lacking struct {
	role, privileges, owner string
	objects                 []string
}

// lack notes privileges that the migration cannot give.
func (p *planner) lack(role, object string, access Access) {
	wanted := lacking{role: role, privileges: strings.Join(access.Missing, ", "), owner: access.Owner}
	for i := range p.lacks {
		known := &p.lacks[i]
		// Schemas and sequences cannot be granted together with tables.
		if known.role == role && known.privileges == wanted.privileges && known.owner == wanted.owner && !strings.Contains(object, " ") {
			known.objects = append(known.objects, object)
			return
		}
	}
	wanted.objects = []string{object}
	p.lacks = append(p.lacks, wanted)
}

// denyLacking says which privileges are missing, with the statements that give them.
func (p *planner) denyLacking() {
	for _, missing := range p.lacks {
		objects := strings.Join(missing.objects, ", ")
		p.deny("the role %[1]s lacks %[2]s on %[3]s; run as %[4]s: GRANT %[2]s ON %[3]s TO %[1]s",
			quote(missing.role), missing.privileges, objects, quote(missing.owner))
	}
}
