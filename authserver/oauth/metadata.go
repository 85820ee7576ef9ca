package oauth

import "golang.org/x/oauth2"

// metadata are what a provider publishes about itself, or what is built in.
type metadata struct {
	Endpoints
	// algorithms are those of its ID tokens.
	algorithms []string
	authStyle  oauth2.AuthStyle
	// noRefresh is set when it says that it has no refresh tokens.
	noRefresh bool
}

// with replaces the endpoints that are configured.
func (m metadata) with(configured Endpoints) metadata {
	replace := func(endpoint *string, by string) {
		if by != "" {
			*endpoint = by
		}
	}
	replace(&m.Authorization, configured.Authorization)
	replace(&m.Token, configured.Token)
	replace(&m.UserInfo, configured.UserInfo)
	replace(&m.JWKS, configured.JWKS)
	return m
}
