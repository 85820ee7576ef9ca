package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/openapi"
)

// note is what a description says about an endpoint besides what its route says.
type note struct {
	// operation is Better-Auth's operationId.
	operation, tag, summary string
	// status is 200, unless it is set; mediaType is JSON, or noContent.
	status    int
	mediaType string
	// answer is the body of success, and text says what else it is.
	answer openapi.Schema
	text   string
	// query and body are inputs that the handler reads by itself.
	query []openapi.Parameter
	body  []openapi.Property
	// fields are custom fields, of which the body has those that clients may set; creates says that the required ones are
	// required here.
	fields  func(*api) []authserver.Field
	creates bool
	// session says that the handler asks for a session by itself.
	session bool
	errors  []*authserver.Error
	// enabled says whether the configuration serves the endpoint; nil is always.
	enabled func(*api) bool
}

func userFields(a *api) []authserver.Field    { return a.Fields }
func sessionFields(a *api) []authserver.Field { return a.SessionFields }

// noContent is the media type of an answer without a body.
const noContent = "none"

// The groups of endpoints.
const (
	tagSignIn   = "Sign-up and sign-in"
	tagSessions = "Sessions"
	tagUser     = "User"
	tagPassword = "Password"
	tagEmail    = "E-mail"
	tagAccounts = "Accounts"
	tagTokens   = "Tokens"
	tagServer   = "Server"
)

// Answers that several endpoints share.
var (
	done      = openapi.Object(openapi.Member("status", openapi.Boolean))
	succeeded = openapi.Object(openapi.Member("success", openapi.Boolean), openapi.Member("message", openapi.Text))
	someToken = openapi.Object(openapi.Member("token", openapi.Text))
	lookup    = openapi.Nullable(openapi.Object(
		openapi.Member("session", openapi.Ref("Session")), openapi.Member("user", openapi.Ref("User")), openapi.Optional("needsRefresh", openapi.Boolean)))
	whole = openapi.Object(openapi.Member("user", openapi.Nullable(openapi.Ref("User"))), openapi.Member("session", openapi.Nullable(openapi.Ref("Session"))))

	lookupQuery = []openapi.Parameter{
		{Name: "disableCookieCache", In: "query", Schema: openapi.Boolean}, {Name: "disableRefresh", In: "query", Schema: openapi.Boolean},
	}
	// selection is one of the first two.
	selection = []openapi.Property{
		openapi.Optional("accountId", openapi.Text), openapi.Optional("useAccountCookie", openapi.Boolean), openapi.Optional("userId", openapi.Text),
	}
	idTokenErrors = []*authserver.Error{
		authserver.ErrProviderNotFound, authserver.ErrIDTokenNotSupported, authserver.ErrInvalidIDToken, authserver.ErrNoUserInfo, authserver.ErrUserEmailNotFound,
	}
	lengths = []*authserver.Error{authserver.ErrPasswordTooShort, authserver.ErrPasswordTooLong}
)

// notes are by method and path, below the base path or, for those outside, from the root. TestTheDocumentHoldsTogether
// finds routes without one.
var notes = map[string]note{
	"POST /sign-up/email": {
		operation: "signUpWithEmailAndPassword", tag: tagSignIn, summary: "Signs a user up with e-mail address and password, and begins a session.",
		fields: userFields, creates: true,
		answer: openapi.Object(openapi.Member("token", openapi.Nullable(openapi.Text)), openapi.Member("user", openapi.Ref("User")), openapi.Optional("session", openapi.Object(
			openapi.Member("id", openapi.Text), openapi.Member("token", openapi.Text), openapi.Member("expiresAt", openapi.Moment)))),
		errors: append([]*authserver.Error{
			authserver.ErrUserExists, authserver.ErrFailedToCreateUser, authserver.MissingField("<field>"), authserver.FieldNotAllowed("<field>"),
		}, lengths...),
		enabled: func(a *api) bool { return a.Accounts.Enabled && !a.Accounts.DisableSignUp },
	},
	"POST /sign-in/email": {
		operation: "signInEmail", tag: tagSignIn, summary: "Begins a session with e-mail address and password.",
		answer: openapi.Object(openapi.Member("redirect", openapi.Boolean), openapi.Member("token", openapi.Text), openapi.Optional("url", openapi.Text),
			openapi.Member("user", openapi.Ref("User"))),
		errors:  []*authserver.Error{authserver.ErrInvalidEmail, authserver.ErrPasswordTooLong, authserver.ErrInvalidEmailOrPassword, authserver.ErrEmailNotVerified},
		enabled: func(a *api) bool { return a.Accounts.Enabled },
	},
	"POST /sign-in/social": {
		operation: "socialSignIn", tag: tagSignIn, summary: "Answers the URL at which a provider signs the user in, or signs it in with an id token of the provider.",
		answer: openapi.Object(openapi.Member("redirect", openapi.Boolean), openapi.Optional("url", openapi.Text), openapi.Optional("token", openapi.Text),
			openapi.Optional("user", openapi.Ref("User"))),
		errors: append([]*authserver.Error{authserver.ErrEmailNotVerified, {Kind: authserver.Unauthorized, Code: "OAUTH_LINK_ERROR", Message: "<reason>"}}, idTokenErrors...),
	},
	"GET /callback/:provider": {
		tag: tagSignIn, summary: "Where a provider sends the browser back to.", status: http.StatusFound, text: "To the callbackURL of the request that began it, or with an error to its errorCallbackURL or the error page.",
	},
	"POST /callback/:provider": {
		tag: tagSignIn, summary: "Where a provider sends the browser back to with a form.", status: http.StatusFound, text: "To the GET endpoint of this path.",
	},
	"POST /sign-out": {
		operation: "signOut", tag: tagSignIn, summary: "Ends the session, if there is one.", answer: openapi.Object(openapi.Member("success", openapi.Boolean)),
	},

	"GET /get-session": {
		operation: "getSession", tag: tagSessions, summary: "The session and its user, or null.", query: lookupQuery, answer: lookup,
	},
	"POST /get-session": {
		operation: "getSessionPost", tag: tagSessions, summary: "The session and its user, or null; extends the session when that is due.", query: lookupQuery, answer: lookup,
		enabled: func(a *api) bool { return a.DeferRefresh },
	},
	"GET /list-sessions": {
		operation: "listUserSessions", tag: tagSessions, summary: "The live sessions of the user, with their tokens.", answer: openapi.List(openapi.Ref("Session")),
	},
	"POST /revoke-session": {
		tag: tagSessions, summary: "Ends a session of the user.", answer: done,
	},
	"POST /revoke-sessions": {
		tag: tagSessions, summary: "Ends every session of the user, this one too.", answer: done,
	},
	"POST /revoke-other-sessions": {
		tag: tagSessions, summary: "Ends every session of the user but this one.", answer: done,
	},
	"POST /update-session": {
		operation: "updateSession", tag: tagSessions, summary: "Changes custom fields of the session.", fields: sessionFields,
		answer: openapi.Object(openapi.Member("session", openapi.Ref("Session"))),
		errors: []*authserver.Error{authserver.ErrNoFieldsToUpdate, authserver.FieldNotAllowed("<field>"), authserver.ErrFailedToGetSession},
	},

	"POST /update-user": {
		operation: "updateUser", tag: tagUser, summary: "Changes the name, the image or custom fields of the user.", fields: userFields,
		body:   []openapi.Property{openapi.Optional("name", openapi.Text), openapi.Optional("image", openapi.Nullable(openapi.Text))},
		answer: done,
		errors: []*authserver.Error{
			authserver.ErrEmailCanNotBeUpdated, authserver.ErrNoFieldsToUpdate, authserver.FieldNotAllowed("<field>"), authserver.ErrFailedToUpdateUser,
		},
	},
	"POST /delete-user": {
		operation: "deleteUser", tag: tagUser, summary: "Deletes the user: with the password, with the token of a mail, or with a fresh session.", answer: succeeded,
		errors: []*authserver.Error{
			authserver.ErrPasswordTooLong, authserver.ErrCredentialAccountNotFound, authserver.ErrInvalidPassword, authserver.ErrSessionExpired, authserver.ErrInvalidDeleteToken,
		},
		enabled: deletes,
	},
	"GET /delete-user/callback": {
		tag: tagUser, summary: "Deletes the user; the link of a mail.", answer: succeeded, text: "Or 302 to callbackURL.", session: true,
		errors: []*authserver.Error{authserver.ErrFailedToGetUserInfo, authserver.ErrInvalidDeleteToken}, enabled: deletes,
	},

	"POST /change-password": {
		operation: "changePassword", tag: tagPassword, summary: "Changes the password.",
		answer: openapi.Object(openapi.Member("token", openapi.Nullable(openapi.Text)), openapi.Member("user", openapi.Ref("User"))),
		errors: append([]*authserver.Error{authserver.ErrCredentialAccountNotFound, authserver.ErrInvalidPassword}, lengths...),
	},
	"POST /verify-password": {
		operation: "verifyPassword", tag: tagPassword, summary: "Checks the password of the user.", answer: done,
		errors: []*authserver.Error{authserver.ErrInvalidPassword},
	},
	"POST /request-password-reset": {
		operation: "requestPasswordReset", tag: tagPassword, summary: "Sends a link to reset the password, if a user has the address.",
		answer:  openapi.Object(openapi.Member("status", openapi.Boolean), openapi.Member("message", openapi.Text)),
		enabled: mails,
	},
	"GET /reset-password/:token": {
		operation: "resetPasswordCallback", tag: tagPassword, summary: "The link of a mail.", status: http.StatusFound,
		text: "To callbackURL with the token, or with an error.",
	},
	"POST /reset-password": {
		operation: "resetPassword", tag: tagPassword, summary: "Sets a new password with the token of a mail.", answer: done,
		errors: append([]*authserver.Error{authserver.ErrInvalidResetToken, authserver.ErrResetUserNotFound}, lengths...),
	},

	"POST /send-verification-email": {
		operation: "sendVerificationEmail", tag: tagEmail, summary: "Sends a link that proves that an address is the user's.", answer: done,
		errors: []*authserver.Error{authserver.ErrEmailMismatch, authserver.ErrEmailAlreadyVerified}, enabled: mails,
	},
	"GET /verify-email": {
		tag: tagEmail, summary: "Verifies or changes an address; the link of a mail.", text: "Or 302 to callbackURL.",
		answer: openapi.Object(openapi.Member("status", openapi.Boolean), openapi.Member("user", openapi.Nullable(openapi.Ref("User")))),
		errors: []*authserver.Error{authserver.ErrInvalidLink, authserver.ErrLinkExpired, authserver.ErrLinkUserNotFound, authserver.ErrLinkOfAnotherUser},
	},
	"POST /change-email": {
		operation: "changeEmail", tag: tagEmail, summary: "Changes the address, after links that are sent to it and to the old one.", answer: done,
		errors:  []*authserver.Error{authserver.ErrSameEmail, authserver.ErrChangeEmailNeedsMail},
		enabled: func(a *api) bool { return a.Verifications.ChangeEmailEnabled },
	},

	"GET /list-accounts": {
		operation: "listUserAccounts", tag: tagAccounts, summary: "The ways in which the user signs in.", answer: openapi.List(openapi.Ref("Account")),
	},
	"POST /link-social": {
		operation: "linkSocialAccount", tag: tagAccounts, summary: "Answers the URL at which a provider links an account of its to the user.",
		answer: openapi.Object(openapi.Member("redirect", openapi.Boolean), openapi.Optional("url", openapi.Text), openapi.Optional("status", openapi.Boolean)),
		errors: append([]*authserver.Error{
			authserver.ErrAccountLinked, authserver.ErrLinkingNotAllowed, authserver.ErrLinkingDifferentEmails, authserver.ErrLinkingFailed,
		}, idTokenErrors...),
	},
	"POST /unlink-account": {
		tag: tagAccounts, summary: "Unlinks an account from the user.", answer: done,
		errors: []*authserver.Error{authserver.ErrUnlinkLastAccount, authserver.ErrAccountNotFound},
	},
	"POST /get-access-token": {
		tag: tagAccounts, summary: "The tokens of an account at a provider, refreshed when they have ended.", body: selection,
		errors: []*authserver.Error{authserver.ErrAccountNotFound, authserver.ProviderNotSupported("<provider>"), authserver.ErrFailedToGetAccessToken},
		answer: openapi.Object(openapi.Member("accessToken", openapi.Text), openapi.Optional("accessTokenExpiresAt", openapi.Moment),
			openapi.Member("scopes", openapi.List(openapi.Text)), openapi.Optional("idToken", openapi.Text)),
	},
	"POST /refresh-token": {
		tag: tagAccounts, summary: "Refreshes the tokens of an account at a provider.", body: selection,
		errors: []*authserver.Error{
			authserver.ErrAccountNotFound, authserver.ProviderNotSupported("<provider>"), authserver.RefreshNotSupported("<provider>"),
			authserver.ErrRefreshTokenNotFound, authserver.ErrFailedToRefreshToken,
		},
		answer: openapi.Object(openapi.Member("accessToken", openapi.Text), openapi.Member("refreshToken", openapi.Text), openapi.Optional("accessTokenExpiresAt", openapi.Moment),
			openapi.Member("refreshTokenExpiresAt", openapi.Nullable(openapi.Moment)), openapi.Member("scope", openapi.Nullable(openapi.Text)),
			openapi.Member("idToken", openapi.Nullable(openapi.Text)),
			openapi.Member("providerId", openapi.Text), openapi.Member("accountId", openapi.Text)),
	},
	"GET /account-info": {
		tag: tagAccounts, summary: "The profile of an account at its provider.",
		query: []openapi.Parameter{{Name: "accountId", In: "query", Required: true, Schema: openapi.Text}},
		errors: []*authserver.Error{
			authserver.ErrAccountNotFound, authserver.ErrProviderNotConfigured, authserver.ErrFailedToGetAccessToken, authserver.ErrAccessTokenNotFound, authserver.ErrNoUserInfo,
		},
		answer: openapi.Object(
			openapi.Member("user", openapi.Object(openapi.Optional("name", openapi.Text), openapi.Member("email", openapi.Nullable(openapi.Text)),
				openapi.Optional("image", openapi.Text), openapi.Member("emailVerified", openapi.Boolean))),
			openapi.Member("data", openapi.Any),
			openapi.Member("account", openapi.Object(openapi.Member("id", openapi.Text), openapi.Member("providerId", openapi.Text), openapi.Member("accountId", openapi.Text)))),
	},

	"GET /token": {
		operation: "getJSONWebToken", tag: tagTokens, summary: "A token of the user that others verify with GET /jwks.", answer: someToken,
	},
	"GET /jwks": {
		operation: "getJSONWebKeySet", tag: tagTokens, summary: "The keys that verify the tokens of GET /token, also those that are about to sign.",
		answer: openapi.Object(openapi.Member("keys", openapi.List(openapi.Object(
			openapi.Member("alg", openapi.Text), openapi.Optional("crv", openapi.Text), openapi.Optional("x", openapi.Text), openapi.Optional("y", openapi.Text),
			openapi.Optional("n", openapi.Text), openapi.Optional("e", openapi.Text), openapi.Member("kty", openapi.Text), openapi.Member("kid", openapi.Text))))),
	},
	"GET /jwt": {
		tag: tagTokens, summary: "An HS256 token of the user for back ends that know JWT_SECRET.", answer: someToken,
	},

	"GET /ok": {tag: tagServer, summary: "Says that the server is there.", answer: openapi.Object(openapi.Member("ok", openapi.Boolean))},
	"GET /error": {
		tag: tagServer, summary: "The page that shows what went wrong in a sign-in with a provider.", mediaType: "text/html", text: "Or 302 to the configured page.",
		query: []openapi.Parameter{{Name: "error", In: "query", Schema: openapi.Text}, {Name: "error_description", In: "query", Schema: openapi.Text}},
	},
	"GET /health":               {tag: tagServer, summary: "Says that the server is there, for load balancers.", answer: openapi.Object(openapi.Member("status", openapi.Text))},
	"GET /api/validate-session": {tag: tagServer, summary: "The session of a forwarded cookie, for back ends; changes nothing.", answer: whole},
	" /api/forward-auth": {
		tag: tagServer, summary: "Lets reverse proxies ask whose request it is that they are about to pass on, with any method.", session: true,
		query: []openapi.Parameter{{Name: "role", In: "query", Schema: openapi.Text}, {Name: "redirect", In: "query", Schema: openapi.Text}},
		text:  "The user in X-Auth headers. With redirect, 302 to that page for browsers without a session.", mediaType: noContent,
		errors: []*authserver.Error{authserver.ErrUnauthorized, authserver.ErrRoleRequired, authserver.ErrNoRoleField, authserver.ErrInvalidRedirectURL},
	},
}

func deletes(a *api) bool { return a.Users.DeleteEnabled }

func mails(a *api) bool { return a.Verifications.Links != nil }
