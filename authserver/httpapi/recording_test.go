package httpapi_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// recording is one file of exchanges with the real Better-Auth 1.7.25.
type recording struct {
	name      string
	ServerEnv map[string]string
	Exchanges []exchange
}

type exchange struct {
	Name    string
	Request struct {
		Method, Path string
		Headers      map[string]string
		Body         *string
	}
	Response struct {
		Status  int
		Headers map[string]any
		Body    *string
		// Visible is the text of a page.
		Visible string
	}
	Mail  []recordedMail
	After *struct{ DB map[string]json.RawMessage }
}

func readRecording(t *testing.T, file string) recording {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := recording{name: strings.TrimSuffix(filepath.Base(file), ".json")}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (e exchange) path() string {
	path, _, _ := strings.Cut(e.Request.Path, "?")
	return path
}

func (e exchange) requestBody() string {
	if e.Request.Body == nil {
		return ""
	}
	return *e.Request.Body
}

func (e exchange) responseBody() string {
	if e.Response.Body == nil {
		return ""
	}
	return *e.Response.Body
}

// setCookies are the recorded Set-Cookie headers.
func (e exchange) setCookies() []string {
	var cookies []string
	list, _ := e.Response.Headers["set-cookie"].([]any)
	for _, cookie := range list {
		cookies = append(cookies, cookie.(string))
	}
	return cookies
}

// at is when the recorder got the answer, to the second.
func (e exchange) at(t *testing.T) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC1123, e.Response.Headers["date"].(string))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// config is the configuration that makes our server the recorded one.
func (r recording) config() string {
	env := r.ServerEnv
	lines := []string{"baseURL: " + or(env["BASE_URL"], "http://localhost:41001"), "trustedProxies: [127.0.0.1]"}
	add := func(line string) { lines = append(lines, line) }
	add("trustedOrigins: [" + quoteList(strings.Split(env["TRUSTED_ORIGINS"], ",")) + "]")
	if env["NODE_ENV"] == "production" {
		// In production, Better-Auth leaves the error page to the application at the same origin.
		add("errorURL: /")
	}
	add("session: {" + strings.Join(r.session(), ", ") + "}")
	lines = append(lines, r.links()...)
	add("emailAndPassword: {" + strings.Join(r.emailAndPassword(), ", ") + "}")
	add("customFields: [" + customFields[env["FIELDS"]] + "]")
	add("rateLimit: {" + strings.Join(r.rateLimit(), ", ") + "}")
	add("features: {" + strings.Join(r.features(), ", ") + "}")
	add("socialProviders: [" + strings.Join(r.socialProviders(), ", ") + "]")
	add("account: {" + strings.Join(r.account(), ", ") + "}")
	return strings.Join(lines, "\n")
}

// links are the settings about mails. The recorded server has two senders, of which one may be absent; we have a mail server
// or none, and nobody is there to take mails, so that they stay in the outbox.
func (r recording) links() []string {
	env := r.ServerEnv
	mail, lines := env["NO_VERIFICATION"] == "", []string{}
	if mail {
		lines = append(lines, "email: {host: 127.0.0.1, port: 1, tls: None, from: no-reply@example.com}")
	}
	change := []string{"enabled: " + strconv.FormatBool(env["CHANGE_EMAIL"] != "0"), "confirmCurrent: " + strconv.FormatBool(mail)}
	if env["CHANGE_EMAIL_UNVERIFIED"] == "1" {
		change = append(change, "updateWithoutVerification: true")
	}
	remove := "enabled: " + strconv.FormatBool(env["DELETE_USER"] != "0") + ", sendVerification: " + strconv.FormatBool(env["DELETE_VERIFY"] == "1")
	lines = append(lines, "user: {changeEmail: {"+strings.Join(change, ", ")+"}, deleteUser: {"+remove+"}}")
	var verification []string
	for variable, key := range map[string]string{"AUTO_SIGN_IN_AFTER_VERIFICATION": "autoSignInAfterVerification", "SEND_ON_SIGN_IN": "sendOnSignIn"} {
		if env[variable] == "1" {
			verification = append(verification, key+": true")
		}
	}
	return append(lines, "emailVerification: {"+strings.Join(verification, ", ")+"}")
}

func (r recording) features() (s []string) {
	for _, plugin := range strings.Split(r.ServerEnv["PLUGINS"], ",") {
		if plugin != "" {
			s = append(s, plugin+": {}")
		}
	}
	return s
}

func (r recording) session() (s []string) {
	env := r.ServerEnv
	if env["SECONDARY_STORAGE"] == "1" {
		s = append(s, "storage: Redis")
	}
	if ttl := env["SESSION_EXPIRES_IN"]; ttl != "" {
		s = append(s, "ttl: "+ttl+"s")
	}
	if age := env["SESSION_UPDATE_AGE"]; age != "" {
		s = append(s, "updateAge: "+age+"s")
	}
	if age := env["FRESH_AGE"]; age != "" {
		s = append(s, "freshAge: "+age+"s")
	}
	if env["DEFER_SESSION_REFRESH"] == "1" {
		s = append(s, "deferRefresh: true")
	}
	if env["SESSION_FIELDS"] != "" {
		s = append(s, "fields: ["+sessionFields+"]")
	}
	var cookie []string
	if prefix := env["COOKIE_PREFIX"]; prefix != "" {
		cookie = append(cookie, "prefix: "+prefix)
	}
	if domain := env["CROSS_SUBDOMAIN"]; domain != "" {
		cookie = append(cookie, "domain: "+domain)
	}
	if env["SECURE_COOKIES"] == "1" {
		cookie = append(cookie, "secure: true")
	}
	if cache := env["COOKIE_CACHE"]; cache != "" {
		s = append(s, "cookieCache: {enabled: true, strategy: "+string(strategies[cache])+"}")
	}
	return append(s, "cookie: {"+strings.Join(cookie, ", ")+"}")
}

func (r recording) emailAndPassword() (s []string) {
	env := r.ServerEnv
	for variable, line := range map[string]string{
		"EMAIL_PASSWORD": "enabled: false", "AUTO_SIGN_IN": "autoSignIn: false",
	} {
		if env[variable] == "0" {
			s = append(s, line)
		}
	}
	for variable, key := range map[string]string{
		"DISABLE_SIGN_UP": "disableSignUp", "REQUIRE_EMAIL_VERIFICATION": "requireEmailVerification", "REVOKE_ON_RESET": "revokeSessionsOnPasswordReset",
	} {
		if env[variable] == "1" {
			s = append(s, key+": true")
		}
	}
	if seconds := env["RESET_EXPIRES_IN"]; seconds != "" {
		s = append(s, "resetPasswordTokenTTL: "+seconds+"s")
	}
	for variable, key := range map[string]string{"MIN_PASSWORD": "minPasswordLength", "MAX_PASSWORD": "maxPasswordLength"} {
		if env[variable] != "" {
			s = append(s, key+": "+env[variable])
		}
	}
	return s
}

func (r recording) rateLimit() []string {
	env := r.ServerEnv
	// Better-Auth limits in production, or when told to; these are its rules.
	if env["RATE_LIMIT"] != "1" && env["NODE_ENV"] != "production" {
		return []string{"enabled: false"}
	}
	storage := "Memory"
	switch {
	case env["RATE_LIMIT_STORAGE"] == "database":
		storage = "Database"
	case env["SECONDARY_STORAGE"] == "1":
		storage = "Redis"
	}
	return []string{"storage: " + storage, "auth: {max: 3, window: 10s}", "default: {max: 100, window: 10s}", "rules: [" + limitRules(env["RATE_LIMIT_RULES"]) + mailRules + "]"}
}

// mailRules are those of the recorded server for endpoints that send mail to strangers.
const mailRules = "{path: /request-password-reset, max: 3, window: 60s}, {path: /send-verification-email, max: 3, window: 60s}"

func limitRules(text string) string {
	if text == "" {
		return ""
	}
	var rules map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &rules); err != nil {
		panic(err)
	}
	var list []string
	for path, rule := range rules {
		var limit struct{ Max, Window int }
		if json.Unmarshal(rule, &limit) != nil {
			list = append(list, "{path: '"+path+"', disabled: true}, ")
			continue
		}
		list = append(list, "{path: '"+path+"', max: "+strconv.Itoa(limit.Max)+", window: "+strconv.Itoa(limit.Window)+"s}, ")
	}
	return strings.Join(list, "")
}

// customFields are the presets of the recorded server.
var customFields = map[string]string{
	"seed": `{name: role, type: string}, {name: tier, type: string}`,
	"full": `{name: role, type: string, default: user}, {name: tier, type: string, required: true}, {name: age, type: number},
	  {name: flag, type: boolean}, {name: tags, type: "string[]"}, {name: birthday, type: date}, {name: level, type: number, default: "1", input: false},
	  {name: internalNote, type: string, input: false}, {name: secretNote, type: string, returned: false}`,
}

// sessionFields are what the recorded server was told by SESSION_FIELDS.
const sessionFields = `{name: device, type: string}, {name: theme, type: string, default: light}, {name: locked, type: string, input: false}`

func quoteList(items []string) string {
	for i, item := range items {
		items[i] = "'" + item + "'"
	}
	return strings.Join(items, ", ")
}

func or(text, preset string) string {
	if text == "" {
		return preset
	}
	return text
}

func length(body string) string { return strconv.Itoa(len(body)) }
