// Package inputs checks request bodies against schemas and words problems as Better-Auth's validator does.
//
// It owns the schema type and the texts of VALIDATION_ERROR. It does not own which schema an endpoint has (package
// httpapi) or what happens with a valid body.
package inputs
