package authserver

import "errors"

// Kind says whose fault an error is, and so which class of answer a client gets.
type Kind int

// The kinds of coded errors; httpapi maps each to one HTTP status.
const (
	Invalid         Kind = iota // the request is wrong: 400
	Unauthorized                // no valid credentials: 401
	Forbidden                   // not from here, or not for this client: 403
	NotFound                    // there is nothing here for this client: 404
	NotAllowed                  // the method needs another configuration: 405
	Conflict                    // somebody else has it: 409
	Unmet                       // what the request expects cannot be done: 417
	TooSlow                     // the body did not arrive in time: 408
	TooLarge                    // the body is too large: 413
	UnsupportedType             // the body has a type that the endpoint does not read: 415
	Unprocessable               // well-formed, but the data cannot be stored: 422
)

// Error is a failure that the client is told about, with the code and text of Better-Auth.
type Error struct {
	Kind Kind
	// Code is UPPER_SNAKE; "" leaves the code out of the answer.
	Code string
	// Message is shown to the client and never holds a secret. Without it the answer has no body.
	Message string
}

// Error returns the message and the code.
func (e *Error) Error() string {
	if e.Code == "" {
		return e.Message
	}
	return e.Message + " (" + e.Code + ")"
}

// What stores report. They are not for clients: the rules turn them into coded errors.
var (
	// ErrNotFound means that there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrEmailTaken means that another user has the address.
	ErrEmailTaken = errors.New("the e-mail address belongs to another user")
	// ErrAccountTaken means that the account of a provider belongs to a user already.
	ErrAccountTaken = errors.New("the account belongs to a user already")
	// ErrLastAccount means that a user has no other account.
	ErrLastAccount = errors.New("the user has no other account")
	// ErrRejected means that the database refuses the values themselves (too long, out of range, not null).
	ErrRejected = errors.New("the database refuses the values")
	// ErrBusy means that this server has too much to do now; a later attempt may succeed.
	ErrBusy = errors.New("the server is busy")
	// ErrUnavailable means that the database cannot be reached now; a later attempt may succeed.
	ErrUnavailable = errors.New("the database is unavailable")
)

// FieldConflictError means that a unique custom field already has the value.
type FieldConflictError struct{ Field string }

// Error names the field.
func (e *FieldConflictError) Error() string {
	return "the value of the unique field " + e.Field + " is taken"
}
