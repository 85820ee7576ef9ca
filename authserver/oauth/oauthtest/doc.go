// Package oauthtest is a fake provider of social sign-in: a real HTTP server on loopback that speaks as Google, GitHub,
// Microsoft, Apple, Discord and as an OpenID Connect provider, signs real tokens and checks PKCE.
//
// Who signs in is chosen by the test: a code carries the profile, so a test may make one itself (Profile.Code) and skip the
// browser, or choose who signs in (Server.SignIn) and let a browser walk through the authorize page, which asks nothing.
//
//	authorize URL ──► /authorize ──► redirect (or form post) with the code ──► /token ──► ID token, /user …
package oauthtest
