// Package records reads sessions and users from the JSON that Better-Auth and we make of them: in the cookie cache, and in
// Redis.
//
// It owns which members there must be. It does not own who wrote the JSON or whether to believe it (packages cookiecache and
// redisstore), nor how it is written, which is different in each place.
package records
