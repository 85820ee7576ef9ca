package config

import (
	"slices"
	"time"
)

// Lives that the configuration does not choose.
const (
	// notRememberedTTL is the life of a session whose user did not want to be remembered.
	notRememberedTTL = 24 * time.Hour
	// stateTTL is how long a sign-in at a provider may take.
	stateTTL = 10 * time.Minute
	// clockDifference between the machines that sign, verify and count the time.
	clockDifference = 5 * time.Minute
)

// KeyLife is how long something lives, at most, that a key of the auth server has just signed: cookies, which a refresh signs
// anew, and the links of mails. What the database keeps encrypted has no such end; `authserver rekey` encrypts it anew. The
// configuration may still lack defaults.
func (c Config) KeyLife() time.Duration {
	c.setDefaults()
	return clockDifference + slices.Max([]time.Duration{
		c.Session.TTL.Duration, notRememberedTTL, c.Session.CookieCache.MaxAge.Duration, stateTTL,
		c.EmailVerification.TokenTTL.Duration, c.EmailAndPassword.ResetPasswordTokenTTL.Duration, c.User.DeleteUser.TokenTTL.Duration,
	})
}
