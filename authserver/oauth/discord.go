package oauth

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/oauth2"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

const discordImages = "https://cdn.discordapp.com/"

// discord has neither PKCE nor a hint, as in Better-Auth.
func discord(Config) (dialect, metadata) {
	return dialect{
			scopes:           []string{"identify", "email"},
			askedScopesFirst: true,
			responseType:     "code",
			prompt:           "none",
			noLoginHint:      true,
			noPKCE:           true,
			profile:          discordProfile,
		}, metadata{
			Endpoints: Endpoints{
				Authorization: "https://discord.com/api/oauth2/authorize",
				Token:         "https://discord.com/api/oauth2/token",
				UserInfo:      "https://discord.com/api/users/@me",
			},
			authStyle: oauth2.AuthStyleInParams,
		}
}

func discordProfile(ctx context.Context, p *Provider, tokens Tokens) (Profile, error) {
	known, err := p.metadata(ctx)
	if err != nil {
		return Profile{}, err
	}
	user, err := p.get(ctx, known.UserInfo, tokens.AccessToken)
	if err != nil {
		return Profile{}, err
	}
	return discordUser(user)
}

func discordUser(user ecma.Value) (Profile, error) {
	user = user.With("image_url", ecma.StringValue(discordImage(user)))
	name := user.Get("global_name")
	if !name.Truthy() {
		name = user.Get("username")
	}
	return newProfile(user.Get("id"), attributes{
		name: name, email: user.Get("email"), image: user.Get("image_url"), emailVerified: user.Get("verified").Bool(),
	}, user)
}

// discordImage is the avatar, or the one that Discord shows for those who have none.
func discordImage(user ecma.Value) string {
	id, avatar := user.Get("id").Text(), user.Get("avatar").Text()
	if avatar != "" {
		format := ".png"
		if strings.HasPrefix(avatar, "a_") {
			format = ".gif"
		}
		return discordImages + "avatars/" + url.PathEscape(id) + "/" + url.PathEscape(avatar) + format
	}
	number, _ := strconv.ParseUint(user.Get("discriminator").Text(), 10, 16)
	number %= 5
	if user.Get("discriminator").Text() == "0" { // those without a number of the old kind
		snowflake, _ := strconv.ParseUint(id, 10, 64)
		number = (snowflake >> 22) % 6
	}
	return discordImages + "embed/avatars/" + strconv.FormatUint(number, 10) + ".png"
}
