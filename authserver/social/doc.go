// Package social has the rules of signing in with an account elsewhere, such as Google's: the state of a sign-in while the
// user is there, which user an account belongs to, linking, and the tokens that the provider gave.
//
// It owns the form and the life of the state, who may be signed in, created or linked, the codes of what went wrong, and
// that a refresh token is used once. It does not own how a provider is spoken to (package oauth), the wire (httpapi), the
// rows (postgres) or sessions (sessions).
//
//	Begin ──► state kept (row or cookie) ──► URL of the provider … Finish ──► state used up ──► code
//	a code ──► tokens and profile ──► arrive: known account │ known address │ new user ──► session
//	                          └──► link: to the user who began it
//	AccessToken, Refresh ──► Store.RenewAccount: one at a time for each account ──► provider ──► row
package social
