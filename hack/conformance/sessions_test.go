package conformance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// session is a way to send a session cookie, and the row that it is about.
type session struct {
	name string
	// life is how long the row lives from now on; 0 means that there is no row.
	life time.Duration
	// write makes the Cookie header from the token and its signed, percent-encoded form.
	write func(token, signed string) string

	token, cookie string
}

const (
	week   = 7 * 24 * time.Hour
	cookie = "better-auth.session_token="
)

var live = session{name: "live", life: week, write: func(_, signed string) string { return cookie + signed }}

var sessions = []session{
	{name: "none"},
	{name: "another cookie", write: func(_, _ string) string { return "theme=dark" }},
	live,
	{name: "live among others", life: week, write: func(_, signed string) string { return "a=b; " + cookie + signed + "; c=d" }},
	{name: "due for refresh", life: 5 * 24 * time.Hour, write: live.write},
	{name: "expired", life: -time.Second, write: live.write},
	{name: "unknown", write: live.write},
	{name: "not remembered", life: 12 * time.Hour, write: func(_, signed string) string {
		return cookie + signed + "; better-auth.dont_remember=" + sign("true")
	}},
	{name: "not remembered, badly signed", life: 12 * time.Hour, write: func(_, signed string) string {
		return cookie + signed + "; better-auth.dont_remember=true"
	}},
	{name: "not encoded", life: week, write: func(_, signed string) string { plain, _ := url.QueryUnescape(signed); return cookie + plain }},
	{name: "quoted", life: week, write: func(_, signed string) string { return cookie + `"` + signed + `"` }},
	{name: "unsigned", life: week, write: func(token, _ string) string { return cookie + token }},
	{name: "badly signed", life: week, write: func(token, _ string) string { return cookie + token + "." + sign("other")[len("other."):] }},
	{name: "signature cut", life: week, write: func(_, signed string) string { return cookie + signed[:len(signed)-4] }},
	{name: "signed empty", write: func(_, _ string) string { return cookie + sign("") }},
	{name: "signed with NUL", write: func(_, _ string) string { return cookie + sign("a\x00b") }},
	{name: "signed with dots", write: func(_, _ string) string { return cookie + sign("a.b.c") }},
	{name: "empty", write: func(_, _ string) string { return cookie }},
	{name: "bad encoding", write: func(_, _ string) string { return cookie + "%zz.%" }},
	{name: "twice, first counts", life: week, write: func(_, signed string) string { return cookie + signed + "; " + cookie + "x" }},
	{name: "twice, first is wrong", life: week, write: func(_, signed string) string { return cookie + "x; " + cookie + signed }},
	{name: "other prefix", life: week, write: func(_, signed string) string { return "__Secure-" + cookie + signed }},
	{name: "stray cache", life: week, write: func(_, signed string) string { return cookie + signed + "; better-auth.session_data=eyJ9" }},
	{name: "stray cache alone", write: func(_, _ string) string { return "better-auth.session_data=eyJ9" }},
	{name: "broken header", life: week, write: func(_, signed string) string { return ";;=; x;" + cookie + signed + ";" }},
}

// draw gives the session a token.
func (s session) draw(g generator) session {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	token := make([]byte, 32)
	for i := range token {
		token[i] = letters[g.IntN(len(letters))]
	}
	s.token = string(token)
	if s.write != nil {
		s.cookie = s.write(s.token, sign(s.token))
	}
	return s
}

// sign makes a cookie value as contract 4.2 says.
func sign(value string) string {
	mac := hmac.New(sha256.New, []byte(servers.Secret))
	mac.Write([]byte(value))
	return url.QueryEscape(value + "." + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// insert puts the row of the session, if it has one, into the database.
func (s session) insert(t *testing.T, conn *pgx.Conn, now time.Time) {
	t.Helper()
	if s.life == 0 {
		return
	}
	execute(t, conn, `INSERT INTO session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
		SELECT 's' || substr($1, 2), $1, id, $2, $3, $3, '198.51.100.4', 'earlier' FROM "user" WHERE email = 'alice@example.com'`,
		s.token, now.Add(s.life), now)
}
