package authserver

// The coded errors with a fixed text, as Better-Auth 1.7.25 words them.
var (
	ErrSignUpDisabled         = &Error{Invalid, "EMAIL_PASSWORD_SIGN_UP_DISABLED", "Email and password sign up is not enabled"}
	ErrSignInDisabled         = &Error{Invalid, "EMAIL_PASSWORD_DISABLED", "Email and password is not enabled"}
	ErrInvalidEmail           = &Error{Invalid, "INVALID_EMAIL", "Invalid email"}
	ErrPasswordTooShort       = &Error{Invalid, "PASSWORD_TOO_SHORT", "Password too short"}
	ErrPasswordTooLong        = &Error{Invalid, "PASSWORD_TOO_LONG", "Password too long"}
	ErrInvalidEmailOrPassword = &Error{Unauthorized, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"}
	ErrUserExists             = &Error{Unprocessable, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "User already exists. Use another email."}
	ErrFailedToCreateUser     = &Error{Unprocessable, "FAILED_TO_CREATE_USER", "Failed to create user"}

	ErrEmailCanNotBeUpdated      = &Error{Invalid, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"}
	ErrNoFieldsToUpdate          = &Error{Invalid, "", "No fields to update"}
	ErrFailedToUpdateUser        = &Error{Unprocessable, "FAILED_TO_UPDATE_USER", "Failed to update user"}
	ErrInvalidPassword           = &Error{Invalid, "INVALID_PASSWORD", "Invalid password"}
	ErrCredentialAccountNotFound = &Error{Invalid, "CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found"}
	ErrDeleteUserDisabled        = &Error{NotFound, "", ""}
	ErrDeleteCallbackDisabled    = &Error{NotFound, "NOT_FOUND", "Not found"}
	ErrFailedToGetUserInfo       = &Error{NotFound, "FAILED_TO_GET_USER_INFO", "Failed to get user info"}
	ErrInvalidDeleteToken        = &Error{NotFound, "INVALID_TOKEN", "Invalid token"}

	ErrEmailNotVerified       = &Error{Forbidden, "EMAIL_NOT_VERIFIED", "Email not verified"}
	ErrVerificationNotEnabled = &Error{Invalid, "VERIFICATION_EMAIL_NOT_ENABLED", "Verification email isn't enabled"}
	ErrEmailMismatch          = &Error{Invalid, "EMAIL_MISMATCH", "Email mismatch"}
	ErrEmailAlreadyVerified   = &Error{Invalid, "EMAIL_ALREADY_VERIFIED", "Email is already verified"}
	ErrInvalidLink            = &Error{Unauthorized, "INVALID_TOKEN", "Invalid token"}
	ErrLinkExpired            = &Error{Unauthorized, "TOKEN_EXPIRED", "Token expired"}
	ErrLinkUserNotFound       = &Error{Unauthorized, "USER_NOT_FOUND", "User not found"}
	ErrLinkOfAnotherUser      = &Error{Unauthorized, "INVALID_USER", "Invalid user"}
	ErrChangeEmailDisabled    = &Error{Invalid, "CHANGE_EMAIL_DISABLED", "Change email is disabled"}
	ErrSameEmail              = &Error{Invalid, "", "Email is the same"}
	ErrChangeEmailNeedsMail   = &Error{Invalid, "", "Verification email isn't enabled"}
	ErrResetPasswordDisabled  = &Error{Invalid, "RESET_PASSWORD_DISABLED", "Reset password isn't enabled"}
	ErrInvalidResetToken      = &Error{Invalid, "INVALID_TOKEN", "Invalid token"}
	ErrResetUserNotFound      = &Error{Invalid, "USER_NOT_FOUND", "User not found"}

	ErrFailedToGetSession = &Error{Unauthorized, "FAILED_TO_GET_SESSION", "Failed to get session"}

	ErrProviderNotFound       = &Error{NotFound, "PROVIDER_NOT_FOUND", "Provider not found"}
	ErrIDTokenNotSupported    = &Error{NotFound, "ID_TOKEN_NOT_SUPPORTED", "id_token not supported"}
	ErrInvalidIDToken         = &Error{Unauthorized, "INVALID_TOKEN", "Invalid token"}
	ErrNoUserInfo             = &Error{Unauthorized, "FAILED_TO_GET_USER_INFO", "Failed to get user info"}
	ErrUserEmailNotFound      = &Error{Unauthorized, "USER_EMAIL_NOT_FOUND", "User email not found"}
	ErrAccountLinked          = &Error{Conflict, "SOCIAL_ACCOUNT_ALREADY_LINKED", "Social account already linked"}
	ErrLinkingNotAllowed      = &Error{Unauthorized, "LINKING_NOT_ALLOWED", "Account not linked - linking not allowed"}
	ErrLinkingDifferentEmails = &Error{Unauthorized, "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED", "Account not linked - different emails not allowed"}
	ErrLinkingFailed          = &Error{Unmet, "LINKING_FAILED", "Account not linked - unable to create account"}
	ErrUnlinkLastAccount      = &Error{Invalid, "FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account"}
	ErrAccountNotFound        = &Error{Invalid, "ACCOUNT_NOT_FOUND", "Account not found"}
	ErrProviderNotConfigured  = &Error{Invalid, "PROVIDER_NOT_CONFIGURED", "Account is not associated with a configured social provider."}
	ErrAccessTokenNotFound    = &Error{Invalid, "ACCESS_TOKEN_NOT_FOUND", "Access token not found"}
	ErrRefreshTokenNotFound   = &Error{Invalid, "REFRESH_TOKEN_NOT_FOUND", "Refresh token not found"}
	ErrFailedToGetAccessToken = &Error{Invalid, "FAILED_TO_GET_ACCESS_TOKEN", "Failed to get a valid access token"}
	ErrFailedToRefreshToken   = &Error{Invalid, "FAILED_TO_REFRESH_ACCESS_TOKEN", "Failed to refresh access token"}

	ErrSessionNotFresh = &Error{Forbidden, "SESSION_NOT_FRESH", "Session is not fresh"}
	ErrSessionExpired  = &Error{Invalid, "SESSION_EXPIRED", "Session expired. Re-authenticate to perform this action."}

	// ErrSessionTooLarge is ours: without a store, a session must fit into cookies.
	ErrSessionTooLarge = &Error{Invalid, "SESSION_TOO_LARGE", "The fields of the session are too large for cookies"}

	ErrUnauthorized = &Error{Unauthorized, "UNAUTHORIZED", "Unauthorized"}
	// ErrUnauthorizedBare is the answer of the endpoints that give tokens of providers away: it has no body.
	ErrUnauthorizedBare = &Error{Unauthorized, "", ""}
	ErrPostSession      = &Error{NotAllowed, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED", "POST method requires deferSessionRefresh to be enabled in session config"}

	ErrRoleRequired = &Error{Forbidden, "FORBIDDEN", "The user has none of the roles that are needed here"}
	ErrNoRoleField  = &Error{Forbidden, "NO_ROLE_FIELD", "This server knows no roles: add the custom field role, or ask without a role"}

	ErrInvalidJSON     = &Error{Invalid, "BAD_REQUEST", "Invalid JSON in request body"}
	ErrPayloadTooLarge = &Error{TooLarge, "PAYLOAD_TOO_LARGE", "Request body is too large"}

	ErrMissingOrNullOrigin       = &Error{Forbidden, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin"}
	ErrInvalidOrigin             = &Error{Forbidden, "INVALID_ORIGIN", "Invalid origin"}
	ErrCrossSiteNavigation       = &Error{Forbidden, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED", "Cross-site navigation login blocked. This request appears to be a CSRF attack."}
	ErrInvalidCallbackURL        = &Error{Forbidden, "INVALID_CALLBACK_URL", "Invalid callbackURL"}
	ErrInvalidRedirectURL        = &Error{Forbidden, "INVALID_REDIRECT_URL", "Invalid redirectURL"}
	ErrInvalidErrorCallbackURL   = &Error{Forbidden, "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL"}
	ErrInvalidNewUserCallbackURL = &Error{Forbidden, "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL"}
)

// MissingField is the error of a required custom field that sign-up did not send.
func MissingField(name string) *Error {
	return &Error{Invalid, "MISSING_FIELD", name + " is required"}
}

// FieldNotAllowed is the error of a custom field that clients may not set.
func FieldNotAllowed(name string) *Error {
	return &Error{Invalid, "FIELD_NOT_ALLOWED", name + " is not allowed to be set"}
}

// ValidationError is the error of a body or query that does not fit its schema.
func ValidationError(problems string) *Error {
	return &Error{Invalid, "VALIDATION_ERROR", problems}
}

// ProviderNotSupported is the error of an account whose provider is not configured.
func ProviderNotSupported(id string) *Error {
	return &Error{Invalid, "PROVIDER_NOT_SUPPORTED", "Provider " + id + " is not supported."}
}

// RefreshNotSupported is the error of an account whose provider does not refresh tokens.
func RefreshNotSupported(id string) *Error {
	return &Error{Invalid, "TOKEN_REFRESH_NOT_SUPPORTED", "Provider " + id + " does not support token refreshing."}
}
