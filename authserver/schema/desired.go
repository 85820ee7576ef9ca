package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// Schema is the set of tables that the auth server needs.
type Schema struct {
	// Name of the PostgreSQL schema; "" is the first of the connection's search_path.
	Name   string  `json:"name,omitempty"`
	Tables []Table `json:"tables"`
}

// Table is a table that the auth server needs. Its primary key is the column id.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Indexes []Index  `json:"indexes,omitempty"`
}

// Column is a column that the auth server needs.
type Column struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	NotNull bool   `json:"notNull,omitempty"`
	// Default is the SQL of the default in a new table.
	Default string `json:"default,omitempty"`
	// Fill is the SQL of the value for rows that exist when the column is added.
	Fill string `json:"fill,omitempty"`
	// References is the table whose id the column holds; rows go with the row they refer to.
	References string `json:"references,omitempty"`
	// Custom marks a custom field; all others are Better-Auth's and their absence means that the table is not.
	Custom bool `json:"custom,omitempty"`
	// Lenient columns may be nullable in tables that exist, as some old versions made them.
	Lenient bool `json:"lenient,omitempty"`
	// Numbered columns draw from a sequence.
	Numbered bool `json:"numbered,omitempty"`
}

// Index is an index on one column.
type Index struct {
	Column string `json:"column"`
	Unique bool   `json:"unique,omitempty"`
	// Lenient indexes need not be unique in tables that exist: their old servers may write duplicates.
	Lenient bool `json:"lenient,omitempty"`
}

// The column types, as PostgreSQL's format_type writes them.
const (
	typeText      = "text"
	typeUUID      = "uuid"
	typeBoolean   = "boolean"
	typeInteger   = "integer"
	typeBigint    = "bigint"
	typeTimestamp = "timestamp with time zone"
	typeJSON      = "jsonb"

	currentTime = "CURRENT_TIMESTAMP"
)

// Desired returns the tables for a configuration that config.Load returned. Those of sessions and verification values are
// not needed where Redis or cookies keep them; if they exist, they are left alone. Ids are text, as Better-Auth makes them
// unless it is told otherwise; Plan follows a database whose ids are not.
func Desired(cfg *config.Config) Schema {
	tables := []Table{withFields(userTable, cfg.Fields())}
	if elsewhere := cfg.Session.Storage; elsewhere != config.SessionRedis && elsewhere != config.SessionStateless {
		tables = append(tables, withFields(sessionTable, cfg.SessionFields()))
	}
	tables = append(tables, accountTable(cfg))
	if cfg.Session.Storage != config.SessionRedis {
		tables = append(tables, verificationTable)
	}
	if cfg.RateLimit.Storage == config.RateLimitDatabase {
		tables = append(tables, rateLimitTable)
	}
	if cfg.Email.Host != "" {
		tables = append(tables, outboxTable)
	}
	if cfg.Features.JWT != nil {
		tables = append(tables, jwksTable)
	}
	return Schema{Name: cfg.Database.Schema, Tables: tables}
}

// Hash identifies the schema; equal schemas have equal hashes.
func (s Schema) Hash() string {
	encoded, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings and booleans always marshal
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

// withFields returns a core table with custom columns.
func withFields(table Table, fields []authserver.Field) Table {
	table.Columns, table.Indexes = slices.Clone(table.Columns), slices.Clone(table.Indexes)
	for _, field := range fields {
		table.Columns = append(table.Columns, customColumn(field))
		if field.Unique || field.Index {
			table.Indexes = append(table.Indexes, Index{Column: field.Name, Unique: field.Unique})
		}
	}
	return table
}

var userTable = Table{Name: "user", Columns: []Column{
	{Name: "id", Type: typeText, NotNull: true},
	{Name: "name", Type: typeText, NotNull: true},
	{Name: "email", Type: typeText, NotNull: true},
	{Name: "emailVerified", Type: typeBoolean, NotNull: true},
	{Name: "image", Type: typeText},
	{Name: "createdAt", Type: typeTimestamp, NotNull: true, Default: currentTime},
	{Name: "updatedAt", Type: typeTimestamp, NotNull: true, Default: currentTime},
}, Indexes: []Index{{Column: "email", Unique: true}}}

var sessionTable = Table{Name: "session", Columns: []Column{
	{Name: "id", Type: typeText, NotNull: true},
	{Name: "expiresAt", Type: typeTimestamp, NotNull: true},
	{Name: "token", Type: typeText, NotNull: true},
	{Name: "createdAt", Type: typeTimestamp, NotNull: true, Default: currentTime},
	{Name: "updatedAt", Type: typeTimestamp, NotNull: true},
	{Name: "ipAddress", Type: typeText},
	{Name: "userAgent", Type: typeText},
	{Name: "userId", Type: typeText, NotNull: true, References: "user"},
}, Indexes: []Index{{Column: "token", Unique: true}, {Column: "userId"}}}

// accountTable has an index that Better-Auth's has not, where people sign in with accounts elsewhere: by it the user of such
// an account is found.
func accountTable(cfg *config.Config) Table {
	table := accounts
	if len(cfg.SocialProviders) > 0 {
		table.Indexes = append(slices.Clip(table.Indexes), Index{Column: "accountId"})
	}
	return table
}

var accounts = Table{Name: "account", Columns: []Column{
	{Name: "id", Type: typeText, NotNull: true},
	{Name: "accountId", Type: typeText, NotNull: true},
	{Name: "providerId", Type: typeText, NotNull: true},
	{Name: "userId", Type: typeText, NotNull: true, References: "user"},
	{Name: "accessToken", Type: typeText},
	{Name: "refreshToken", Type: typeText},
	{Name: "idToken", Type: typeText},
	{Name: "accessTokenExpiresAt", Type: typeTimestamp},
	{Name: "refreshTokenExpiresAt", Type: typeTimestamp},
	{Name: "scope", Type: typeText},
	{Name: "password", Type: typeText},
	{Name: "createdAt", Type: typeTimestamp, NotNull: true, Default: currentTime},
	{Name: "updatedAt", Type: typeTimestamp, NotNull: true},
}, Indexes: []Index{{Column: "userId"}}}

var verificationTable = Table{Name: "verification", Columns: []Column{
	{Name: "id", Type: typeText, NotNull: true},
	{Name: "identifier", Type: typeText, NotNull: true},
	{Name: "value", Type: typeText, NotNull: true},
	{Name: "expiresAt", Type: typeTimestamp, NotNull: true},
	{Name: "createdAt", Type: typeTimestamp, NotNull: true, Default: currentTime, Lenient: true},
	{Name: "updatedAt", Type: typeTimestamp, NotNull: true, Default: currentTime, Lenient: true},
}, Indexes: []Index{{Column: "identifier"}}}

var rateLimitTable = Table{Name: "rateLimit", Columns: []Column{
	{Name: "id", Type: typeText, NotNull: true},
	{Name: "key", Type: typeText, NotNull: true},
	{Name: "count", Type: typeInteger, NotNull: true},
	{Name: "lastRequest", Type: typeBigint, NotNull: true},
}, Indexes: []Index{{Column: "key", Unique: true, Lenient: true}}}

// outboxTable is ours: mails that wait. What was sent is deleted.
var outboxTable = Table{Name: "gatehouse_outbox", Columns: []Column{
	{Name: "id", Type: typeText, NotNull: true},
	{Name: "kind", Type: typeText, NotNull: true},
	{Name: "recipient", Type: typeText, NotNull: true},
	{Name: "name", Type: typeText, NotNull: true},
	{Name: "url", Type: typeText, NotNull: true},
	{Name: "attempts", Type: typeInteger, NotNull: true},
	{Name: "dueAt", Type: typeTimestamp, NotNull: true},
	{Name: "expiresAt", Type: typeTimestamp, NotNull: true},
	{Name: "createdAt", Type: typeTimestamp, NotNull: true, Default: currentTime},
}, Indexes: []Index{{Column: "dueAt"}}}

// Tables of old versions have neither expiresAt nor alg and crv.
var jwksTable = Table{Name: "jwks", Columns: []Column{
	{Name: "id", Type: typeText, NotNull: true},
	{Name: "publicKey", Type: typeText, NotNull: true},
	{Name: "privateKey", Type: typeText, NotNull: true},
	{Name: "createdAt", Type: typeTimestamp, NotNull: true},
	{Name: "expiresAt", Type: typeTimestamp},
	{Name: "alg", Type: typeText},
	{Name: "crv", Type: typeText},
}}

func customColumn(field authserver.Field) Column {
	column := Column{Name: field.Name, Type: customType(field.Type), NotNull: field.Required, Custom: true}
	switch value := field.Default.(type) {
	case nil:
	case time.Time:
		column.Fill = literal(value.Format(time.RFC3339Nano)) + "::timestamptz"
	case json.RawMessage:
		column.Fill = literal(string(value)) + "::jsonb"
	case string:
		column.Fill = literal(value)
	case bool:
		column.Fill = strconv.FormatBool(value)
	default:
		column.Fill = fmt.Sprint(value)
	}
	return column
}

func customType(fieldType authserver.FieldType) string {
	switch fieldType {
	case authserver.FieldNumber:
		return typeInteger
	case authserver.FieldBoolean:
		return typeBoolean
	case authserver.FieldDate:
		return typeTimestamp
	case authserver.FieldStringArray, authserver.FieldNumberArray, authserver.FieldJSON:
		return typeJSON
	default:
		return typeText
	}
}
