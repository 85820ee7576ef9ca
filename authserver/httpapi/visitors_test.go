package httpapi_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// visitors are the users that the recorder signed up before its first exchange, with their sessions. All have the
// password Password123!.
var visitors = map[string][]struct {
	email  string
	tokens []string
}{
	"sessions": {
		{"sessions@example.com", []string{"OAJ1Mb9x97ly4JXVWrKGvJO326QUd1y1", "Ivr3LsFwiMPU8hxDMwpNW0EAtw5wyhhW", "rZyRql1PPovFiEXVebOq4T52rRPeZaPJ"}},
		{"other@example.com", []string{"7m9nA08zv0gDDnrm3xrLhxS9qZIbTE0d"}},
	},
	"accounts":                {{"acc@example.com", []string{"69AugW42oslOUhHU7wGe6MaSIakprDlK"}}},
	"update-user":             {{"upd@example.com", []string{"ffUu4eOkUeDF5cBE4E9zbBKnU2xWAh0N"}}},
	"change-password":         {{"cp@example.com", []string{"HsS1YQ4YOYWp9R0230bZDOWnDLtFwfwF", "tOSylZ47Iu2Hrbqdq3wUtTZI68D1P5CE"}}},
	"session-defer-refresh":   {{"df@example.com", []string{"YI1zrHG4DaQKwFZoMWQH7dFe0QY7pfWb"}}},
	"change-email-no-sender":  {{"n0@example.com", []string{"cY28sS7EDt5isVUa9gtG2Z4NwX2UCtWA"}}},
	"change-email-unverified": {{"ce2@example.com", []string{"eLV5V96yA1iRx0QCuxcn6PZ032VIvYb8"}}},
	"email-verification": {
		{"ver@example.com", []string{"DIR4ChISKlKsSTBElOQsixslZGqPlmUL"}},
		{"ver2@example.com", []string{"Qa7V2uroWI4lgyZiusH6qI1mHd7RyD4L"}},
	},
	"change-email": {
		{"ver@example.com", []string{"DIR4ChISKlKsSTBElOQsixslZGqPlmUL"}},
		{"other@example.com", []string{"7m9nA08zv0gDDnrm3xrLhxS9qZIbTE0d"}},
	},
	"delete-user-verification": {
		{"dv1@example.com", []string{"aE6IrkwV9ro6lnOU4DLpBC8I0JrJ30h4"}},
		{"dv2@example.com", []string{"NVoCrcJRH1828mutqua7jeucuKHPhcXn"}},
	},
	"password-reset":        {{"reset@example.com", []string{"resetresetresetresetresetreset01"}}},
	"password-reset-revoke": {{"rs@example.com", []string{"8PVpqkCiwmiy9IxcSewj3gSNsmj6G6zs"}}},
	"delete-user": {
		{"first@example.com", []string{"RqGrI88UIMe3k21guPpZpKUgeJLdnJo6"}},
		{"second@example.com", []string{"EklunUhIfhp0Md1yCTcjS0LZuWmczroW"}},
		{"third@example.com", []string{"PlL6fOVtL7ae9I0QxuyQ11xVtbBokbkG"}},
	},
}

// visit signs the visitors of the recording up.
func (r *replayer) visit() {
	r.t.Helper()
	for i, visitor := range visitors[r.recording.name] {
		id := fmt.Sprintf("visitor%025d", i)
		now := r.clock.Now()
		r.exec(`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") values ($1, 'Test User', $2, false, $3, $3)`, id, visitor.email, now)
		r.setPassword(id, "Password123!")
		for _, token := range visitor.tokens {
			r.begin(id, token)
		}
	}
}

// begin begins a session, younger than all others.
func (r *replayer) begin(userID, token string) {
	r.t.Helper()
	now := r.clock.Now()
	r.insertSession(fmt.Sprintf("%.26s%06d", token, r.count("session")), token, userID, now.Add(7*24*time.Hour), now)
	r.clock.advance(time.Millisecond)
}

// userOf is the user of a session, "" without one.
func (r *replayer) userOf(token string) (id string) {
	r.t.Helper()
	err := r.db.QueryRow(r.t.Context(), `select "userId" from session where token = $1`, token).Scan(&id)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		r.t.Fatal(err)
	}
	return id
}
