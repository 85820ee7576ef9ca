// Package schema brings a database to the tables that the auth server needs: introspect, plan, apply.
//
// It owns the desired tables (Better-Auth's core, the rate limit, custom fields as columns), the adaptation of
// databases that Better-Auth 1.0 to 1.7.25 made, whatever their ids are, the locks that changes take, and the privileges of the
// servers where those have credentials of their own. It owns no query of a request and no configuration format.
//
//	connect, as the migration and as the servers do: both get in, to the same database, with no pooler that loses locks
//
//	config ──► Desired ─┐
//	                    ├──► Plan (statements with lock and reason, notes; or a RefusedError) ──► Apply ──► Plan is empty
//	database ► Inspect ─┘
//
// Changes only add: columns come nullable or with a default, are back-filled in batches and then tightened;
// indexes on existing tables are built concurrently; foreign keys are validated apart. Nothing that holds data is ever
// dropped, the servers that run meanwhile keep working, and a run that was killed anywhere is simply repeated.
package schema
