package authserver

import "time"

// User is one row of the "user" table.
type User struct {
	// ID is 32 characters of a-zA-Z0-9; databases from Better-Auth 1.0 also hold 21 to 22 characters with - and _, and those
	// with another generateId UUIDs or numbers.
	ID string
	// Name may be empty.
	Name string
	// Email is lower-case and unique.
	Email         string
	EmailVerified bool
	// Image is a URL, or nil.
	Image     *string
	CreatedAt time.Time
	UpdatedAt time.Time
	// Fields are the values of the custom fields, in the order of the configuration; nil is SQL NULL.
	// The Go type of a value is given by FieldType.
	Fields []any
}

// Change is a new value of one column of a user or a session.
type Change struct {
	// Field is name, image or the name of a custom field.
	Field string
	// Value is nil for SQL NULL.
	Value any
}

// EmailChange is a new address of a user.
type EmailChange struct {
	UserID string
	// Old is the address that the user must still have.
	Old, New string
	// KeepVerified leaves an address that was verified verified.
	KeepVerified bool
	At           time.Time
}
