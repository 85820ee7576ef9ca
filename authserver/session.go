package authserver

import "time"

// Session is one row of the "session" table.
type Session struct {
	ID string
	// Token is the secret that the signed cookie carries: 32 characters of a-zA-Z0-9.
	Token  string
	UserID string
	// ExpiresAt is the moment from which the session is no longer accepted.
	ExpiresAt time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	// IPAddress is the client's address, "" when it is unknown.
	IPAddress string
	// UserAgent is the request's User-Agent, "" when there was none.
	UserAgent string
	// Fields are the values of the custom fields of sessions, as in User. They are replaced, never changed in place.
	Fields []any
}

// Client is where a request comes from, as far as a session remembers it.
type Client struct {
	// IPAddress is the client's address, "" when it is unknown.
	IPAddress string
	UserAgent string
}
