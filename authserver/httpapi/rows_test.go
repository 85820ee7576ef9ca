package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

type row map[string]any

// compareRows compares the rows that the recorder read after an exchange with ours.
func (r *replayer) compareRows(e exchange, got answer) {
	r.t.Helper()
	for _, table := range tables(e.After.DB) {
		recorded := e.After.DB[table]
		var want []row
		if err := json.Unmarshal(recorded, &want); err != nil && table != "sessions" {
			r.t.Fatalf("recorded rows of %s: %v", table, err)
		}
		if want == nil && table == "sessions" {
			r.compareCount(string(recorded))
			continue
		}
		if len(want) == 0 {
			r.compareNone(table)
			r.compareState(e)
			continue
		}
		var ours []row
		switch table {
		case "user":
			ours = r.rows(`select * from "user" where email = $1`, r.email(e, want[0]))
		case "account":
			ours = r.rows(`select * from account where "userId" = $1 order by "createdAt", id`, r.ownerOf(want[0], got))
		case "session":
			token := r.sessionToken(strings.Join(got.headers["Set-Cookie"], "; "))
			if token == "" {
				token = r.requestToken(e)
			}
			ours = r.rows(`select * from session where token = $1`, token)
		case "sessions":
			ours = r.rows(`select * from session where "userId" = $1`, r.caller)
		case "otherUsersSession":
			ours = r.rows(`select * from session where token = $1`, want[0]["token"])
		case "verification":
			if want[0]["count"] != nil {
				ours = r.rows(`select count(*)::text from verification`)
				break
			}
			identifier, _ := want[0]["identifier"].(string)
			ours = r.rows(`select * from verification where identifier = $1`, r.pairs.translate(identifier))
		case "rateLimit":
			r.compareCounters(want)
			continue
		case "jwks":
			ours = r.rows(`select * from jwks`)
			if len(ours) == 1 && len(want) == 1 {
				r.compareJWK(want[0], ours[0])
				continue
			}
		default:
			r.t.Fatalf("the recorder read the table %s; say here which rows of it to compare", table)
		}
		if len(ours) != len(want) {
			r.t.Errorf("%d rows of %s, recorded are %d", len(ours), table, len(want))
			continue
		}
		for i := range want {
			r.compareRow(table, want[i], ours[i])
		}
	}
}

// email is the address of a recorded user, or that of the link that was opened.
func (r *replayer) email(e exchange, user row) any {
	if email, recorded := user["email"]; recorded {
		return email
	}
	var claims struct{ Email string }
	if err := json.Unmarshal([]byte(r.pairs.payload(jwtInText.FindString(e.Request.Path))), &claims); err != nil {
		r.t.Fatalf("whose row is recorded? %v", err)
	}
	return claims.Email
}

// compareCount compares the number of sessions of the caller.
func (r *replayer) compareCount(want string) {
	r.t.Helper()
	// Where nobody is signed in, the recording is about one user.
	if got := len(r.rows(`select * from session where $1 in ("userId", '')`, r.caller)); strconv.Itoa(got) != want {
		r.t.Errorf("%d sessions, recorded are %s", got, want)
	}
}

// compareNone finds rows of the caller where none were recorded.
func (r *replayer) compareNone(table string) {
	r.t.Helper()
	column := "userId"
	if table == "user" {
		column = "id"
	}
	query := `select * from ` + pgx.Identifier{table}.Sanitize() + ` where ` + pgx.Identifier{column}.Sanitize() + ` = $1`
	if table == "verification" {
		query = `select * from verification where value = $1`
	}
	if got := r.rows(query, r.caller); len(got) > 0 {
		r.t.Errorf("%d rows of %s, recorded are none", len(got), table)
	}
}

// rows returns rows with the values that the recorder's JSON has.
func (r *replayer) rows(query string, arguments ...any) (rows []row) {
	r.t.Helper()
	var data []byte
	if err := r.db.QueryRow(r.t.Context(), `select coalesce(json_agg(t), '[]') from (`+query+`) t`, arguments...).Scan(&data); err != nil {
		r.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		r.t.Fatal(err)
	}
	for _, row := range rows {
		for column, value := range row {
			if text, ok := value.(string); ok {
				if moment, err := time.Parse(time.RFC3339Nano, text); err == nil {
					row[column] = moment.UTC().Format("2006-01-02T15:04:05.000Z")
				}
			}
		}
	}
	return rows
}

func (r *replayer) compareRow(table string, want, got row) {
	r.t.Helper()
	for column, recorded := range want {
		ours, exists := got[column]
		wantText, wantIsText := recorded.(string)
		gotText, gotIsText := ours.(string)
		var err error
		switch {
		case column == "lifetime":
			// It is compared below.
		case !exists:
			err = fmt.Errorf("there is no such column")
		case column == "ipAddress" && wantText == "" && gotText == "127.0.0.1":
			clientAddress.meet()
		case wantIsText && gotIsText:
			err = r.pairs.text(wantText, gotText)
		case !cmp.Equal(recorded, ours):
			err = fmt.Errorf("%v, recorded is %v", ours, recorded)
		}
		if err != nil {
			r.t.Errorf("%s.%s: %v", table, column, err)
		}
	}
	if want["expiresAt"] == nil {
		if got["expiresAt"] != nil && table == "jwks" {
			r.t.Errorf("the key expires at %v", got["expiresAt"])
		}
		return
	}
	if err := lifetimes(rowJSON(want), rowJSON(got)); err != nil {
		r.t.Errorf("%s: %v", table, err)
	}
}

// rowJSON has a session row in the form of a body, with the moment of creation where no other was recorded.
func rowJSON(r row) string {
	updated := r["updatedAt"]
	if updated == nil {
		updated = r["createdAt"]
	}
	text, _ := json.Marshal(map[string]any{"session": map[string]any{"expiresAt": r["expiresAt"], "updatedAt": updated}})
	return string(text)
}

// compareCounters compares counters of the rate limit, except that our clients without X-Forwarded-For have an address.
func (r *replayer) compareCounters(want []row) {
	r.t.Helper()
	if err := r.server.SettleLimits(r.t.Context()); err != nil {
		r.t.Error(err)
	}
	counts := map[string]float64{}
	for _, counter := range r.rows(`select key, count, "lastRequest" from "rateLimit"`) {
		key := counter["key"].(string)
		if moment := time.UnixMilli(int64(counter["lastRequest"].(float64))); moment.After(r.clock.Now()) || moment.Before(r.clock.Now().Add(-time.Minute)) {
			r.t.Errorf("%s: lastRequest is %v", key, moment)
		}
		for _, address := range []string{"127.0.0.1|", "10.0.0.1|"} {
			if path, found := strings.CutPrefix(key, address); found {
				key = "no-trusted-ip|" + path
			}
		}
		counts[key] += counter["count"].(float64)
	}
	for _, counter := range want {
		key := counter["key"].(string)
		if counts[key] != counter["count"] {
			r.t.Errorf("counter %s is %v, recorded is %v", key, counts[key], counter["count"])
		}
		if strings.HasPrefix(key, "no-trusted-ip|") {
			clientAddress.meet()
		}
		delete(counts, key)
	}
	if len(want) > 1 && len(counts) > 0 {
		r.t.Errorf("counters that were not recorded: %v", counts)
	}
}

// sessionToken finds the session token in a Cookie or Set-Cookie header, whatever the cookie's prefix.
func (r *replayer) sessionToken(header string) string {
	for pair := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if !strings.HasSuffix(name, ".session_token") {
			continue
		}
		if decoded, err := url.PathUnescape(strings.Trim(value, `"`)); err == nil {
			if token, ok := r.pairs.keys.Verify(decoded); ok {
				return token
			}
		}
	}
	return ""
}
