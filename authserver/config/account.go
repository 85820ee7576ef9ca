package config

import (
	"slices"
	"strconv"
)

// Where the state of a sign-in is while the user is at the provider.
const (
	StateInDatabase = "Database"
	StateInCookie   = "Cookie"
)

func (a *Account) setDefaults(sessionStorage string) {
	if sessionStorage == SessionStateless {
		orDefault(&a.StoreStateStrategy, StateInCookie)
	}
	orDefault(&a.StoreStateStrategy, StateInDatabase)
	orDefault(&a.UpdateOnSignIn, new(true))
	orDefault(&a.Linking.Enabled, new(true))
}

func (a Account) validate(providers []SocialProvider, found *problems) {
	if a.StoreStateStrategy != StateInDatabase && a.StoreStateStrategy != StateInCookie {
		found.add("account.storeStateStrategy", "%q must be Database or Cookie", a.StoreStateStrategy)
	}
	for i, id := range a.Linking.TrustedProviders {
		if !slices.ContainsFunc(providers, func(p SocialProvider) bool { return p.ID == id }) {
			found.add("account.linking.trustedProviders["+strconv.Itoa(i)+"]", "%q must be the id of one of socialProviders", id)
		}
	}
}
