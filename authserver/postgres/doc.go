// Package postgres stores users, accounts, sessions and rate limit counters in PostgreSQL, in the tables that
// Better-Auth 1.0 to 1.7.25 make. It implements the small interfaces that the rule packages declare.
//
// It owns the SQL of requests and the translation of database errors; it owns no rule and changes no table
// (package schema does). Each exported method is one statement or one transaction, in one round trip.
//
//	rules ──► Store ──► pgxpool (prepared statements, search_path, UTC) ──► PostgreSQL
//	          │ Pooled: types kept here, tables with their schema ──► pooler in transaction mode
//	          errors ◄── ErrNotFound, ErrEmailTaken, FieldConflictError, ErrRejected, ErrUnavailable
//
// New connections take the credentials of the moment, and requests wait for old connections while the database refuses
// those, so that a rotated password fails nothing. Sessions that are asked for while the database answers about another one are
// read together, in the next round trip.
//
// Ids are what the tables hold: text, UUIDs or numbers, told apart when a table is first written to. Outside they are text.
// Statements name their columns, so they survive columns that a newer version or another plugin adds.
// Timestamp columns may be with or without time zone; those without hold UTC.
package postgres
