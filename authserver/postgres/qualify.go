package postgres

import (
	"regexp"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// qualifier names the schema of our tables in statements, for connections that cannot have a search_path. A nil one leaves
// them to it.
type qualifier struct {
	schema string
	// known are statements with the schema, by themselves. Those that depend on what a client changes are many, so it is bounded.
	known  sync.Map
	length atomic.Int32
}

// maxKnown is as many as pgx keeps descriptions of.
const maxKnown = 512

// tableNames are our tables where a statement reads or writes one; names of common table expressions are others.
var tableNames = regexp.MustCompile(`\b(FROM|JOIN|INTO|UPDATE)(\s+)("user"|"rateLimit"|(?:account|session|verification|gatehouse_outbox|jwks)\b)`)

func newQualifier(schema string, pooled bool) *qualifier {
	if !pooled || schema == "" {
		return nil
	}
	return &qualifier{schema: pgx.Identifier{schema}.Sanitize()}
}

func (q *qualifier) statement(sql string) string {
	if q == nil {
		return sql
	}
	if known, ok := q.known.Load(sql); ok {
		return known.(string)
	}
	qualified := tableNames.ReplaceAllString(sql, "${1}${2}"+q.schema+".${3}")
	if q.length.Load() < maxKnown {
		if _, loaded := q.known.LoadOrStore(sql, qualified); !loaded {
			q.length.Add(1)
		}
	}
	return qualified
}

func (q *qualifier) batch(batch *pgx.Batch) *pgx.Batch {
	if q != nil {
		for _, query := range batch.QueuedQueries {
			query.SQL = q.statement(query.SQL)
		}
	}
	return batch
}

// table is a table of ours for the functions of PostgreSQL that take its name as a value.
func (q *qualifier) table(name string) string {
	name = pgx.Identifier{name}.Sanitize()
	if q == nil {
		return name
	}
	return q.schema + "." + name
}
