package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

// given are the tokens in an answer.
type given struct {
	AccessToken, RefreshToken, IDToken string
	AccessTokenExpiresAt               time.Time
	Scopes                             []string
	ProviderID, AccountID              string
}

func (b *agent) tokens(path, body string) given {
	b.t.Helper()
	got := b.post(path, body)
	var tokens given
	if err := json.Unmarshal([]byte(got.body), &tokens); err != nil || got.status != 200 {
		b.t.Fatalf("%s: %d %s\n%s", path, got.status, got.body, b.log)
	}
	return tokens
}

// account is the row id of the only account of a provider, as a body.
func (s *social) account(provider string) string {
	s.t.Helper()
	return `{"accountId":"` + s.text(`select id from account where "providerId" = $1`, provider) + `"}`
}

func TestTokensAreStoredAsConfigured(t *testing.T) {
	t.Parallel()
	for _, encrypt := range []bool{false, true} {
		s := startSocial(t, fmt.Sprintf("account: {encryptOAuthTokens: %v}", encrypt))
		b := s.browser()
		b.signIn("google", ada, "")
		got := b.tokens("/get-access-token", s.account("google"))
		if !strings.HasPrefix(got.AccessToken, "at_") || got.IDToken == "" || !slices.Equal(got.Scopes, []string{"openid", "email"}) ||
			got.AccessTokenExpiresAt.Sub(s.clock.Now()).Round(time.Second) != time.Hour {
			t.Errorf("the tokens are %+v", got)
		}
		stored := s.text(`select "accessToken" || "refreshToken" from account`)
		if plain := strings.Contains(stored, "at_") || strings.Contains(stored, "rt_"); plain == encrypt {
			t.Errorf("with encryption %v, stored is %s", encrypt, stored)
		}
		if idToken := s.text(`select "idToken" from account`); idToken != got.IDToken {
			t.Errorf("the ID token is stored as %s", idToken)
		}
		renewed := b.tokens("/refresh-token", s.account("google"))
		if renewed.AccessToken == got.AccessToken || !strings.HasPrefix(renewed.RefreshToken, "rt_") || renewed.ProviderID != "google" {
			t.Errorf("the new tokens are %+v", renewed)
		}
		if again := b.tokens("/get-access-token", s.account("google")); again.AccessToken != renewed.AccessToken {
			t.Error("the new access token was not stored")
		}
	}
}

func TestTokensFromBeforeEncryptionStayReadable(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "account: {encryptOAuthTokens: true}")
	b := s.browser()
	b.signIn("google", ada, "")
	s.exec(`update account set "accessToken" = 'ya29.plain'`)
	if got := b.tokens("/get-access-token", s.account("google")); got.AccessToken != "ya29.plain" {
		t.Errorf("the access token is %q", got.AccessToken)
	}
	// What looks encrypted, and is not by one of our keys, is given to nobody.
	for _, token := range []string{strings.Repeat("ab", 60), "$ba$1$" + strings.Repeat("ab", 60), "$ba$"} {
		s.exec(`update account set "accessToken" = $1`, token)
		if got := b.post("/get-access-token", s.account("google")); got.status != 400 || !strings.Contains(got.body, "FAILED_TO_GET_ACCESS_TOKEN") {
			t.Errorf("%.20s: %d %s", token, got.status, got.body)
		}
	}
	s.exec(`update account set "refreshToken" = 'abcd'`)
	if got := b.post("/refresh-token", s.account("google")); got.status != 400 || !strings.Contains(got.body, "FAILED_TO_REFRESH_ACCESS_TOKEN") {
		t.Errorf("%d %s", got.status, got.body)
	}
	// Nor does it stand in the way of who signs in again, as after a secret was taken away.
	again := s.browser()
	again.signIn("google", ada, "")
	if got := again.tokens("/refresh-token", s.account("google")); !strings.HasPrefix(got.AccessToken, "at_") {
		t.Errorf("the new access token is %q", got.AccessToken)
	}
}

func TestAnAccessTokenIsRenewedJustBeforeItEnds(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	b := s.browser()
	b.signIn("google", ada, "")
	first := b.tokens("/get-access-token", s.account("google"))
	s.exec(`update account set "accessTokenExpiresAt" = $1`, s.clock.Now().Add(5*time.Second+10*time.Millisecond))
	if got := b.tokens("/get-access-token", s.account("google")); got.AccessToken != first.AccessToken {
		t.Error("renewed more than 5 seconds before its end")
	}
	s.exec(`update account set "accessTokenExpiresAt" = $1`, s.clock.Now().Add(5*time.Second-10*time.Millisecond))
	got := b.tokens("/get-access-token", s.account("google"))
	if got.AccessToken == first.AccessToken || got.AccessTokenExpiresAt.Sub(s.clock.Now()).Round(time.Second) != time.Hour {
		t.Errorf("not renewed: %+v", got)
	}
	// Without a refresh token there is only the old one.
	s.exec(`update account set "accessTokenExpiresAt" = $1, "refreshToken" = null`, s.clock.Now().Add(-time.Hour))
	if again := b.tokens("/get-access-token", s.account("google")); again.AccessToken != got.AccessToken {
		t.Errorf("%+v", again)
	}
}

// The fake takes a refresh token only once, as providers do that rotate them.
func TestRefreshTokensThatRotateAreNotLost(t *testing.T) {
	t.Parallel()
	const tries = 12
	for name, c := range map[string]struct {
		path string
		asks int
	}{"all need a new access token": {"/get-access-token", 1}, "all ask for new tokens": {"/refresh-token", tries}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSocial(t, "database: {maxConnections: 4}")
			b := s.browser()
			b.signIn("google", ada, "")
			account := s.account("google")
			s.exec(`update account set "accessTokenExpiresAt" = $1`, s.clock.Now())
			asked := len(s.fake.Requests(s.fake.Endpoints("google").Token))
			var wait sync.WaitGroup
			var mu sync.Mutex
			access := map[string]bool{}
			for range tries {
				wait.Go(func() {
					got := b.send("POST", "/api/auth"+c.path, append(b.headers(), [2]string{"Content-Type", jsonType}, [2]string{"Content-Length", length(account)}), account)
					var tokens given
					if err := json.Unmarshal([]byte(got.body), &tokens); err != nil || got.status != 200 {
						t.Errorf("%d %s", got.status, got.body)
					}
					mu.Lock()
					defer mu.Unlock()
					access[tokens.AccessToken] = true
				})
			}
			wait.Wait()
			if got := len(s.fake.Requests(s.fake.Endpoints("google").Token)) - asked; got != c.asks || len(access) != c.asks {
				t.Errorf("the provider was asked %d times and gave %d access tokens, want %d", got, len(access), c.asks)
			}
			if got := b.post("/refresh-token", account); got.status != 200 {
				t.Errorf("the stored refresh token is used up: %d %s\n%s", got.status, got.body, s.log)
			}
		})
	}
}

func TestAClientThatGoesAwayDoesNotLoseTheNewRefreshToken(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	b := s.browser()
	b.signIn("google", ada, "")
	account := s.account("google")
	endpoint := s.fake.Endpoints("google").Token
	arrived, release := make(chan struct{}), make(chan struct{})
	s.fake.Replace(endpoint, func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		oauthtest.JSON(map[string]any{"access_token": "at_late", "refresh_token": "rt_late", "token_type": "Bearer", "expires_in": 3600})(w, nil)
	})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/api/auth/refresh-token", strings.NewReader(account))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range b.headers() {
		request.Header.Set(header[0], header[1])
	}
	request.Header.Set("Content-Type", jsonType)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if response, err := http.DefaultClient.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	}()
	<-arrived
	cancel()
	<-ended
	close(release)
	deadline := time.Now().Add(10 * time.Second)
	for s.text(`select "refreshToken" from account`) != "rt_late" {
		if time.Now().After(deadline) {
			t.Fatal("the new refresh token was not stored")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestAProviderThatDoesNotRenewChangesNothing(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	b := s.browser()
	b.signIn("google", ada, "")
	s.exec(`update account set "accessTokenExpiresAt" = $1`, s.clock.Now().Add(-time.Hour))
	row := s.text(`select row_to_json(a) from account a`)
	endpoint := s.fake.Endpoints("google").Token
	for name, answer := range map[string]http.HandlerFunc{
		"refuses":       oauthtest.Status(400),
		"is down":       oauthtest.Status(503),
		"answers HTML":  oauthtest.Body("text/html", "<p>no</p>"),
		"has no token":  oauthtest.JSON(map[string]any{"token_type": "Bearer"}),
		"has odd types": oauthtest.JSON(map[string]any{"access_token": 7, "expires_in": []int{}}),
		"sends us away": oauthtest.Redirect("http://evil.test/", 307),
	} {
		s.fake.Replace(endpoint, answer)
		for path, code := range map[string]string{"/get-access-token": "FAILED_TO_GET_ACCESS_TOKEN", "/refresh-token": "FAILED_TO_REFRESH_ACCESS_TOKEN"} {
			if got := b.post(path, s.account("google")); got.status != 400 || !strings.Contains(got.body, code) {
				t.Errorf("a provider that %s: %s: %d %s", name, path, got.status, got.body)
			}
		}
	}
	if got := s.text(`select row_to_json(a) from account a`); got != row {
		t.Errorf("the row became %s", got)
	}
	if !strings.Contains(s.log.String(), "social provider google: refreshing the tokens: the provider refused: status 400") {
		t.Error("the log does not say why")
	}
	s.fake.Replace(endpoint, nil)
	b.tokens("/get-access-token", s.account("google"))
}

func TestTokensAreForTheOwnerOnly(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "account: {storeAccountCookie: true}\nsession: {cookieCache: {enabled: true}}")
	b := s.browser()
	b.signIn("google", ada, "")
	account, id := s.account("google"), s.text(`select id from account`)
	credential := s.local("eve@example.com", true)
	stolen := &agent{s, map[string]string{"better-auth.session_token": credential.cookies["better-auth.session_token"]}}
	for name, value := range b.cookies {
		if strings.HasPrefix(name, accountCookie) {
			stolen.cookies[name] = value
		}
	}
	if len(stolen.cookies) < 2 {
		t.Fatal("there is no account to steal")
	}
	for name, eve := range map[string]*agent{"by the id": credential, "by the cookie": stolen} {
		eve := func() *agent { return &agent{s, maps.Clone(eve.cookies)} } // the first answer takes the cookie away
		for _, body := range []string{account, `{"useAccountCookie":true}`} {
			for _, path := range []string{"/get-access-token", "/refresh-token"} {
				if got := eve().post(path, body); got.status != 400 || !strings.Contains(got.body, "ACCOUNT_NOT_FOUND") {
					t.Errorf("%s, %s %s: %d %s", name, path, body, got.status, got.body)
				}
			}
		}
		if got := eve().get("/api/auth/account-info?accountId=" + id); got.status != 400 || !strings.Contains(got.body, "ACCOUNT_NOT_FOUND") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	for _, body := range []string{
		``, `[]`, `"x"`, `{}`, `{"accountId":1}`, `{"useAccountCookie":"true"}`, `{"useAccountCookie":false}`, `{"accountId":"a","useAccountCookie":true}`, `{"accountId":"a","userId":1}`,
	} {
		if got := b.post("/get-access-token", body); got.status != 400 || got.body != `{"message":"[body] Invalid input","code":"VALIDATION_ERROR"}` {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	for body, problem := range map[string]string{`{"accountId":"a","providerId":"google"}`: `Unrecognized key: \"providerId\"`, `{"useAccountCookie":true,"a":1,"b":2}`: `Unrecognized keys: \"a\", \"b\"`} {
		if got := b.post("/refresh-token", body); got.status != 400 || !strings.Contains(got.body, problem) {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	// The cookie cache still knows a session that was revoked; these endpoints do not believe it.
	s.exec(`delete from session`)
	for _, got := range []answer{b.post("/get-access-token", account), b.post("/refresh-token", account), b.get("/api/auth/account-info?accountId=" + id)} {
		if got.status != 401 || got.body != "" || got.headers.Get("Content-Type") != jsonType {
			t.Errorf("a revoked session: %d %s", got.status, got.body)
		}
	}
}

func TestAccountInfoIsWhatTheProviderSays(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	b := s.browser()
	for provider, part := range map[string]string{"google": `"sub":"1001"`, "github": `"avatar_url"`, "corp": `"sub":"1001"`} {
		who := ada
		who.Email = provider + "@example.com"
		b.signIn(provider, who, "")
		id := s.text(`select id from account where "providerId" = $1`, provider)
		s.exec(`update account set "accessTokenExpiresAt" = $1 where "providerId" = 'google'`, s.clock.Now())
		got := b.get("/api/auth/account-info?accountId=" + id)
		want := fmt.Sprintf(`{"user":{"name":"Ada L","email":%q,"image":"https://img.test/a.png","emailVerified":true},"data":{`, who.Email)
		end := fmt.Sprintf(`},"account":{"id":%q,"providerId":%q,"accountId":"1001"}}`, id, provider)
		if got.status != 200 || !strings.HasPrefix(got.body, want) || !strings.Contains(got.body, part) || !strings.HasSuffix(got.body, end) || !json.Valid([]byte(got.body)) {
			t.Errorf("%s: %d %s", provider, got.status, got.body)
		}
	}
	id := s.text(`select id from account where "providerId" = 'github'`)
	b.signIn("github", func() oauthtest.Profile { p := ada; p.Email = "github@example.com"; return p }(), "")
	s.fake.Replace(s.fake.Endpoints("github").UserInfo, oauthtest.Status(401))
	if got := b.get("/api/auth/account-info?accountId=" + id); got.status != 401 || !strings.Contains(got.body, "FAILED_TO_GET_USER_INFO") {
		t.Errorf("a token that the provider does not take: %d %s", got.status, got.body)
	}
	s.fake.Replace(s.fake.Endpoints("github").UserInfo, oauthtest.Status(500))
	if got := b.get("/api/auth/account-info?accountId=" + id); got.status != 503 {
		t.Errorf("a provider that is down: %d %s", got.status, got.body)
	}
	s.exec(`update account set "accessToken" = null`)
	if got := b.get("/api/auth/account-info?accountId=" + id); got.status != 400 || !strings.Contains(got.body, "ACCESS_TOKEN_NOT_FOUND") {
		t.Errorf("no access token: %d %s", got.status, got.body)
	}
	for _, query := range []string{"", "?accountId=a&accountId=b", "?useAccountCookie=true", "?accountId=a&userId=b&userId=c"} {
		if got := b.get("/api/auth/account-info" + query); got.status != 400 || !strings.Contains(got.body, "[query] Invalid input") {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

const accountCookie = "better-auth.account_data"

func TestAnAccountInACookieFollowsItsSession(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "account: {storeAccountCookie: true, encryptOAuthTokens: true}\nsession: {cookieCache: {enabled: true, maxAge: 2m}}")
	b := s.browser()
	got := b.signIn("google", ada, "")
	if cookies := strings.Join(got.headers["Set-Cookie"], "\n"); !strings.Contains(cookies, accountCookie+"=") || !strings.Contains(cookies, "Max-Age=120;") {
		t.Fatalf("the cookies are %s", cookies)
	}
	current := b.tokens("/get-access-token", `{"useAccountCookie":true}`)
	// A renewal renews the cookie too, whichever way the account was named.
	s.exec(`update account set "accessTokenExpiresAt" = $1`, s.clock.Now())
	if again := b.tokens("/get-access-token", `{"useAccountCookie":true}`); again.AccessToken != current.AccessToken {
		t.Error("the cookie is not asked first")
	}
	renewed := b.tokens("/get-access-token", s.account("google"))
	if again := b.tokens("/get-access-token", `{"useAccountCookie":true}`); again.AccessToken != renewed.AccessToken || renewed.AccessToken == current.AccessToken {
		t.Error("the cookie holds the old token")
	}
	// The tokens of the cookie may be older than those of the row, of which the refresh token counts.
	old := b.cookies[accountCookie]
	b.tokens("/refresh-token", s.account("google"))
	b.cookies[accountCookie] = old
	if again := b.tokens("/refresh-token", `{"useAccountCookie":true}`); again.AccountID != s.text(`select id from account`) {
		t.Errorf("%+v", again)
	}
	// The cookie lives as long as it is used.
	for range 3 {
		s.clock.advance(100 * time.Second)
		if b.get(getSessionPath); b.cookies[accountCookie] == "" {
			t.Fatal("the cookie is gone")
		}
	}
	s.clock.advance(140 * time.Second)
	if got := b.post("/get-access-token", `{"useAccountCookie":true}`); got.status != 400 || !strings.Contains(got.body, "ACCOUNT_NOT_FOUND") {
		t.Errorf("a cookie that is over: %d %s", got.status, got.body)
	}
	// Another user at the same browser.
	b.signIn("google", ada, "")
	b.post("/sign-up/email", signUpBody("eve@example.com"))
	if b.cookies[accountCookie] != "" {
		t.Error("the account of the user before stays")
	}
	b.signIn("google", ada, "")
	if b.post("/sign-out", "{}"); len(b.cookies) > 0 {
		t.Errorf("after a sign-out the browser keeps %v", b.cookies)
	}
}

func TestAnAccountWithLargeTokensIsSplitOrLeftOut(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "account: {storeAccountCookie: true}\nsocialProviders: [{id: google, clientID: google-client-id}]")
	for size, split := range map[int]bool{2_000: true, 40_000: false} {
		who := ada
		who.Sub = fmt.Sprint(size)
		who.Email = who.Sub + "@example.com"
		who.Claims = map[string]any{"extra": incompressible(size)}
		b := s.browser()
		got := b.signIn("google", who, `,"callbackURL":"/in"`)
		if size > 30_000 {
			// The tokens are larger than a URL may be; sign in with an ID token.
			got = b.post("/sign-in/social", `{"provider":"google","idToken":{"token":"`+s.fake.IDToken("google", who, "")+`"}}`)
		}
		if got.status != 302 && got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		n := 0
		for name := range b.cookies {
			if strings.HasPrefix(name, accountCookie) {
				n++
			}
		}
		if split && n < 2 || !split && n > 0 {
			t.Errorf("%d bytes: %d cookies", size, n)
		}
		if split {
			b.tokens("/get-access-token", `{"useAccountCookie":true}`)
		}
		if b.user() != who.Email {
			t.Error("the browser is not signed in")
		}
	}
}
