package ecma

import "time"

// dateForms are the date texts of ECMAScript's own grammar. A date without a time is UTC; a time without a zone is
// local time in JavaScript, and servers run in UTC.
var dateForms = []string{
	"2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02",
	"2006-01",
	"2006",
}

// ParseDate reads a date text of ECMAScript's grammar, to the millisecond.
func ParseDate(text string) (time.Time, bool) {
	for _, form := range dateForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC().Truncate(time.Millisecond), true
		}
	}
	return time.Time{}, false
}
