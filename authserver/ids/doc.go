// Package ids makes the identifiers of rows and the tokens of sessions: 32 characters of a-zA-Z0-9 (contract of
// Better-Auth 1.7.25), 190 bits, and tokens of other forms, from an injected source of randomness. It does not sign or
// store anything.
package ids
