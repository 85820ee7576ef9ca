package conformance

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

var (
	requests = flag.Int("requests", 400, "how many requests the differential test sends")
	drawSeed = flag.Uint64("seed", 1, "what its generator starts from")
)

// side is one of the two servers, with a database of its own.
type side struct {
	server   servers.Server
	database *pgx.Conn
}

func TestDifferential(t *testing.T) {
	t.Parallel()
	settings := servers.Settings{Fields: full, TrustedOrigins: []string{"https://app.example.com", "https://*.wild.example.com", "myapp://callback"}}
	reference, ours := startSide(t, servers.Reference, settings), startSide(t, servers.Gatehouse, settings)
	signUpAlice(t, reference, ours)

	g := generator{rand.New(rand.NewPCG(*drawSeed, 0))} // #nosec G404 -- requests that can be drawn again
	found := map[string]string{}
	for number := range *requests {
		request := g.request(number)
		if text, summary := compare(t, request, reference, ours); text != "" && found[summary] == "" {
			found[summary] = fmt.Sprintf("request %d of seed %d:\n%s", number, *drawSeed, text)
		}
	}
	for summary, text := range found {
		t.Errorf("%s\n%s", summary, text)
	}
	if theirs, mine := rows(t, reference), rows(t, ours); theirs != mine {
		t.Errorf("the databases differ in the end: better-auth has %s\ngatehouse has %s", theirs, mine)
	}
}

func startSide(t *testing.T, start func(testing.TB, servers.Settings) servers.Server, settings servers.Settings) side {
	t.Helper()
	settings.Database = pgtest.Database(t)
	return side{start(t, settings), connect(t, settings.Database)}
}

// signUpAlice gives both databases the same user: made by the first server, copied to the second.
func signUpAlice(t *testing.T, from, to side) {
	t.Helper()
	b := &browser{t: t, server: from.server}
	b.post("/sign-up/email", map[string]any{
		"name": "Alice", "email": "alice@example.com", "password": "Password123!", "tier": "gold", "tags": []string{"a"}, "age": 31,
	}).want(t, http.StatusOK)
	execute(t, from.database, `DELETE FROM session`)
	for _, table := range []string{`"user"`, "account"} {
		var row string
		if err := from.database.QueryRow(t.Context(), "SELECT to_jsonb(x) FROM "+table+" x").Scan(&row); err != nil {
			t.Fatal(err)
		}
		execute(t, to.database, fmt.Sprintf("INSERT INTO %s SELECT * FROM jsonb_populate_record(NULL::%[1]s, $1)", table), row)
	}
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
		difference.level(r, theirs.answer, &levelled)
	}
	if reflect.DeepEqual(theirs.answer, levelled) {
		return "", ""
	}
	endpoint, _, _ := strings.Cut(r.target, "?")
	summary = fmt.Sprintf("%s %s, session %s: %s, not %s", r.method, endpoint, r.session.name, mine.summary(), theirs.answer.summary())
	return fmt.Sprintf("%s\n\nbetter-auth: %s\ngatehouse:   %s\n", r.text(ours.server), theirs.answer, mine), summary
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

func (a answer) summary() string {
	body, _ := a.body.(map[string]any)
	return strings.TrimSpace(fmt.Sprintf("%d %v", a.status, body["code"]))
}

func (a answer) String() string {
	body, err := json.Marshal(a.body)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%d %v cookies %q\n             %s", a.status, a.header, a.cookies, body)
}

// rows describes what is stored, without what differs from server to server.
func rows(t *testing.T, s side) string {
	t.Helper()
	const query = `SELECT jsonb_build_object(
		'users', (SELECT jsonb_agg(to_jsonb(u) - '{id,createdAt,updatedAt}'::text[] ORDER BY email) FROM "user" u),
		'accounts', (SELECT count(*) FROM account), 'sessions', (SELECT count(*) FROM session))::text`
	var text string
	if err := s.database.QueryRow(t.Context(), query).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}
