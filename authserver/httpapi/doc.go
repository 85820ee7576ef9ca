// Package httpapi is the wire: it answers as Better-Auth 1.7.25 does, byte for byte where clients could notice.
//
// It owns routes, the order of checks, bodies, cookies, origins and CSRF, CORS, the rendering of errors, request
// logs and metrics. It does not own rules: each endpoint calls accounts, users, sessions or tokens at most twice.
//
//	begin ─► log ─► metrics ─► recover ─► CORS ─► body bound ─► rate limit ─► dispatch
//	dispatch: route? ─► decode ─► origin ─► callback URLs ─► validate ─► form CSRF ─► session, fresh? ─► handler
//
// routes.go lists every endpoint with what it needs; an endpoint cannot forget a check, since dispatch makes them.
// Any layer returns an *authserver.Error, which the client sees, or another error, which becomes one opaque 500.
package httpapi
