package authserver

import "regexp"

// maxEmailLength is the longest address of RFC 5321 (64 + @ + 255); longer ones would not fit the unique index either.
const maxEmailLength = 320

var emailForm = regexp.MustCompile(`^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+\-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`)

// ValidEmail says whether a text is an e-mail address by the grammar of Better-Auth 1.7.25, and of sane length.
func ValidEmail(text string) bool {
	return len(text) <= maxEmailLength && emailForm.MatchString(text)
}
