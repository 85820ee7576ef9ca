// Package oauth speaks to the providers of social sign-in: Google, GitHub, Microsoft (Entra ID), Apple, Discord, and every
// OpenID Connect provider that can be discovered.
//
// It owns what differs between them: endpoints, scopes, how a profile is read and how an ID token is verified; and the
// bounds of every request to them. It does not own the state of a sign-in, nor which user a profile becomes (package
// social), nor how tokens are stored.
//
//	AuthorizeURL ──► the browser goes to the provider and comes back with a code
//	the code ──► Exchange ──► Tokens ──► Profile
//	a refresh token ──► Refresh ──► Tokens
//	an ID token from a client ──► VerifyIDToken ──► Profile
package oauth
