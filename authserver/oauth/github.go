package oauth

import (
	"context"
	"errors"

	"golang.org/x/oauth2"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

func github(Config) (dialect, metadata) {
	return dialect{
			scopes:       []string{"read:user", "user:email"},
			responseType: "code",
			profile:      githubProfile,
		}, metadata{
			Endpoints: Endpoints{
				Authorization: "https://github.com/login/oauth/authorize",
				Token:         "https://github.com/login/oauth/access_token",
				UserInfo:      "https://api.github.com/user",
			},
			authStyle: oauth2.AuthStyleInParams,
		}
}

// githubProfile asks for the addresses as well: the profile has only a public one, and does not say whether it is verified.
func githubProfile(ctx context.Context, p *Provider, tokens Tokens) (Profile, error) {
	known, err := p.metadata(ctx)
	if err != nil {
		return Profile{}, err
	}
	user, err := p.get(ctx, known.UserInfo, tokens.AccessToken)
	if err != nil {
		return Profile{}, err
	}
	emails, err := p.get(ctx, known.UserInfo+"/emails", tokens.AccessToken)
	if errors.Is(err, ErrUnavailable) {
		return Profile{}, err
	}
	// A token without the scope user:email signs in, but with an address that is not verified.
	return githubUser(user, emails)
}

func githubUser(user, emails ecma.Value) (Profile, error) {
	if !user.Get("email").Truthy() {
		if primary := primaryEmail(emails); primary.Kind() == ecma.String {
			user = user.With("email", primary)
		}
	}
	name := user.Get("name")
	if !name.Truthy() {
		name = user.Get("login")
	}
	return newProfile(user.Get("id"), attributes{
		name: name, email: user.Get("email"), image: user.Get("avatar_url"),
		emailVerified: isVerified(emails, user.Get("email").Text()),
	}, user)
}

func primaryEmail(emails ecma.Value) ecma.Value {
	for _, email := range emails.Items() {
		if email.Get("primary").Truthy() {
			return email.Get("email")
		}
	}
	if len(emails.Items()) > 0 {
		return emails.Items()[0].Get("email")
	}
	return ecma.Value{}
}

func isVerified(emails ecma.Value, address string) bool {
	for _, email := range emails.Items() {
		if address != "" && email.Get("email").Text() == address {
			return email.Get("verified").Bool()
		}
	}
	return false
}
