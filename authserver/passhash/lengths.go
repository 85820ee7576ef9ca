package passhash

import (
	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// Lengths bound passwords, in UTF-16 code units, as browsers count.
type Lengths struct{ Min, Max int }

// CheckNew returns the coded error of a new password that is too short or too long.
func (l Lengths) CheckNew(password string) error {
	if ecma.UTF16Len(password) < l.Min {
		return authserver.ErrPasswordTooShort
	}
	return l.CheckKnown(password)
}

// CheckKnown returns the coded error of a password that is too long to be anybody's. An old one may be short.
func (l Lengths) CheckKnown(password string) error {
	if ecma.UTF16Len(password) > l.Max {
		return authserver.ErrPasswordTooLong
	}
	return nil
}
