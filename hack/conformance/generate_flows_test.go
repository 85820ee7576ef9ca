package conformance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// The requests of the ways in and back in that go through mail or a social provider.

// flow makes it a request of such a way.
func (d *draft) flow(g generator) {
	flows := []func(generator, *draft){
		requestReset, requestReset, openReset, reset, reset, sendVerification, verifyEmail, verifyEmail, changeEmail, changeEmail,
		signInSocial, signInSocial, linkSocial, callback, unlink, accountTokens, accountInfo, errorPage,
	}
	flows[g.IntN(len(flows))](g, d)
}

func requestReset(_ generator, d *draft) {
	d.method, d.path = "POST", "request-password-reset"
	d.members = []member{{"email", `"alice@example.com"`}, {"redirectTo", `"/reset"`}}
}

// knownReset is the token of a reset that both databases know.
const knownReset = "resetResetResetResetRese"

func openReset(g generator, d *draft) {
	d.method, d.path = "GET", "reset-password/"+g.pick([]string{knownReset, "unknown", "a%2Fb", "%00", "%zz"})
	d.query = g.pick([]string{"callbackURL=%2Freset", "callbackURL=/reset?a=b%23c", "callbackURL=", "", "callbackURL=https://evil.example.net", "callbackURL=https%3A%2F%2Fapp.example.com%2Fx"})
	d.value = &verification{"reset-password:" + knownReset, g.alice}
}

func reset(g generator, d *draft) {
	d.method, d.path = "POST", "reset-password"
	d.members = []member{{"newPassword", `"Password123!"`}, {"token", `"` + knownReset + `"`}}
	if g.IntN(3) > 0 {
		d.value = &verification{"reset-password:" + knownReset, g.pick([]string{g.alice, g.alice, "nobody"})}
	}
	if g.IntN(5) == 0 {
		d.members, d.query = d.members[:1], "token="+knownReset
	}
}

func sendVerification(_ generator, d *draft) {
	d.method, d.path = "POST", "send-verification-email"
	d.members = []member{{"email", `"alice@example.com"`}, {"callbackURL", `"/verified"`}}
}

// emailClaims are claims of verification tokens.
func (g generator) emailClaims() map[string]any {
	all := []map[string]any{
		{"email": "alice@example.com"}, {"email": "ALICE@example.com"}, {"email": "nobody@example.com"}, {"email": 5}, {},
		{"email": "alice@example.com", "userId": g.alice}, {"email": "alice@example.com", "userId": "another"},
		{"email": "alice@example.com", "updateTo": "changed@example.com"},
		{"email": "alice@example.com", "updateTo": "changed@example.com", "userId": g.alice},
		{"email": "alice@example.com", "updateTo": "changed@example.com", "requestType": "change-email-verification", "userId": g.alice},
		{"email": "alice@example.com", "updateTo": "changed@example.com", "requestType": "change-email-confirmation", "userId": g.alice},
		{"email": "alice@example.com", "updateTo": "changed@example.com", "requestType": "unknown", "userId": g.alice},
		{"email": "alice@example.com", "updateTo": "changed@example.com", "requestType": "change-email-verification"},
	}
	return all[g.IntN(len(all))]
}

func verifyEmail(g generator, d *draft) {
	d.method, d.path = "GET", "verify-email"
	expires, secret := time.Hour, servers.Secret
	switch g.IntN(8) {
	case 0:
		expires = -time.Minute
	case 1:
		secret = "another-secret-another-secret-another"
	}
	d.query = "token=" + emailToken(g.emailClaims(), expires, secret)
	if g.IntN(8) == 0 {
		d.query = g.pick([]string{"token=", "token=a.b.c", "token=a&token=b", "", "token=%00"})
	}
	if g.IntN(2) == 0 {
		d.query += "&" + g.pick([]string{"callbackURL=/done", "callbackURL=%2Fdone%3Fa%3D1%23f", "callbackURL=https%3A%2F%2Fapp.example.com%2Fx", "callbackURL=https://evil.example.net", "callbackURL="})
	}
	if g.IntN(3) == 0 {
		d.session = live
	}
}

// emailToken is a token of contract 5.2.
func emailToken(claims map[string]any, life time.Duration, secret string) string {
	claims["iat"], claims["exp"] = time.Now().Unix(), time.Now().Add(life).Unix()
	text, err := json.Marshal(claims)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256"}`)) + "." + encode(text)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

func changeEmail(g generator, d *draft) {
	d.method, d.path, d.session = "POST", "change-email", live
	d.members = []member{{"newEmail", g.pick([]string{`"changed@example.com"`, `"alice@example.com"`, `"ALICE@example.com"`, `"Changed@Example.com"`})}, {"callbackURL", `"/changed"`}}
}

func signInSocial(g generator, d *draft) {
	d.method, d.path = "POST", "sign-in/social"
	d.members = []member{{"provider", g.pick([]string{`"github"`, `"google"`})}, {"callbackURL", `"/welcome"`}}
	for range g.IntN(3) {
		option := socialOptions[g.IntN(len(socialOptions))]
		d.set(option.name, option.value)
	}
}

var socialOptions = []member{
	{"provider", `"discord"`}, {"provider", `"none"`}, {"provider", `"__proto__"`}, {"provider", "5"}, {"provider", ""},
	{"scopes", `["repo"]`}, {"scopes", `["a b","c"]`}, {"scopes", `"repo"`}, {"scopes", `[5]`}, {"loginHint", `"alice@example.com"`}, {"loginHint", "5"},
	{"disableRedirect", "true"}, {"disableRedirect", `"true"`}, {"requestSignUp", "true"}, {"requestSignUp", "1"},
	{"errorCallbackURL", `"/error"`}, {"newUserCallbackURL", `"/new"`}, {"newUserCallbackURL", `"https://evil.example.net"`},
	{"additionalData", `{"a":1}`}, {"additionalData", `"a"`}, {"additionalParams", `{"prompt":"consent"}`}, {"additionalParams", `{"state":"x"}`}, {"additionalParams", `{"a":5}`},
	{"idToken", `{"token":"a.b.c"}`}, {"idToken", `{"token":5}`}, {"idToken", `{}`}, {"idToken", `"a"`},
}

func linkSocial(g generator, d *draft) {
	signInSocial(g, d)
	d.path, d.session = "link-social", live
}

func callback(g generator, d *draft) {
	d.method, d.path = "GET", "callback/"+g.pick([]string{"github", "google", "discord", "a%2Fb", "__proto__"})
	d.query = g.pick([]string{
		"", "code=x", "error=access_denied", "error=access_denied&error_description=No+thanks", "code=x&state=unknown", "state=unknown", "code=x&state=", "code=x&state=a&state=b",
		"code=%00&state=%00", "error=a%0d%0ab", "code=x&state=unknown&iss=https%3A%2F%2Faccounts.google.com",
	})
}

func unlink(g generator, d *draft) {
	d.method, d.path, d.session = "POST", "unlink-account", live
	d.members = []member{{"accountId", g.pick(accountIDs)}}
}

var accountIDs = append([]string{`"unknown"`, `"\u0000"`}, anyType...)

func accountTokens(g generator, d *draft) {
	d.method, d.path, d.session = "POST", g.pick([]string{"get-access-token", "refresh-token"}), live
	d.members = []member{{"accountId", g.pick(accountIDs)}}
	for range g.IntN(2) {
		d.set(g.pick([]string{"userId", "providerId", "useAccountCookie", "unknown"}), g.pick(append([]string{`"github"`}, anyType...)))
	}
}

func accountInfo(g generator, d *draft) {
	d.method, d.path, d.session = "GET", "account-info", live
	d.query = g.pick([]string{"", "accountId=", "accountId=unknown", "accountId=a&accountId=b", "accountId=%00", "providerId=github", "useAccountCookie=true"})
}

func errorPage(g generator, d *draft) {
	d.method, d.path = "GET", "error"
	d.query = g.pick([]string{"", "error=access_denied", "error=<script>", "error=a+b&error_description=c%26d", "error=&error_description=x", "error=a&error=b", "error_description=%3Cb%3E"})
}

// flowChanges are the changes that make sense for the endpoints here.
func (d *draft) flowChanges() []change {
	switch {
	case slices.Contains([]string{"request-password-reset", "send-verification-email", "change-email", "reset-password"}, d.path):
		return []change{changeFlowMember, changeFlowMember, changeFlowMember, changeOrder}
	case d.path == "sign-in/social" || d.path == "link-social":
		return []change{changeCallback, changeOrder}
	}
	return nil
}

func changeFlowMember(g generator, d *draft) {
	if len(d.members) == 0 {
		return
	}
	name := d.members[g.IntN(len(d.members))].name
	pools := map[string][]string{
		"email": emails, "newEmail": emails, "newPassword": passwords, "token": anyType, "callbackURL": callbacks, "redirectTo": callbacks,
	}
	if pool := pools[name]; pool != nil {
		d.set(name, g.pick(pool))
	}
}

// verification is a row that both databases get first.
type verification struct{ identifier, value string }

func (v *verification) insert(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	if v == nil {
		return
	}
	execute(t, conn, `INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
		VALUES (md5(random()::text), $1, $2, now() + interval '1 hour', now(), now())`, v.identifier, v.value)
}
