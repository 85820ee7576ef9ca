package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

const ownOrigin = "http://auth.test:41001"

// social is a server whose providers are all played by one fake.
type social struct {
	*harness
	fake *oauthtest.Server
}

// startSocial runs a server with every provider; corp is found by discovery.
func startSocial(t *testing.T, yaml string, change ...settings) *social {
	t.Helper()
	now := time.Now
	fake := oauthtest.Start(oauthtest.Options{Now: func() time.Time { return now() }})
	t.Cleanup(fake.Close)
	apple := fake.Config("apple")
	providers := fmt.Sprintf("socialProviders: [{id: google, clientID: google-client-id}, {id: github, clientID: github-client-id}, "+
		"{id: microsoft, clientID: microsoft-client-id}, {id: apple, clientID: apple-client-id, teamID: %s, keyID: %s}, "+
		"{id: discord, clientID: discord-client-id}, {id: corp, clientID: corp-client-id, issuer: '%s'}]\n", apple.TeamID, apple.KeyID, fake.Issuer("corp"))
	if strings.Contains(yaml, "socialProviders:") {
		providers = ""
	}
	played := func(o *server.Options) {
		now = o.Now
		o.ProviderClient, o.SocialSecrets = fake.Client(), config.SocialSecrets{}
		for _, provider := range o.Config.SocialProviders {
			source := fake.Config(provider.ID).ClientSecret
			o.SocialSecrets[provider.ID] = func() (config.Redacted, error) {
				secret, err := source()
				return config.Redacted(secret), err
			}
		}
	}
	h := start(t, "baseURL: "+ownOrigin+"\ntrustedOrigins: [https://app.test]\n"+unlimited+providers+yaml, append([]settings{played}, change...)...)
	return &social{h, fake}
}

// agent is a browser: it keeps cookies, and nothing else.
type agent struct {
	*social
	cookies map[string]string
}

func (s *social) browser() *agent { return &agent{s, map[string]string{}} }

// headers are those of a request from the own origin.
func (b *agent) headers() [][2]string {
	headers := [][2]string{{"Host", "auth.test:41001"}, {"Origin", ownOrigin}}
	var cookies []string
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		cookies = append(cookies, name+"="+b.cookies[name])
	}
	if cookies != nil {
		headers = append(headers, [2]string{"Cookie", strings.Join(cookies, "; ")})
	}
	return headers
}

func (b *agent) keep(got answer) answer {
	for _, header := range got.headers["Set-Cookie"] {
		name, value, rest := splitCookie(header)
		if b.cookies[name] = value; strings.Contains(rest, "Max-Age=0") {
			delete(b.cookies, name)
		}
	}
	return got
}

func (b *agent) get(path string) answer {
	b.t.Helper()
	return b.keep(b.send("GET", path, b.headers(), ""))
}

func (b *agent) post(path, body string) answer {
	b.t.Helper()
	headers := append(b.headers(), [2]string{"Content-Type", "application/json"}, [2]string{"Content-Length", length(body)})
	return b.keep(b.send("POST", "/api/auth"+path, headers, body))
}

// leave begins a sign-in and returns the provider's URL. Members are further ones of the body, with a comma before.
func (b *agent) leave(provider, members string) string {
	b.t.Helper()
	return b.urlOf(b.post("/sign-in/social", `{"provider":"`+provider+`"`+members+`}`))
}

func (b *agent) urlOf(got answer) string {
	b.t.Helper()
	var body struct {
		URL      string
		Redirect bool
	}
	if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.status != 200 || body.URL == "" {
		b.t.Fatalf("%d %s", got.status, got.body)
	}
	return body.URL
}

// visit lets somebody sign in at the provider, and returns where the browser is sent back to. A form is not posted yet.
func (b *agent) visit(authorizeURL string) oauthtest.Back {
	b.t.Helper()
	back, err := b.fake.Visit(authorizeURL)
	if err != nil {
		b.t.Fatal(err)
	}
	return back
}

// back takes the browser back from a provider, through the form if there is one.
func (b *agent) back(back oauthtest.Back) answer {
	b.t.Helper()
	path := back.Location.RequestURI()
	if back.Form != nil {
		// No cookie goes with a form from another site, when they are Lax.
		form := back.Form.Encode()
		posted := b.send("POST", path, [][2]string{
			{"Host", "auth.test:41001"}, {"Origin", "https://appleid.apple.com"}, {"Content-Type", formType}, {"Content-Length", length(form)},
		}, form)
		location, err := url.Parse(posted.headers.Get("Location"))
		if err != nil || posted.status != 302 || location.Host != "auth.test:41001" {
			b.t.Fatalf("the form is answered %d %s %s", posted.status, posted.headers.Get("Location"), posted.body)
		}
		path = location.RequestURI()
	}
	return b.get(path)
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// signIn is a whole sign-in.
func (b *agent) signIn(provider string, who oauthtest.Profile, members string) answer {
	b.t.Helper()
	b.fake.SignIn(provider, who)
	return b.back(b.visit(b.leave(provider, members)))
}

// link links an account to the user of the browser.
func (b *agent) link(provider string, who oauthtest.Profile, members string) answer {
	b.t.Helper()
	b.fake.SignIn(provider, who)
	return b.back(b.visit(b.urlOf(b.post("/link-social", `{"provider":"`+provider+`"`+members+`}`))))
}

// arrives checks where a browser was sent.
func (b *agent) arrives(got answer, location string) {
	b.t.Helper()
	if got.status != 302 || got.headers.Get("Location") != location || got.body != "" {
		b.t.Errorf("%d, location %q, body %q; want location %q\n%s", got.status, got.headers.Get("Location"), got.body, location, b.log)
	}
}

// user is that of the browser's session, "" without one.
func (b *agent) user() (email string) {
	b.t.Helper()
	var body *struct{ User struct{ Email string } }
	if got := b.get(getSessionPath); json.Unmarshal([]byte(got.body), &body) != nil || got.status != 200 {
		b.t.Fatalf("%d %s", got.status, got.body)
	}
	if body == nil {
		return ""
	}
	return body.User.Email
}

// text reads one text from the database.
func (s *social) text(query string, arguments ...any) (text string) {
	s.t.Helper()
	if err := s.db.QueryRow(s.t.Context(), `select coalesce((`+query+`)::text, '')`, arguments...).Scan(&text); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return text
}

// rows says how many users and accounts there are.
func (s *social) rows(users, accounts int) {
	s.t.Helper()
	if u, a := s.count("user"), s.count("account"); u != users || a != accounts {
		s.t.Errorf("%d users and %d accounts, want %d and %d", u, a, users, accounts)
	}
}

// errorAt is where errors are shown that no sign-in says where.
func errorAt(code string) string { return ownOrigin + "/api/auth/error?error=" + code }

var (
	ada      = oauthtest.Profile{Sub: "1001", Email: "Ada@Example.com", Name: "Ada L", Login: "ada", Picture: "https://img.test/a.png", ExpiresIn: 3600, Refresh: true, Scope: "openid email"}
	unproven = false
)

func keyring(t *testing.T) *tokens.Keyring {
	t.Helper()
	keys, err := tokens.NewKeyring(secret)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func signed(t *testing.T, value string) string { return keyring(t).Sign(value) }

// sealed is a text as the server seals it for a purpose.
func sealed(t *testing.T, purpose, text string) string {
	t.Helper()
	keys := keyring(t)
	if purpose != "" {
		keys = keys.ForPurpose(purpose)
	}
	value, err := keys.Encrypt(text)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// flip changes the last letter of a hexadecimal text.
func flip(text string) string {
	last := text[len(text)-1]
	if last == '0' {
		return text[:len(text)-1] + "1"
	}
	return text[:len(text)-1] + "0"
}
