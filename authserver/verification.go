package authserver

import "time"

// Verification is one row of the "verification" table: a value that somebody who knows the identifier may use, once or
// until it expires (contract 5.3).
type Verification struct {
	ID string
	// Identifier holds the secret, such as reset-password:<token>.
	Identifier string
	Value      string
	ExpiresAt  time.Time
	CreatedAt  time.Time
}
