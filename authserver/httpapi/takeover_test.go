package httpapi_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// The time zone of the process must not matter to any test.
func init() { time.Local = time.FixedZone("Asia/Kathmandu", 5*60*60+45*60) }

// legacy is a database that a release of Better-Auth has made and used.
type legacy struct {
	// dump is the version in schema/testdata; before and after is SQL around its rows.
	dump, before, after string
	// ids are those of its rows, the first also its user's; form is that of new ones.
	ids  [2]string
	form string
	// session is the token of a session; reset and removal are those of links that were mailed.
	session, reset, removal string
}

// oldHash is what Better-Auth made of Password123!.
const oldHash = "601ffa82220d24aadc1b7b706ca4ab5e:e09c8a871a614ba608407b3ca2323063bf8c8caa2316fd340d9285cbaed1fb20" +
	"394e5e797ca8ec2b3c209d010111c9edfe242614684039e417b44d713766ced6"

func legacies() map[string]legacy {
	random := legacy{
		ids: [2]string{"aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY", "Zy8Xw6Vu4Ts2Rq0Po8Nm6Lk4Ji2Hg0Fe"}, form: `^[a-zA-Z0-9]{32}$`,
		session: "Kq7Wm2Xv9Bn4Zc6Rt1Yp8Ls3Df5Gh0Ja", reset: "Hn4Bv7Cx2Zm9Lk5Jg8Fd3Sa6", removal: "0a9b8c7d6e5f4g3h2i1j0k9l8m7n6o5p",
	}
	first := legacy{
		ids: [2]string{"-h_J7vq3Kc0Xo2Zt9aLbM_", "Q-8sT_4yN1wRe6uVd5pGk"}, form: random.form,
		session: "_aZ9-kQ2xW7vB4nM1cL8sD5fG3hJ6p-_", reset: "pR-5_tY8uI2oK4jH7gF3dS6a", removal: "k_3-v9x2m7q4w8e1r5t6y0u-i2o3p4a_",
	}
	list := map[string]legacy{}
	for _, version := range []string{"1.0.22", "1.1.21"} {
		first.dump = version
		list[version] = first
	}
	for _, version := range []string{"1.2.12", "1.3.0", "1.3.34", "1.4.22", "1.6.34"} {
		random.dump = version
		list[version] = random
	}
	issuer, uuid, serial := random, random, random
	issuer.dump, issuer.after = "1.7.25-ratelimit", `ALTER TABLE account ALTER issuer DROP DEFAULT`
	issuer.before = `ALTER TABLE account ADD issuer text NOT NULL DEFAULT 'x'; CREATE UNIQUE INDEX account_issuer_accountId_uidx ON account (issuer, "accountId")`
	uuid.dump, uuid.form = "1.7.25-uuid", `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
	uuid.ids = [2]string{"0b0e7bd7-6a4f-4f0c-9d3a-0f6a5f3b2c1d", "d3b0a1c2-5e6f-4a7b-8c9d-e0f1a2b3c4d5"}
	serial.dump, serial.form, serial.ids = "1.7.25-serial", `^[1-9][0-9]{0,2}$`, [2]string{"1001", "1002"}
	list["1.7.1 with account.issuer"], list["1.7.25 with uuid ids"], list["1.7.25 with serial ids"] = issuer, uuid, serial
	return list
}

// elsewhen gives the database a time zone of its own.
const elsewhen = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'America/St_Johns'); END $$`

// used is the database as its old server left it, with a user who signed in an hour ago.
func (l legacy) used(t *testing.T, now time.Time) string {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join("..", "schema", "testdata", "better-auth-"+l.dump+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	instant := func(after time.Duration) string { return now.Add(after).UTC().Format(time.RFC3339Nano) }
	// A column without time zone takes the wall clock and ignores the Z.
	rows := strings.NewReplacer("@1", l.ids[0], "@2", l.ids[1], "@session", l.session, "@reset", l.reset, "@removal", l.removal, "@hash", oldHash,
		"@then", instant(-time.Hour), "@soon", instant(time.Hour), "@end", instant(7*24*time.Hour-time.Hour)).Replace(`
		INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", role) VALUES ('@1', 'Ann', 'ann@b.co', true, '@then', '@then', 'admin');
		INSERT INTO session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
			VALUES ('@2', '@session', '@1', '@end', '@then', '@then', '', '');
		INSERT INTO account (id, "accountId", "providerId", "userId", password, scope, "createdAt", "updatedAt") VALUES
			('@1', '@1', 'credential', '@1', '@hash', NULL, '@then', '@then'), ('@2', '4711', 'github', '@1', NULL, 'read:user,user:email', '@soon', '@soon');
		INSERT INTO verification (id, identifier, value, "expiresAt") VALUES
			('@1', 'reset-password:@reset', '@1', '@soon'), ('@2', 'delete-account-@removal', '@1', '@soon')`)
	location := pgtest.Database(t)
	conn, err := pgx.Connect(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, statement := range []string{elsewhen, string(dump), `ALTER TABLE "user" ADD IF NOT EXISTS role text`, l.before, rows, l.after} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return location
}

// shown is what get-session shows.
type shown struct {
	Session struct {
		ID, UserID, Token               string
		ExpiresAt, CreatedAt, UpdatedAt time.Time
	}
	User struct {
		ID, Email, Role      string
		CreatedAt, UpdatedAt time.Time
	}
}

func (h *harness) session(cookie [2]string) (s shown) {
	h.t.Helper()
	got := h.get(getSessionPath, cookie)
	if err := json.Unmarshal([]byte(got.body), &s); err != nil || got.status != 200 || s.User.ID == "" {
		h.t.Fatalf("%d %s, %v", got.status, got.body, err)
	}
	return s
}

// stored is when a session ends, as a server in UTC reads it from its row, whatever the column's type.
func (h *harness) stored(token string) (end time.Time) {
	h.t.Helper()
	var text string
	h.exec(`SET timezone = 'UTC'`)
	err := h.db.QueryRow(h.t.Context(), `SELECT to_char("expiresAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM session WHERE token = $1`, token).Scan(&text)
	if err == nil {
		end, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return end
}

// TestTakeOver goes on with the users of every generation of databases.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	for name, old := range legacies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now().UTC().Truncate(time.Millisecond)
			h := startOn(t, old.used(t, start), "rateLimit: {auth: {max: 1000}, default: {max: 1000}}\n"+baseURL+unsent+
				"session: {freshAge: 0s}\nuser: {deleteUser: {enabled: true}}\ncustomFields: [{name: role, type: string, input: false}]\n")
			h.clock.set(start)
			cookie := old.cookie(t)
			old.keepsTheSession(h, cookie, start)
			old.keepsThePassword(h)
			old.keepsMailedLinks(h, cookie)
			old.takesNewUsers(h)
		})
	}
}

// cookie is what the browser of the user still has.
func (l legacy) cookie(t *testing.T) [2]string {
	t.Helper()
	keys, err := tokens.NewKeyring(secret)
	if err != nil {
		t.Fatal(err)
	}
	return [2]string{"Cookie", "better-auth.session_token=" + url.QueryEscape(keys.Sign(l.session))}
}

func (l legacy) keepsTheSession(h *harness, cookie [2]string, start time.Time) {
	h.t.Helper()
	then, end := start.Add(-time.Hour), start.Add(7*24*time.Hour-time.Hour)
	var want shown
	want.Session.ID, want.Session.UserID, want.Session.Token = l.ids[1], l.ids[0], l.session
	want.Session.ExpiresAt, want.Session.CreatedAt, want.Session.UpdatedAt = end, then, then
	want.User.ID, want.User.Email, want.User.Role, want.User.CreatedAt, want.User.UpdatedAt = l.ids[0], "ann@b.co", "admin", then, then
	if diff := cmp.Diff(want, h.session(cookie)); diff != "" {
		h.t.Errorf("the session:\n%s", diff)
	}
	var accounts []struct {
		ID, AccountID string
		Scopes        []string
		CreatedAt     time.Time
	}
	got := h.get("/api/auth/list-accounts", cookie)
	if err := json.Unmarshal([]byte(got.body), &accounts); err != nil || len(accounts) != 2 || accounts[0].ID != l.ids[0] || accounts[0].AccountID != l.ids[0] ||
		accounts[1].AccountID != "4711" || len(accounts[1].Scopes) != 2 || !accounts[1].CreatedAt.Equal(start.Add(time.Hour)) {
		h.t.Errorf("the accounts: %d %s", got.status, got.body)
	}
	h.clock.advance(25 * time.Hour)
	extended := h.session(cookie)
	if want := start.Add((25 + 7*24) * time.Hour); !extended.Session.ExpiresAt.Equal(want) || !h.stored(l.session).Equal(want) {
		h.t.Errorf("extended to %s, stored as %s, want %s", extended.Session.ExpiresAt, h.stored(l.session), want)
	}
	h.clock.set(start)
}

func (l legacy) keepsThePassword(h *harness) {
	h.t.Helper()
	got := h.post(signInPath, `{"email":"ann@b.co","password":"Password123!"}`)
	if got.status != 200 || !strings.Contains(got.body, `"id":"`+l.ids[0]+`"`) {
		h.t.Fatalf("the old password: %d %s", got.status, got.body)
	}
	session := h.session(cookieOf(got)).Session
	if !regexp.MustCompile(l.form).MatchString(session.ID) || session.UserID != l.ids[0] || !session.ExpiresAt.Equal(h.stored(session.Token)) {
		h.t.Errorf("%+v, stored %s", session, h.stored(session.Token))
	}
	if got := h.post(changePasswordPath, `{"currentPassword":"Password123!","newPassword":"Password1234"}`, cookieOf(got), own); got.status != 200 {
		h.t.Errorf("a change of the password: %d %s", got.status, got.body)
	}
}

func (l legacy) keepsMailedLinks(h *harness, cookie [2]string) {
	h.t.Helper()
	if got := h.get(resetPasswordPath + "/" + l.reset + "?callbackURL=/choose"); !strings.HasSuffix(got.headers.Get("Location"), "/choose?token="+l.reset) {
		h.t.Errorf("the link to a new password: %d %q", got.status, got.headers.Get("Location"))
	}
	if got := h.post(resetPasswordPath, `{"newPassword":"Password12345","token":"`+l.reset+`"}`); got.status != 200 {
		h.t.Errorf("a new password: %d %s", got.status, got.body)
	}
	if got := h.post(signInPath, `{"email":"ann@b.co","password":"Password12345"}`); got.status != 200 {
		h.t.Errorf("with the new password: %d %s", got.status, got.body)
	}
	if got := h.post(requestResetPath, `{"email":"ann@b.co"}`); got.status != 200 || h.count("verification") != 2 {
		h.t.Errorf("another link: %d %s, %d links", got.status, got.body, h.count("verification"))
	}
	if got := h.get(deleteUserPath+"/callback?token="+l.removal, cookie); got.status != 200 {
		h.t.Errorf("the link that deletes the user: %d %s", got.status, got.body)
	}
	if left := []int{h.count("user"), h.count("session"), h.count("account")}; !cmp.Equal(left, []int{0, 0, 0}) {
		h.t.Errorf("%d users, sessions and accounts are left", left)
	}
}

func (l legacy) takesNewUsers(h *harness) {
	h.t.Helper()
	cookie, _ := h.signUp("bea@b.co")
	got := h.session(cookie)
	for _, id := range []string{got.User.ID, got.Session.ID} {
		if !regexp.MustCompile(l.form).MatchString(id) {
			h.t.Errorf("a new id is %s", id)
		}
	}
	if got.Session.UserID != got.User.ID || !got.Session.ExpiresAt.Equal(h.stored(got.Session.Token)) {
		h.t.Errorf("%+v, stored %s", got, h.stored(got.Session.Token))
	}
	if got := h.post("/api/auth/revoke-session", `{"token":"unknown"}`, cookie, own); got.status != 200 {
		h.t.Errorf("an unknown session: %d %s", got.status, got.body)
	}
	if got := h.post(deleteUserPath, `{"password":"Password123!"}`, cookie, own); got.status != 200 || h.count("user") != 0 {
		h.t.Errorf("the deletion: %d %s", got.status, got.body)
	}
}

// TestTakeOverOfCounters counts in the rate limit tables of all generations: with an integer for milliseconds, without a
// unique key, with ids of every kind.
func TestTakeOverOfCounters(t *testing.T) {
	t.Parallel()
	for name, old := range legacies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := startOn(t, old.used(t, time.Now()), "rateLimit: {auth: {max: 2}}\n"+baseURL)
			for i, want := range []int{401, 401, 429} {
				if got := h.post(signInPath, `{"email":"ann@b.co","password":"wrong-password"}`); got.status != want {
					t.Errorf("attempt %d: %d %s", i+1, got.status, got.body)
				}
			}
			if n := h.count("rateLimit"); n != 1 {
				t.Errorf("%d counters", n)
			}
		})
	}
}
