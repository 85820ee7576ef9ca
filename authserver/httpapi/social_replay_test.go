package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/jwe"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// recordedProviders answers as the fake of the recordings did, to requests for the real hosts.
func recordedProviders(t *testing.T) settings {
	fake := oauthtest.Start(oauthtest.Options{Recorded: true})
	t.Cleanup(fake.Close)
	return func(o *server.Options) {
		o.ProviderClient, o.SocialSecrets = fake.Client(), config.SocialSecrets{}
		for _, provider := range o.Config.SocialProviders {
			o.SocialSecrets[provider.ID] = func() (config.Redacted, error) { return config.Redacted(oauthtest.ClientSecret(provider.ID)), nil }
		}
	}
}

func (r recording) socialProviders() (list []string) {
	for id := range strings.SplitSeq(r.ServerEnv["SOCIAL"], ",") {
		if id != "" {
			list = append(list, "{id: "+id+", clientID: "+oauthtest.ClientID(id)+"}")
		}
	}
	return list
}

func (r recording) account() (s []string) {
	env := r.ServerEnv
	if env["STATE_STRATEGY"] == "cookie" {
		s = append(s, "storeStateStrategy: Cookie")
	}
	if env["ENCRYPT_TOKENS"] == "1" {
		s = append(s, "encryptOAuthTokens: true")
	}
	if env["STORE_ACCOUNT_COOKIE"] == "1" {
		s = append(s, "storeAccountCookie: true")
	}
	if trusted := env["TRUSTED_PROVIDERS"]; trusted != "" {
		s = append(s, "linking: {trustedProviders: ["+trusted+"]}")
	}
	return s
}

// socialChanges are what the recorder did silently before these exchanges.
var socialChanges = map[string]func(*replayer, exchange){
	"accounts/link callback, success":                                                          begun(sentTo{callback: "/linked", link: true}),
	"accounts/link callback, google account of another user":                                   accountOfAnother,
	"accounts/link callback, provider email unverified":                                        begun(sentTo{errors: "/err", link: true}),
	"accounts/get-access-token, expired: refreshes":                                            execute(`update account set "accessTokenExpiresAt" = now() - interval '1 day' where "providerId" = 'google'`),
	"accounts/refresh-token without stored refresh token":                                      execute(`update account set "refreshToken" = null`),
	"accounts/unlink with stale session":                                                       bornAgo(25 * time.Hour),
	"sign-in-social/callback success, returning user":                                          begun(sentTo{}),
	"sign-in-social/callback provider error":                                                   begun(sentTo{}),
	"sign-in-social/callback provider error with errorCallbackURL":                             begun(sentTo{errors: "/login?x=1"}),
	"sign-in-social/callback without code":                                                     begun(sentTo{}),
	"sign-in-social/callback invalid code":                                                     begun(sentTo{errors: "http://localhost:3000/e"}),
	"sign-in-social/callback no email":                                                         begun(sentTo{}),
	"sign-in-social/callback google new user":                                                  begun(sentTo{}),
	"sign-in-social/callback POST form (redirects to GET)":                                     begun(sentTo{}),
	"sign-in-social/callback expired state":                                                    begun(sentTo{errors: "/e", expired: true}),
	"sign-in-social/callback email of existing unverified local user (account not linked)":     existing(false),
	"sign-in-social/callback email of existing verified local user, provider email unverified": existing(true),
	"sign-in-social/callback email of existing verified local user (implicit link)":            begun(sentTo{}),
}

func init() { maps.Copy(changes, socialChanges) }

var (
	// secretForm is that of ids, tokens and states.
	secretForm    = regexp.MustCompile(`^[a-zA-Z0-9_-]{32}$`)
	authorizeForm = regexp.MustCompile(`^https://[^?]+\?response_type=code&.*&state=([a-zA-Z0-9_-]{32})&.*&code_challenge=([a-zA-Z0-9_-]{43})(&.*)?$`)
	sealedForm    = regexp.MustCompile(`^[0-9a-f]{80,}$`)
	verifierForm  = regexp.MustCompile(`"codeVerifier":"[a-zA-Z0-9_-]{128}"`)
	momentNumber  = regexp.MustCompile(`"expiresAt":\d{13}`)
	sealedToken   = regexp.MustCompile(`"encryptedSessionToken":"([0-9a-f]+)"`)
)

// authorizeURL pairs the states of two URLs, which must be the same but for state and challenge.
func (p *pairing) authorizeURL(recorded, ours string) error {
	want, got := authorizeForm.FindStringSubmatch(recorded), authorizeForm.FindStringSubmatch(ours)
	if err := p.text(want[1], got[1]); err != nil {
		return err
	}
	if expected := strings.NewReplacer(want[1], got[1], want[2], got[2]).Replace(recorded); expected != ours {
		return fmt.Errorf("%s, recorded is %s", ours, expected)
	}
	return nil
}

// state pairs the states of two sign-ins, with their members in the same order.
func (p *pairing) state(recorded, ours string) error {
	texts := [2]string{recorded, ours}
	for i, text := range texts {
		if !verifierForm.MatchString(text) || !momentNumber.MatchString(text) {
			return fmt.Errorf("%s is no state", text)
		}
		text = momentNumber.ReplaceAllString(verifierForm.ReplaceAllString(text, `"codeVerifier":""`), `"expiresAt":0`)
		texts[i] = sealedToken.ReplaceAllStringFunc(text, func(member string) string {
			token, err := p.keys.ForPurpose("oauth-link-session-token").Decrypt(sealedToken.FindStringSubmatch(member)[1])
			if err != nil {
				return member
			}
			return `"encryptedSessionToken":"` + token + `"`
		})
	}
	return p.body(texts[0], texts[1])
}

func (p *pairing) stateCookie(recorded, ours string) error {
	keys := p.keys.ForPurpose("oauth-state-cookie")
	want, err := keys.Decrypt(recorded)
	if err != nil {
		return fmt.Errorf("the recorded state: %w", err)
	}
	got, err := keys.Decrypt(ours)
	if err != nil {
		return fmt.Errorf("our state: %w", err)
	}
	return p.text(want, got)
}

// sealed pairs what two encrypted tokens hold.
func (p *pairing) sealed(recorded, ours string) error {
	want, err := p.keys.Decrypt(recorded)
	if err != nil {
		return fmt.Errorf("the recorded token: %w", err)
	}
	got, err := p.keys.Decrypt(ours)
	if err != nil {
		return fmt.Errorf("our token: %w", err)
	}
	return p.text(want, got)
}

func (p *pairing) accountCookie(recorded, ours string) error {
	want, err := p.account(recorded)
	if err != nil {
		return err
	}
	got, err := p.account(ours)
	if err != nil {
		return err
	}
	return p.body(want, got)
}

// account is what is in an account's cookie, with its life in the place of the moments.
func (p *pairing) account(value string) (string, error) {
	box, err := jwe.New(p.keys, "better-auth-account", nil)
	if err != nil {
		return "", err
	}
	object, expiresAt, ok := box.Open(value)
	if !ok {
		return "", fmt.Errorf("the account %s does not open", value)
	}
	text, _, _ := strings.Cut(string(ecma.Append(nil, object)), `,"iat":`)
	// Tokens are compared as they are, because the comparison of bodies replaces texts by equal ones.
	for _, member := range []string{"accessToken", "refreshToken"} {
		plain, err := p.keys.Decrypt(object.Get(member).Text())
		if err != nil {
			return "", err
		}
		text = strings.Replace(text, object.Get(member).Text(), plain, 1)
	}
	return fmt.Sprintf(`%s,"life":%v}`, text, expiresAt.Unix()-int64(object.Get("iat").Float())), nil
}

// tables has users first, whose ids other rows hold.
func tables(db map[string]json.RawMessage) []string {
	var names []string
	for name := range db {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if a == "user" || b == "user" {
			return strings.Compare(b, a)
		}
		return strings.Compare(a, b)
	})
	return names
}

// ownerOf is our user of a recorded account, or else the one who signed in.
func (r *replayer) ownerOf(account row, got answer) string {
	if recorded, _ := account["userId"].(string); r.pairs.ours[recorded] != "" {
		return r.pairs.ours[recorded]
	}
	return r.userOf(r.sessionToken(strings.Join(got.headers["Set-Cookie"], "; ")))
}

// stateIn is our state in the URL of a recorded request.
func (r *replayer) stateIn(e exchange) string {
	_, query, _ := strings.Cut(e.Request.Path, "?")
	values, err := url.ParseQuery(query + "&" + e.requestBody())
	if err != nil {
		r.t.Fatal(err)
	}
	return r.pairs.translate(values.Get("state"))
}

// compareState finds the state of a sign-in that should be used up.
func (r *replayer) compareState(e exchange) {
	r.t.Helper()
	if r.exists(`select 1 from verification where identifier = $1`, "auth-state:"+r.stateIn(e)) {
		r.t.Error("the state is still there")
	}
}

// sentTo is how a sign-in was begun without an exchange.
type sentTo struct {
	callback, errors string
	link, expired    bool
}

// begun stores the state that the request brings back. The recorded cookie of it is good, because the secret is the same.
func begun(to sentTo) func(*replayer, exchange) {
	return func(r *replayer, e exchange) {
		expires := r.clock.Now().Add(10 * time.Minute)
		if to.expired {
			expires = r.clock.Now().Add(-time.Second)
		}
		members := map[string]any{
			"callbackURL": or(to.callback, "/dash"), "codeVerifier": strings.Repeat("v", 128), "expiresAt": expires.UnixMilli(), "oauthState": r.stateIn(e),
		}
		if to.errors != "" {
			members["errorURL"] = to.errors
		}
		if to.link {
			members["link"] = map[string]string{"userId": r.userOf(r.requestToken(e)), "email": "acc@example.com"}
		}
		value, err := json.Marshal(members)
		if err != nil {
			r.t.Fatal(err)
		}
		r.exec(`insert into verification (id, identifier, value, "expiresAt") values ($1, 'auth-state:' || $1, $2, $3)`, r.stateIn(e), string(value), expires)
	}
}

func accountOfAnother(r *replayer, e exchange) {
	begun(sentTo{errors: "/err", link: true})(r, e)
	id := r.seedUser(json.RawMessage(`{"id":"otherotherotherotherotherotherot","name":"O","email":"goog@example.com"}`))
	r.exec(`insert into account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt") values ('otheraccount', 'g-1', 'google', $1, now(), now())`, id)
}

// existing makes the user with a password whose address a provider tells.
func existing(verified bool) func(*replayer, exchange) {
	return func(r *replayer, e exchange) {
		begun(sentTo{})(r, e)
		user := fmt.Sprintf(`{"id":"7XBd4emt4Q9IjF7jUP8IAMh39ztagfiA","name":"E","email":"exist@example.com","emailVerified":%v}`, verified)
		r.setPassword(r.seedUser(json.RawMessage(user)), "Password123!")
	}
}
