package authserver

import "time"

// CredentialProvider is the provider id of accounts that sign in with a password.
const CredentialProvider = "credential"

// Account is one row of the "account" table: one way in which a user signs in.
type Account struct {
	ID string
	// AccountID is the user's id at the provider; for a credential account, the id of the user.
	AccountID  string
	ProviderID string
	UserID     string
	// Scopes are those that the provider granted, nil for a credential account.
	Scopes []string
	// Password is the hash in Better-Auth's form salt:key or in that of argon2id, "" when the account has none.
	Password string
	// AccessToken, RefreshToken and IDToken are as stored, perhaps encrypted; "" is none.
	AccessToken, RefreshToken, IDToken string
	// AccessTokenExpiresAt and RefreshTokenExpiresAt are zero when the provider told no end.
	AccessTokenExpiresAt, RefreshTokenExpiresAt time.Time
	CreatedAt                                   time.Time
	UpdatedAt                                   time.Time
}

// AccountChange is what a provider gave anew for an account; what is zero stays as it is.
type AccountChange struct {
	AccessToken, RefreshToken, IDToken          string
	AccessTokenExpiresAt, RefreshTokenExpiresAt time.Time
	Scopes                                      []string
	At                                          time.Time
}

// PasswordChange is a new password of a user.
type PasswordChange struct {
	// Old and New are hashes.
	Old, New string
	At       time.Time
	// Session takes the place of all sessions of the user; nil lets them be.
	Session *Session
}

// PasswordReset is a new password of a user who does not know the old one.
type PasswordReset struct {
	// Identifier is that of the verification that allows it, and is used up by it. "" is one that was used up before.
	Identifier string
	// Account is the credential account that a user without one gets; that of others only gets its password.
	Account Account
	// RevokeSessions ends all sessions of the user.
	RevokeSessions bool
}
