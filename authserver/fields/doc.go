// Package fields has the rules of custom fields of users and sessions: which a client may set, which it must, their defaults, and
// how a JSON value becomes the value of a column.
//
// Better-Auth does not check types; it lets PostgreSQL refuse a text. The conversions here accept what PostgreSQL
// accepts for the JavaScript driver's text of a value ("31" for an integer, "true" for a boolean) and refuse the rest
// with the recorded FAILED_TO_CREATE_USER, before anything is written.
//
// At an update, where Better-Auth answers an empty 500, the error is a VALIDATION_ERROR that names the field.
//
//	body ──► Create ──► authserver.User.Fields ──► Append ──► answer
//	     ──► Update ──► []authserver.Change
//	cookie cache ──► Restore ──► authserver.User.Fields
package fields
