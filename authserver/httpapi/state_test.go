package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
)

// changes are what the recorder did silently before an exchange ("file/exchange").
var changes = map[string]func(*replayer, exchange){
	"get-session/session expired": func(r *replayer, e exchange) {
		r.seedUser(json.RawMessage(`{"id":"expiredexpiredexpiredexpiredexpi","name":"E","email":"expired@example.com"}`))
		now := r.clock.Now()
		r.insertSession("expiredsessionexpiredsessionexpi", r.requestToken(e), "expiredexpiredexpiredexpiredexpi", now.Add(-time.Second), now)
	},
	"get-session/due, but disableRefresh":                                        expiresIn(5*24*time.Hour + 23*time.Hour + 59*time.Minute),
	"rate-limit-database/after the window: allowed, counter reset":               func(r *replayer, _ exchange) { r.clock.advance(10 * time.Second) },
	"rate-limit-database/get-session over the general rule":                      repeat(99),
	"change-password/change-password with credential account lacking a password": execute(`update account set password = null`),
	"change-password/change-password without credential account":                 execute(`delete from account`),
	"sessions/list-sessions when session is not fresh (created 25 h ago)":        bornAgo(25 * time.Hour),
	"sessions/revoke-session own session":                                        visits("sessions@example.com"),
	"update-user/update-user with dont_remember session":                         visits("upd@example.com"),
	"delete-user/wrong password":                                                 bornAgo(25 * time.Hour),
	"session-update-age-0/list-sessions with freshAge 0":                         bornAgo(25 * time.Hour),
	"session-defer-refresh/GET due":                                              expiresIn(5 * 24 * time.Hour),
	"session-defer-refresh/GET expired (row kept)":                               expiresIn(-time.Second),
	"cookie-cache-compact/get-session still from cache after DB change":          rename("Changed In DB"),
	"cookie-cache-jwt/get-session still from cache after DB change":              rename("Changed In DB"),
	"cookie-cache-jwe/get-session still from cache after DB change":              rename("Changed In DB"),
	"cookie-cache-compact/revoked session still answered from cache":             revoke,
	"cookie-cache-jwt/revoked session still answered from cache":                 revoke,
	"cookie-cache-jwe/revoked session still answered from cache":                 revoke,
	"cookie-cache-compact/session due for refresh, cache fresh: no refresh":      dueForRefresh,
	"change-email/no cookie":                                                     verify("ver@example.com"),
	"change-email-no-sender/change-email, verified":                              verify("n0@example.com"),
	"delete-user-verification/POST with token":                                   token("delete-account-viuf6v39mqjfrg7ddvihxpkq1uqkclui", "dv2@example.com", time.Hour),
	"password-reset/callback, expired token":                                     token("reset-password:bXNCSbUYQ16VCIb9zmqbVZJ3", "reset@example.com", -time.Minute),
	"password-reset/reset, user without credential account creates one": func(r *replayer, e exchange) {
		r.exec(`delete from account`)
		token("reset-password:ZwlBHnqbVoP5ToTaQTAa55hx", "reset@example.com", time.Hour)(r, e)
	},
}

// verify says that a visitor's address is verified.
func verify(email string) func(*replayer, exchange) {
	return func(r *replayer, _ exchange) {
		r.exec(`update "user" set "emailVerified" = true where email = $1`, email)
	}
}

// token is a verification of a visitor that lives for a while yet.
func token(identifier, email string, life time.Duration) func(*replayer, exchange) {
	return func(r *replayer, _ exchange) {
		r.exec(`insert into verification (id, identifier, value, "expiresAt") values ($1, $1, $2, $3)`,
			identifier, r.userID(email), r.clock.Now().Add(life))
	}
}

func expiresIn(d time.Duration) func(*replayer, exchange) {
	return func(r *replayer, e exchange) {
		r.exec(`update session set "expiresAt" = $1 where token = $2`, r.clock.Now().Add(d), r.requestToken(e))
	}
}

// rename changes the user of the session behind the back of the cookie cache.
func rename(name string) func(*replayer, exchange) {
	return func(r *replayer, e exchange) {
		r.exec(`update "user" set name = $1 where id = (select "userId" from session where token = $2)`, name, r.requestToken(e))
	}
}

func revoke(r *replayer, e exchange) {
	r.revoked = r.requestToken(e)
	r.exec(`delete from session where token = $1`, r.revoked)
}

// dueForRefresh makes the rows of a session that the recorder began silently; its cache is from before.
func dueForRefresh(r *replayer, e exchange) {
	var body struct{ User, Session json.RawMessage }
	if err := json.Unmarshal([]byte(e.responseBody()), &body); err != nil {
		r.t.Fatal(err)
	}
	r.prepareSession(e, body.User, body.Session)
	r.exec(`insert into account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
		select 'totHCMMsHICkrDkyUvQpnF8kdvwtFLGG', id, 'credential', id, "createdAt", "createdAt" from "user" where email = $1`, emailOf(body.User))
	expiresIn(5*24*time.Hour)(r, e)
}

func repeat(times int) func(*replayer, exchange) {
	return func(r *replayer, e exchange) {
		for range times {
			r.request(e)
		}
	}
}

func bornAgo(d time.Duration) func(*replayer, exchange) {
	return func(r *replayer, e exchange) {
		r.exec(`update session set "createdAt" = $1 where token = $2`, r.clock.Now().Add(-d), r.requestToken(e))
	}
}

func execute(statement string) func(*replayer, exchange) {
	return func(r *replayer, _ exchange) { r.exec(statement) }
}

// visits begins the session of the request.
func visits(email string) func(*replayer, exchange) {
	return func(r *replayer, e exchange) { r.begin(r.userID(email), r.requestToken(e)) }
}

// prepare makes the rows that the recorder made without an exchange of ours: by silent requests, or by endpoints that
// we do not serve yet. It reads them off the recorded answer.
func (r *replayer) prepare(e exchange) {
	r.t.Helper()
	if change, ok := changes[r.recording.name+"/"+e.Name]; ok {
		change(r, e)
	}
	if r.redis != nil {
		// The recorder did nothing else silently there, and no sessions are in the database.
		return
	}
	r.caller = r.userOf(r.requestToken(e))
	var body struct {
		Token         string
		User, Session json.RawMessage
	}
	if e.Response.Status != 200 || json.Unmarshal([]byte(e.responseBody()), &body) != nil || body.User == nil {
		return
	}
	switch e.path() {
	case "/api/auth/sign-in/email":
		var in struct{ Email, Password string }
		if json.Unmarshal([]byte(e.requestBody()), &in) != nil {
			return
		}
		if email := emailOf(body.User); r.userID(email) == "" {
			r.setPassword(r.seedUser(body.User), in.Password)
		}
	case "/api/auth/get-session":
		r.prepareSession(e, body.User, body.Session)
	}
}

func emailOf(user json.RawMessage) string {
	var u struct{ Email string }
	_ = json.Unmarshal(user, &u)
	return u.Email
}

func (r *replayer) prepareSession(e exchange, user, session json.RawMessage) {
	r.t.Helper()
	token := r.requestToken(e)
	known := r.exists(`select 1 from session where token = $1`, token)
	if known && !r.unserved || token == r.revoked {
		return
	}
	id := r.seedUser(user)
	if known {
		return
	}
	var s struct {
		ID, IPAddress, UserAgent string
		ExpiresAt, CreatedAt     time.Time
	}
	if err := json.Unmarshal(session, &s); err != nil {
		r.t.Fatal(err)
	}
	shift := r.clock.Now().Sub(e.at(r.t))
	expires := s.ExpiresAt.Add(shift)
	if len(e.setCookies()) > 0 && r.recording.name == "get-session" && e.Name != "stale session_data cookie when cache disabled" {
		r.t.Fatalf("%s: the session was refreshed; add its earlier state to changes", e.Name)
	}
	r.insertSession(s.ID, token, id, expires, s.CreatedAt.Add(shift))
	r.exec(`update session set "ipAddress" = $1, "userAgent" = $2 where id = $3`, s.IPAddress, s.UserAgent, s.ID)
}

func (r *replayer) insertSession(id, token, userID string, expires, created time.Time) {
	r.t.Helper()
	r.exec(`insert into session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") values ($1, $2, $3, $4, $5, $5, '', '')`,
		id, token, userID, expires.Truncate(time.Millisecond), created.Truncate(time.Millisecond))
}

// seedUser writes the user of a recorded answer and returns its id.
func (r *replayer) seedUser(user json.RawMessage) string {
	r.t.Helper()
	columns := map[string]any{"emailVerified": false}
	if err := json.Unmarshal(user, &columns); err != nil {
		r.t.Fatal(err)
	}
	for column, value := range columns {
		if text, ok := value.(string); ok && r.pairs.ours[text] != "" {
			columns[column] = r.pairs.ours[text]
		}
	}
	email := columns["email"].(string)
	if id := r.userID(email); id != "" {
		columns["id"] = id
	} else {
		r.exec(`insert into "user" (id, name, email, "emailVerified") values ($1, '', $2, false)`, columns["id"], email)
	}
	data, err := json.Marshal(columns)
	if err != nil {
		r.t.Fatal(err)
	}
	for column := range columns {
		name := pgx.Identifier{column}.Sanitize()
		r.exec(`update "user" set `+name+` = r.`+name+` from jsonb_populate_record(null::"user", $1::jsonb) r where "user".id = $2`, string(data), columns["id"])
	}
	return columns["id"].(string)
}

func (r *replayer) userID(email string) (id string) {
	r.t.Helper()
	err := r.db.QueryRow(r.t.Context(), `select id from "user" where email = $1`, email).Scan(&id)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		r.t.Fatal(err)
	}
	return id
}

func (r *replayer) exists(query string, arguments ...any) bool {
	r.t.Helper()
	var one int
	err := r.db.QueryRow(r.t.Context(), query, arguments...).Scan(&one)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		r.t.Fatal(err)
	}
	return err == nil
}

// hashes of the recordings' passwords, computed once.
var hashes sync.Map

// setPassword gives a user a credential account; "" is one without a password.
func (r *replayer) setPassword(userID, password string) {
	r.t.Helper()
	var hash any
	if password != "" {
		known, ok := hashes.Load(password)
		if !ok {
			text, err := passhash.New(passhash.Options{}).Hash(context.Background(), password)
			if err != nil {
				r.t.Fatal(err)
			}
			known, _ = hashes.LoadOrStore(password, text)
		}
		hash = known
	}
	r.exec(`delete from account where "userId" = $1`, userID)
	r.exec(`insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt") values (reverse($1), $1, 'credential', $1, $2, $3, $3)`, userID, hash, r.clock.Now())
}

// requestToken is our token for the session cookie of a recorded request.
func (r *replayer) requestToken(e exchange) string {
	return r.sessionToken(r.pairs.translate(e.Request.Headers["cookie"]))
}
