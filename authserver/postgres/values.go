package postgres

import (
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// quoted is a custom column in SQL. Its name is checked by the configuration; quoting keeps its case.
func quoted(field authserver.Field) string { return pgx.Identifier{field.Name}.Sanitize() }

// moment reads a timestamp column with or without time zone, as UTC, in milliseconds like JavaScript.
type moment struct {
	time.Time
	valid bool
}

// farFuture stands for infinity, which JavaScript does not have.
var farFuture = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// ScanTimestamptz implements pgtype.TimestamptzScanner.
func (m *moment) ScanTimestamptz(value pgtype.Timestamptz) error {
	m.set(value.Time, value.InfinityModifier, value.Valid)
	return nil
}

// ScanTimestamp implements pgtype.TimestampScanner.
func (m *moment) ScanTimestamp(value pgtype.Timestamp) error {
	m.set(value.Time, value.InfinityModifier, value.Valid)
	return nil
}

func (m *moment) set(value time.Time, infinity pgtype.InfinityModifier, valid bool) {
	m.valid = valid
	switch infinity {
	case pgtype.Infinity:
		m.Time = farFuture
	case pgtype.NegativeInfinity:
		m.Time = time.Unix(0, 0).UTC()
	default:
		m.Time = value.UTC().Truncate(time.Millisecond)
	}
}

// stored is how a time is written: a column without time zone takes the wall clock.
func stored(value time.Time) time.Time { return value.UTC().Truncate(time.Millisecond) }

// storedOrNull is NULL for the zero time.
func storedOrNull(value time.Time) *time.Time {
	if value.IsZero() {
		return nil
	}
	value = stored(value)
	return &value
}

// cell is where a custom field is scanned to; value returns what authserver.FieldType documents.
type cell interface{ value() any }

type (
	textCell   struct{ pgtype.Text }
	numberCell struct{ pgtype.Int8 }
	boolCell   struct{ pgtype.Bool }
	dateCell   struct{ moment }
	jsonCell   []byte
)

func newCell(fieldType authserver.FieldType) (cell, any) {
	switch fieldType {
	case authserver.FieldNumber:
		target := &numberCell{}
		return target, &target.Int8
	case authserver.FieldBoolean:
		target := &boolCell{}
		return target, &target.Bool
	case authserver.FieldDate:
		target := &dateCell{}
		return target, &target.moment
	case authserver.FieldStringArray, authserver.FieldNumberArray, authserver.FieldJSON:
		target := &jsonCell{}
		return target, (*[]byte)(target)
	default:
		target := &textCell{}
		return target, &target.Text
	}
}

func (c *textCell) value() any {
	if !c.Valid {
		return nil
	}
	return c.String
}

func (c *numberCell) value() any {
	if !c.Valid {
		return nil
	}
	return c.Int64
}

func (c *boolCell) value() any {
	if !c.Valid {
		return nil
	}
	return c.Bool.Bool
}

func (c *dateCell) value() any {
	if !c.valid {
		return nil
	}
	return c.Time
}

func (c *jsonCell) value() any {
	if *c == nil {
		return nil
	}
	return json.RawMessage(*c)
}

// cells are where the custom fields of a row are scanned to.
type cells []cell

// targets appends the targets of the columns that customColumns names.
func (c *cells) targets(fields []authserver.Field, targets []any) []any {
	*c = make(cells, len(fields))
	for i, field := range fields {
		var target any
		(*c)[i], target = newCell(field.Type)
		targets = append(targets, target)
	}
	return targets
}

func (c cells) values() []any {
	values := make([]any, len(c))
	for i, cell := range c {
		values[i] = cell.value()
	}
	return values
}

// argument is a custom field's value as a parameter.
func argument(value any) any {
	if date, ok := value.(time.Time); ok {
		return stored(date)
	}
	return value
}
