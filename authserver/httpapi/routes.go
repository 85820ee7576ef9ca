package httpapi

import (
	"net/http"
	"strings"
)

// table is every endpoint, one line each, with what it needs from dispatch.
func (a *api) table() []route {
	base := a.BasePath
	table := []route{
		{"POST", base + "/sign-up/email", a.signUpEmail, needs{body: jsonOrForm, schema: &signUpBody, form: true}},
		{"POST", base + "/sign-in/email", a.signInEmail, needs{body: jsonOrForm, schema: &signInBody, form: true}},
		{"POST", base + "/sign-out", a.signOut, needs{body: jsonOnly, schema: &signOutBody}},
		{"GET", base + "/get-session", a.getSession, needs{}},
		{"POST", base + "/get-session", a.postSession, needs{}},
		{"GET", base + "/list-sessions", a.listSessions, needs{fresh: true, sensitive: true}},
		{"POST", base + "/revoke-session", a.revokeSession, needs{body: jsonOnly, schema: &revokeSessionBody, session: true, sensitive: true}},
		{"POST", base + "/revoke-sessions", a.revokeSessions, needs{body: jsonOnly, session: true, sensitive: true}},
		{"POST", base + "/revoke-other-sessions", a.revokeOtherSessions, needs{body: jsonOnly, session: true, sensitive: true}},
		{"POST", base + "/update-user", a.updateUser, needs{body: jsonOnly, schema: &updateUserBody, session: true}},
		{"POST", base + "/update-session", a.updateSession, needs{body: jsonOnly, schema: &updateSessionBody, session: true}},
		{"POST", base + "/change-password", a.changePassword, needs{body: jsonOnly, schema: &changePasswordBody, session: true, sensitive: true}},
		{"POST", base + "/verify-password", a.verifyPassword, needs{body: jsonOnly, schema: &verifyPasswordBody, session: true, sensitive: true}},
		{"POST", base + "/send-verification-email", a.sendVerificationEmail, needs{body: jsonOnly, schema: &sendVerificationBody}},
		{"GET", base + "/verify-email", a.verifyEmail, needs{query: &verifyEmailQuery}},
		{"POST", base + "/request-password-reset", a.requestPasswordReset, needs{body: jsonOnly, schema: &requestResetBody}},
		{"GET", base + "/reset-password/:token", a.openPasswordReset, needs{query: &openResetQuery}},
		{"POST", base + "/reset-password", a.resetPassword, needs{body: jsonOnly, schema: &resetPasswordBody, query: &resetPasswordQuery}},
		{"POST", base + "/change-email", a.changeEmail, needs{body: jsonOnly, schema: &changeEmailBody, session: true, sensitive: true}},
		{"POST", base + "/delete-user", a.deleteUser, needs{body: jsonOnly, schema: &deleteUserBody, session: true, sensitive: true}},
		{"GET", base + "/delete-user/callback", a.deleteUserCallback, needs{query: &deleteUserQuery, sensitive: true}},
		{"GET", base + "/list-accounts", a.listAccounts, needs{session: true}},
		{"POST", base + "/sign-in/social", a.signInSocial, needs{body: jsonOnly, schema: &signInSocialBody}},
		{"GET", base + "/callback/:provider", a.callback, needs{query: &callbackQuery}},
		{"POST", base + "/callback/:provider", a.postCallback, needs{body: jsonOrForm, schema: &callbackBody, query: &callbackQuery}},
		{"POST", base + "/link-social", a.linkSocial, needs{body: jsonOnly, schema: &linkSocialBody, session: true, sensitive: true}},
		{"POST", base + "/unlink-account", a.unlinkAccount, needs{body: jsonOnly, schema: &unlinkAccountBody, fresh: true, sensitive: true}},
		{"POST", base + "/get-access-token", a.getAccessToken, needs{body: jsonOnly, schema: &accountSelection, session: true, sensitive: true, bare: true}},
		{"POST", base + "/refresh-token", a.refreshToken, needs{body: jsonOnly, schema: &accountSelection, session: true, sensitive: true, bare: true}},
		{"GET", base + "/account-info", a.accountInfo, needs{query: &accountSelection, session: true, sensitive: true, bare: true}},
		{"GET", base + "/jwt", a.jwt, needs{session: true, sensitive: true}},
		{"GET", base + "/ok", a.ok, needs{}},
		{"GET", base + "/error", a.errorPage, needs{}},
		{"GET", "/api/validate-session", a.validateSession, needs{}},
		{anyMethod, "/api/forward-auth", a.forwardAuth, needs{proxied: true, quiet: true}},
		{"GET", "/health", a.health, needs{quiet: true}},
	}
	if a.JWKS != nil {
		table = append(table,
			route{"GET", base + "/jwks", a.jwks, needs{}},
			route{"GET", base + "/token", a.token, needs{session: true, sensitive: true}})
	}
	return append(table, a.openAPIRoutes(table)...)
}

// anyMethod is the method of a route for all methods.
const anyMethod = ""

// route is an endpoint. A path that ends in :name takes one segment there, not empty, and leaves it encoded in
// call.parameter.
type route struct {
	method, path string
	handle       func(*call) error
	needs        needs
}

// needs are the checks that dispatch makes before the handler runs. Origin and callback URLs are checked on every
// method but GET, and requests below the base path are counted by the rate limit, whatever a route says.
type needs struct {
	// body is what the endpoint reads; the zero value reads none.
	body mediaTypes
	// schema validates the body.
	schema *schema
	// query validates the query, and that its callbackURL is trusted.
	query *schema
	// form also guards against cross-site forms, where there is no cookie yet that would ask for an origin.
	form bool
	// session answers 401 without a live session; fresh also 403 when its user signed in too long ago.
	session, fresh bool
	// sensitive asks the database for the session, whatever the cookie cache says: a revoked session must not give away
	// tokens, or decide about passwords and users.
	sensitive bool
	// proxied requests come from a reverse proxy, with the method, the origin and the address of a request to another
	// application: CORS, the origin check and the rate limit are that one's.
	proxied bool
	// bare answers 401 without a body.
	bare bool
	// quiet requests are logged at debug level: probes ask often and say little.
	quiet bool
}

// routeKey is the method and the path as sent, still encoded: other methods, trailing slashes and encoded letters are
// not found, as in Better-Auth.
type routeKey struct {
	method, path string
	// parameter says that the path goes on with one segment of any text.
	parameter bool
}

func index(table []route) map[routeKey]*route {
	routes := make(map[routeKey]*route, len(table))
	for i := range table {
		path, _, parameter := strings.Cut(table[i].path, ":")
		routes[routeKey{table[i].method, path, parameter}] = &table[i]
	}
	return routes
}

// route finds the route of a request, nil when there is none, and its parameter.
func (a *api) route(r *http.Request) (found *route, parameter string) {
	path := r.URL.EscapedPath()
	for _, method := range [...]string{r.Method, anyMethod} {
		if found := a.routes[routeKey{method, path, false}]; found != nil {
			return found, ""
		}
	}
	last := strings.LastIndexByte(path, '/') + 1
	if last == len(path) {
		return nil, ""
	}
	if found = a.routes[routeKey{r.Method, path[:last], true}]; found == nil {
		return nil, ""
	}
	return found, path[last:]
}
