package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/jackc/pgx/v5"
)

const maxIdentifier = 63

func quote(parts ...string) string { return pgx.Identifier(parts).Sanitize() }

// literal quotes text under standard_conforming_strings, which Apply makes sure of.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// identifier names an index or constraint as PostgreSQL would, table_column_suffix; one too long ends in a hash,
// where PostgreSQL would cut it and two could become equal.
func identifier(table, column, suffix string) string {
	name := table + "_" + column + "_" + suffix
	if len(name) <= maxIdentifier {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	tail := "_" + hex.EncodeToString(sum[:4]) + "_" + suffix
	return name[:maxIdentifier-len(tail)] + tail
}

func (i Index) name(table string) string {
	if i.Unique {
		return identifier(table, i.Column, "key")
	}
	return identifier(table, i.Column, "idx")
}
