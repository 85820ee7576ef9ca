package postgres

import (
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// customColumns continue a SELECT list with the custom fields of the table with this alias.
func customColumns(alias string, fields []authserver.Field) string {
	columns := &strings.Builder{}
	for _, field := range fields {
		columns.WriteString(", " + alias + "." + quoted(field))
	}
	return columns.String()
}

// customValues continue the columns and the parameters of an INSERT, whose next parameter is the first.
func customValues(fields []authserver.Field, first int) (columns, parameters string) {
	for i, field := range fields {
		columns += ", " + quoted(field)
		parameters += ", $" + strconv.Itoa(first+i)
	}
	return columns, parameters
}

// appendArguments appends the values of custom fields as parameters.
func appendArguments(arguments, values []any) []any {
	for _, value := range values {
		arguments = append(arguments, argument(value))
	}
	return arguments
}

// assign continues the SET list of an UPDATE, and its arguments.
func assign(changes []authserver.Change, arguments ...any) (string, []any) {
	assignments := &strings.Builder{}
	for _, change := range changes {
		arguments = append(arguments, argument(change.Value))
		// The fields are columns of ours or of the configuration; a client names none.
		assignments.WriteString(", " + pgx.Identifier{change.Field}.Sanitize() + " = $" + strconv.Itoa(len(arguments)))
	}
	return assignments.String(), arguments
}
