package records_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/records"
)

var (
	at     = time.Date(2026, 11, 23, 8, 29, 49, 478e6, time.UTC)
	fields = []authserver.Field{
		{Name: "role", Type: authserver.FieldString, Returned: true, Default: "user"}, {Name: "note", Type: authserver.FieldNumber},
	}
)

const (
	session = `{"id":"s","ipAddress":"","userAgent":null,"expiresAt":"2026-11-23T08:29:49.478Z","userId":"u","token":"t",` +
		`"createdAt":"2026-11-23T08:29:49.478Z","updatedAt":"2026-11-23T08:29:49.478Z","role":"admin","note":7,"more":{}}`
	user = `{"name":"A","email":"a@b.co","emailVerified":true,"image":"/i","createdAt":"2026-11-23T08:29:49.478Z",` +
		`"updatedAt":"2026-11-23T08:29:49.478Z","role":"admin","note":7,"id":"u"}`
)

func object(t *testing.T, text string) ecma.Value {
	t.Helper()
	value, err := ecma.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestSession(t *testing.T) {
	for name, test := range map[string]struct {
		from, to     string
		hidden       bool
		fields       []any
		ok, complete bool
	}{
		"all":                    {hidden: true, fields: []any{"admin", int64(7)}, ok: true, complete: true},
		"without hidden fields":  {fields: []any{"admin", nil}, ok: true, complete: true},
		"a field that is new":    {from: `"role":"admin",`, hidden: true, fields: []any{"user", int64(7)}, ok: true},
		"a hidden one":           {from: `"note":7,`, hidden: true, fields: []any{"admin", nil}, ok: true},
		"a hidden one, not read": {from: `"note":7,`, fields: []any{"admin", nil}, ok: true, complete: true},
		"a field of another type": {
			from: `"note":7`, to: `"note":"7"`, hidden: true, fields: []any{"admin", nil}, ok: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok, complete := records.Session(object(t, strings.Replace(session, test.from, test.to, 1)), fields, test.hidden)
			want := authserver.Session{ID: "s", Token: "t", UserID: "u", ExpiresAt: at, CreatedAt: at, UpdatedAt: at, Fields: test.fields}
			if diff := cmp.Diff(want, got); diff != "" || ok != test.ok || complete != test.complete {
				t.Errorf("ok %v, complete %v; %s", ok, complete, diff)
			}
		})
	}
	for _, member := range []string{"id", "ipAddress", "expiresAt", "userId", "token", "createdAt", "updatedAt"} {
		for _, other := range []string{"another", `":5,"x`} {
			text := strings.Replace(session, `"`+member+`":`, `"`+strings.Replace(other, `":5,"x`, member+`":5,"x`, 1)+`":`, 1)
			if _, ok, _ := records.Session(object(t, text), fields, true); ok {
				t.Errorf("is a session: %s", text)
			}
		}
	}
	for _, text := range []string{"null", "[]", `"x"`} {
		if _, ok, _ := records.Session(object(t, text), nil, true); ok {
			t.Errorf("is a session: %s", text)
		}
	}
}

func TestUser(t *testing.T) {
	image := "/i"
	want := authserver.User{ID: "u", Name: "A", Email: "a@b.co", EmailVerified: true, Image: &image, CreatedAt: at, UpdatedAt: at, Fields: []any{"admin", int64(7)}}
	got, complete := records.User(object(t, user), fields, true)
	if diff := cmp.Diff(want, got); diff != "" || !complete {
		t.Errorf("complete %v; %s", complete, diff)
	}
	for _, from := range []string{`"name":"A",`, `"email":"a@b.co",`, `"emailVerified":true,`, `"createdAt":"2026-11-23T08:29:49.478Z",`, `"role":"admin",`, `,"id":"u"`} {
		if _, complete := records.User(object(t, strings.Replace(user, from, "", 1)), fields, false); complete {
			t.Errorf("complete without %s", from)
		}
	}
	if got, complete := records.User(object(t, strings.Replace(user, `"/i"`, "null", 1)), fields, true); got.Image != nil || !complete {
		t.Errorf("without an image: %v, complete %v", got.Image, complete)
	}
}
