package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	notNullViolation     = "23502"
	uniqueViolation      = "23505"
	checkViolation       = "23514"
	readOnlyTransaction  = "25006"
	noConflictTarget     = "42P10"
	programLimit         = "54000" // a value too large for an index
	classConnection      = "08"
	classData            = "22"
	classResources       = "53"
	classOperator        = "57"
	lockNotAvailable     = "55P03"
	foreignKeyViolation  = "23503"
	deadlock             = "40P01"
	invalidText          = "22P02"
	outOfRange           = "22003"
	serializationFailure = "40001"
	noSuchStatement      = "26000"
	duplicateStatement   = "42P05"
	protocolViolation    = "08P01"
)

// ErrPooled is in errors of connections that do not keep what was left in them.
var ErrPooled = errors.New("a pooler in transaction mode is in between; set database.pooler to Transaction")

// translate names what was attempted and turns what the database says into the errors of package authserver.
func translate(action string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return authserver.ErrNotFound
	}
	if kind := classify(err); kind != nil {
		return fmt.Errorf("%s: %w: %w", action, kind, explained(err))
	}
	return fmt.Errorf("%s: %w", action, explained(err))
}

// explained says what it means that a prepared statement is on another backend, or already on this one, or that the setting of
// the schema is refused.
func explained(err error) error {
	var answer *pgconn.PgError
	switch {
	case !errors.As(err, &answer):
	case answer.Code == noSuchStatement, answer.Code == duplicateStatement,
		answer.Code == protocolViolation && strings.HasSuffix(answer.Message, ": search_path"):
		return fmt.Errorf("%w: %w", ErrPooled, err)
	}
	return err
}

func classify(err error) error {
	var answer *pgconn.PgError
	switch {
	case errors.As(err, &answer) && isForeignID(answer):
		return authserver.ErrNotFound
	case errors.As(err, &answer):
		return classifyState(answer.Code)
	case errors.Is(err, context.Canceled):
		return nil
	case isConnectionFailure(err):
		return authserver.ErrUnavailable
	// pgx has no type for a value that the parameter's type cannot hold, such as 5000000000 for an integer.
	case strings.Contains(err.Error(), "failed to encode args["):
		return authserver.ErrRejected
	}
	return nil
}

// isForeignID says that a value is no id of this database. Of the values that are sent as text, only JSON and ids can be
// ones that their column does not hold.
func isForeignID(answer *pgconn.PgError) bool {
	return (answer.Code == invalidText || answer.Code == outOfRange) && !strings.Contains(answer.Routine, "json")
}

func classifyState(code string) error {
	switch code {
	case notNullViolation, checkViolation, foreignKeyViolation, programLimit:
		return authserver.ErrRejected
	case readOnlyTransaction, lockNotAvailable, deadlock, serializationFailure:
		return authserver.ErrUnavailable
	}
	switch code[:2] {
	case classData:
		return authserver.ErrRejected
	case classConnection, classResources, classOperator:
		return authserver.ErrUnavailable
	}
	return nil
}

func isConnectionFailure(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.Timeout(err) || pgconn.SafeToRetry(err) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, pgconn.ErrConnClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// conflict says which value a unique violation is about. Names of constraints differ between the versions that
// made the database, so it asks for the column.
func (s *Store) conflict(ctx context.Context, violation error) error {
	var answer *pgconn.PgError
	if !errors.As(violation, &answer) || answer.Code != uniqueViolation {
		return violation
	}
	const selectColumns = `
		SELECT pg_get_indexdef(i.indexrelid), coalesce(a.attname, '')
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid
		LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attnum > 0 AND i.indnkeyatts = 1
		WHERE n.nspname = $1 AND c.relname = $2`
	var definition, column string
	err := s.pool.QueryRow(ctx, selectColumns, answer.SchemaName, answer.ConstraintName).Scan(&definition, &column)
	if err != nil {
		return errors.Join(violation, err)
	}
	custom := map[string][]authserver.Field{"user": s.fields, "session": s.sessionFields}[answer.TableName]
	if slices.ContainsFunc(custom, func(field authserver.Field) bool { return field.Name == column }) {
		return &authserver.FieldConflictError{Field: column}
	}
	// Not only the column: an index on lower(email) says the same.
	if answer.TableName == "user" && strings.Contains(definition, "email") {
		return authserver.ErrEmailTaken
	}
	return violation
}
