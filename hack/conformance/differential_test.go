package conformance

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

var (
	requests = flag.Int("requests", 300, "how many requests the differential test sends")
	drawSeed = flag.Uint64("seed", 1, "what its generator starts from")
)

// side is one of the two servers, with a database of its own.
type side struct {
	server   servers.Server
	database *pgx.Conn
	// alice are the first rows of the user whom requests change and delete, by table.
	alice map[string]string
}

func TestDifferential(t *testing.T) {
	t.Parallel()
	differential(t, *requests, servers.Settings{})
}

// Without automatic sign-in, sign-up with a taken address answers as if it had created a user.
func TestDifferentialWithoutAutoSignIn(t *testing.T) {
	t.Parallel()
	differential(t, *requests/4, servers.Settings{AutoSignIn: &no, ChangeEmail: config.ChangeEmail{ConfirmCurrent: true}, RevokeOnReset: true, DeleteByMail: true})
}

// TestDifferentialOfSessions sends every form of a session to every endpoint that sets or clears its cookies.
func TestDifferentialOfSessions(t *testing.T) {
	t.Parallel()
	settings := servers.Settings{Fields: full, DeleteUser: true}
	reference, ours := startSides(t, settings)
	g := newGenerator(reference)
	for path, body := range map[string]string{
		"sign-out": `{}`, "get-session": `{}`, "revoke-session": `{"token":"` + ownToken + `"}`, "revoke-sessions": `{}`, "revoke-other-sessions": `{}`,
		"update-user": `{"name":"N"}`, "change-password": `{"newPassword":"Password123!","currentPassword":"Password123!","revokeOtherSessions":true}`,
		"delete-user": `{}`, "list-sessions": "", "list-accounts": "",
	} {
		for _, session := range sessions {
			d := &draft{method: http.MethodPost, path: path, target: "/%s", origin: "http://auth.example.com", contentType: "application/json", session: session, raw: &body}
			if body == "" {
				d.method, d.raw = http.MethodGet, nil
			}
			if text, summary := compare(t, d.render(g), reference, ours); text != "" {
				t.Errorf("%s\n%s", summary, text)
			}
		}
	}
}

func differential(t *testing.T, count int, settings servers.Settings) {
	t.Helper()
	settings.Fields = full
	settings.DeleteUser = true
	settings.SMTP = smtptest.Start(t, smtptest.Options{}).Address
	settings.ChangeEmail.Enabled = true
	settings.Social = []string{"github", "google"}
	settings.ErrorURL = "/"
	settings.TrustedOrigins = []string{"https://app.example.com", "https://*.wild.example.com", "myapp://callback"}
	reference, ours := startSides(t, settings)

	g := newGenerator(reference)
	found := map[string]string{}
	for number := range count {
		request := g.request(number)
		if text, summary := compare(t, request, reference, ours); text != "" && found[summary] == "" {
			found[summary] = fmt.Sprintf("request %d of seed %d:\n%s", number, *drawSeed, text)
		}
	}
	for summary, text := range found {
		t.Errorf("%s\n%s", summary, text)
	}
	for _, difference := range unequal("database", rows(t, reference), rows(t, ours)) {
		t.Error(difference)
	}
}

// startSides starts both servers, each with the same user.
func startSides(t *testing.T, settings servers.Settings) (reference, ours side) {
	t.Helper()
	reference, ours = startSide(t, servers.Reference, settings), startSide(t, servers.Gatehouse, settings)
	reference.alice = signUpAlice(t, reference)
	ours.alice = reference.alice
	ours.revive(t)
	return reference, ours
}

func startSide(t *testing.T, start func(testing.TB, servers.Settings) servers.Server, settings servers.Settings) side {
	t.Helper()
	settings.Database = pgtest.Database(t)
	return side{server: start(t, settings), database: connect(t, settings.Database)}
}

// signUpAlice returns the rows of a new user.
func signUpAlice(t *testing.T, s side) map[string]string {
	t.Helper()
	b := &browser{t: t, server: s.server}
	b.post("/sign-up/email", map[string]any{
		"name": "Alice", "email": "alice@example.com", "password": "Password123!", "tier": "gold", "tags": []string{"a"}, "age": 31,
	}).want(t, http.StatusOK)
	if _, err := s.database.Exec(t.Context(), `DELETE FROM session`); err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, table := range aliceTables {
		var row string
		if err := s.database.QueryRow(t.Context(), "SELECT to_jsonb(x) FROM "+table+" x").Scan(&row); err != nil {
			t.Fatal(err)
		}
		rows[table] = row
	}
	return rows
}

var aliceTables = []string{`"user"`, "account"}

// revive brings Alice back if she is gone, and makes her what she was.
func (s side) revive(t *testing.T) {
	t.Helper()
	for _, table := range aliceTables {
		statement := fmt.Sprintf("INSERT INTO %s SELECT * FROM jsonb_populate_record(NULL::%[1]s, $1) ON CONFLICT DO NOTHING", table)
		if _, err := s.database.Exec(t.Context(), statement, s.alice[table]); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, s.database, `UPDATE "user" SET (email, "emailVerified") = (old.email, old."emailVerified") FROM jsonb_populate_record(NULL::"user", $1) old WHERE "user".id = old.id`, s.alice[`"user"`])
	execute(t, s.database, `UPDATE account SET password = $1::jsonb ->> 'password' WHERE id = $1::jsonb ->> 'id'`, s.alice["account"])
	if _, err := s.database.Exec(t.Context(), `DELETE FROM verification`); err != nil {
		t.Fatal(err)
	}
}

// changing are the endpoints that change what Alice signs in with, or leave something behind.
var changing = []string{
	"/change-password", "/delete-user", "/request-password-reset", "/reset-password", "/verify-email", "/change-email", "/sign-in/social", "/link-social", "/callback",
}

func (r request) changes() bool {
	return slices.ContainsFunc(changing, func(path string) bool { return strings.HasPrefix(r.target, path) })
}

// remains are what a request left behind: Alice's address and whether it is verified, and what may be used once.
func (s side) remains(t *testing.T) (all any) {
	t.Helper()
	const query = `SELECT jsonb_build_object(
		'alice', (SELECT jsonb_build_array(email, "emailVerified") FROM "user" WHERE id = $1::jsonb ->> 'id'),
		'values', (SELECT jsonb_object_agg(kind, n) FROM (SELECT regexp_replace(identifier, '(:|-[a-z0-9]{32}$).*', '') kind, count(*) n FROM verification GROUP BY 1) v))`
	if err := s.database.QueryRow(t.Context(), query, s.alice[`"user"`]).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// compare sends the request to both servers. Where their answers differ it returns both, and a summary.
func compare(t *testing.T, r request, reference, ours side) (text, summary string) {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	type result struct {
		answer answer
		err    error
	}
	results := make(chan result, 1)
	for _, side := range []side{reference, ours} {
		r.session.insert(t, side.database, now)
		r.value.insert(t, side.database)
	}
	go func() {
		answer, err := r.send(reference.server)
		results <- result{answer, err}
	}()
	mine, err := r.send(ours.server)
	theirs := <-results
	if err != nil || theirs.err != nil {
		t.Fatalf("%v, %v for\n%s", theirs.err, err, r.text(ours.server))
	}
	levelled := mine.clone()
	for _, difference := range differences {
		if !difference.applies(r, theirs.answer, levelled) {
			continue
		}
		if difference.level == nil {
			levelled = theirs.answer
		} else {
			difference.level(theirs.answer, &levelled)
		}
		if difference.stored {
			for _, side := range []side{reference, ours} {
				forget(t, side, now)
				side.revive(t)
			}
			restoreAlice(t, reference, ours)
		}
	}
	var left []string
	if r.changes() {
		left = unequal("database", reference.remains(t), ours.remains(t))
		for _, side := range []side{reference, ours} {
			side.revive(t)
		}
	}
	if reflect.DeepEqual(theirs.answer, levelled) && left == nil {
		return "", ""
	}
	endpoint, _, _ := strings.Cut(r.target, "?")
	summary = fmt.Sprintf("%s %s: %s %s", r.method, endpoint, where(theirs.answer, levelled), strings.Join(left, ", "))
	return fmt.Sprintf("%s\n\nbetter-auth: %s\ngatehouse:   %s\n", r.text(ours.server), theirs.answer, mine), summary
}

// forget deletes the users that the last request made, and all sessions, so that the databases are equal again.
func forget(t *testing.T, s side, since time.Time) {
	t.Helper()
	if _, err := s.database.Exec(t.Context(), `DELETE FROM session`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.database.Exec(t.Context(), `DELETE FROM "user" WHERE "createdAt" >= $1`, since); err != nil {
		t.Fatal(err)
	}
}

// restoreAlice makes our Alice the real one.
func restoreAlice(t *testing.T, from, to side) {
	t.Helper()
	var row string
	if err := from.database.QueryRow(t.Context(), `SELECT to_jsonb(u) FROM "user" u WHERE email = 'alice@example.com'`).Scan(&row); err != nil {
		t.Fatal(err)
	}
	execute(t, to.database, `UPDATE "user" u SET (name, image, role, tier, age, flag, tags, birthday, "secretNote")
		= (SELECT name, image, role, tier, age, flag, tags, birthday, "secretNote" FROM jsonb_populate_record(NULL::"user", $1))
		WHERE email = 'alice@example.com'`, row)
}

// where says in a few words how our answer is not the real one; equal words are one finding.
func where(reference, ours answer) string {
	if reference.status != ours.status || reference.code() != ours.code() {
		return fmt.Sprintf("%d %s instead of %d %s", ours.status, ours.code(), reference.status, reference.code())
	}
	var parts []string
	if !reflect.DeepEqual(reference.header, ours.header) || !reflect.DeepEqual(reference.cookies, ours.cookies) {
		parts = append(parts, "other headers")
	}
	return strings.Join(append(parts, unequal("body", reference.body, ours.body)...), ", ")
}

func unequal(path string, reference, ours any) []string {
	if reflect.DeepEqual(reference, ours) {
		return nil
	}
	theirs, objects := reference.(map[string]any)
	mine, both := ours.(map[string]any)
	if !objects || !both {
		return []string{fmt.Sprintf("%s is %v instead of %v", path, ours, reference)}
	}
	all := maps.Clone(theirs)
	maps.Copy(all, mine)
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, unequal(path+"."+name, theirs[name], mine[name])...)
	}
	return parts
}

func (a answer) clone() answer {
	encoded, err := json.Marshal(a.body)
	if err != nil {
		panic(err)
	}
	a.body = nil
	if err := json.Unmarshal(encoded, &a.body); err != nil {
		panic(err)
	}
	a.header = maps.Clone(a.header)
	return a
}

func (a answer) code() string { return a.member("code") }

func (a answer) message() string { return a.member("message") }

func (a answer) member(name string) string {
	body, _ := a.body.(map[string]any)
	text, _ := body[name].(string)
	return text
}

func (a answer) String() string {
	return fmt.Sprintf("%d %v cookies %q\n             %v", a.status, a.header, a.cookies, a.body)
}

// rows describes what is stored, without what differs from server to server. Expired sessions count for nobody: with all
// other sessions of a user we delete them too, which Better-Auth does not.
func rows(t *testing.T, s side) any {
	t.Helper()
	const query = `SELECT jsonb_build_object(
		'users', (SELECT jsonb_object_agg(email, to_jsonb(u) - '{id,createdAt,updatedAt}'::text[]) FROM "user" u),
		'accounts', (SELECT count(*) FROM account), 'sessions', (SELECT count(*) FROM session WHERE "expiresAt" > now()))`
	var all any
	if err := s.database.QueryRow(t.Context(), query).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Clients and proxies resolve such paths before they send them. Better-Auth resolves them too; here they are unknown,
// so that a proxy that allows only some paths means the same ones.
func TestDotSegmentsAndFragmentsAreNotResolved(t *testing.T) {
	t.Parallel()
	settings := servers.Settings{}
	reference, ours := startSide(t, servers.Reference, settings), startSide(t, servers.Gatehouse, settings)
	for _, target := range []string{"/./ok", "/x/../ok", "/%2e/ok", "/ok/.", "/ok#x"} {
		r := request{method: http.MethodGet, target: target}
		theirs, err := r.send(reference.server)
		if err != nil {
			t.Fatal(err)
		}
		mine, err := r.send(ours.server)
		if err != nil || mine.status != http.StatusNotFound {
			t.Errorf("%s: %v, %v; better-auth: %v", target, mine, err, theirs)
		}
	}
}
