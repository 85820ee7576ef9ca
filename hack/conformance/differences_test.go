package conformance

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// difference is a difference from the real server that we want.
type difference struct {
	reason string
	// applies says that the difference, and nothing else, explains what level is going to change.
	applies func(r request, reference, ours answer) bool
	// level makes our answer the real one; nil takes the whole of it.
	level func(reference answer, ours *answer)
	// stored says that the new user is different in the database too, or not there.
	stored bool
}

var differences = []difference{
	{
		reason: "the product's sign-up also returns the session; the clients ignore it",
		applies: func(r request, _, ours answer) bool {
			body, _ := ours.body.(map[string]any)
			session, _ := body["session"].(map[string]any)
			return strings.HasPrefix(r.target, "/sign-up/email") && len(session) == 3 &&
				session["id"] == "<id>" && session["token"] == body["token"] && session["expiresAt"] == "<time>"
		},
		level: func(_ answer, ours *answer) { delete(ours.body.(map[string]any), "session") },
	},
	{
		reason:  "CORS, request ids and protective headers are the host's business in Better-Auth; here the server is the host",
		applies: func(request, answer, answer) bool { return true },
		level: func(reference answer, ours *answer) {
			for name := range ours.header {
				_, both := reference.header[name]
				if !both && (strings.HasPrefix(name, "Access-Control-") || name == "Vary" || name == "X-Request-Id" || name == "X-Content-Type-Options") {
					delete(ours.header, name)
				}
			}
		},
	},
	{
		reason:  "what is hostile by its form is refused before anything else, and the reason told: NUL, deep nesting, an endless address, a broken escape in the path, a URL whose host depends on who reads it",
		applies: hostile,
		stored:  true,
	},
	{
		reason: "dates are ISO 8601 with four digits for the year; Better-Auth takes whatever its JavaScript engine reads",
		applies: func(r request, reference, ours answer) bool {
			text, isText := r.member("birthday").(string)
			refused := ours.code() == "FAILED_TO_CREATE_USER" || strings.HasPrefix(ours.message(), "[body.birthday] ")
			return isText && !isoDate(text) && reference.status == http.StatusOK && refused
		},
		stored: true,
	},
	{
		reason: "half a surrogate pair in a JSON field becomes U+FFFD, as it does in a string field",
		applies: func(r request, reference, ours answer) bool {
			return strings.Contains(r.body, `\ud800`) && reference.code() == "FAILED_TO_CREATE_USER" && ours.status == http.StatusOK
		},
		stored: true,
	},
	{
		reason: "bad input is never a 500 here",
		applies: func(_ request, reference, ours answer) bool {
			return reference.status == http.StatusInternalServerError && ours.status < http.StatusInternalServerError
		},
		stored: true,
	},
}

func hostile(r request, reference, ours answer) bool {
	path, query, _ := strings.Cut(r.target, "?")
	holdsNUL := strings.Contains(r.body, `\u0000`) || strings.Contains(query, "%00")
	email, _ := r.member("email").(string)
	switch {
	case ours.status < http.StatusBadRequest || reference.status == ours.status && reference.code() == ours.code() && reference.message() == ours.message():
		return false
	case strings.Contains(path, "%zz"):
		return ours.status == http.StatusBadRequest
	case holdsNUL && reference.status >= http.StatusMultipleChoices:
		return strings.HasSuffix(ours.message(), "must not contain the character U+0000")
	case strings.Contains(r.body, strings.Repeat("[", 500)):
		return ours.code() == "BAD_REQUEST"
	case strings.Contains(r.body, `app.example.com\\x`):
		return strings.HasPrefix(ours.code(), "INVALID_") && strings.HasSuffix(ours.code(), "_URL")
	}
	return len(email) > 320 && strings.Contains(strings.ToLower(ours.message()), "invalid email") && reference.status != ours.status
}

func isoDate(text string) bool {
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04", "2006"} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

// member is a member of a JSON body; nil when there is none.
func (r request) member(name string) any {
	var body map[string]any
	if json.Unmarshal([]byte(r.body), &body) != nil {
		return nil
	}
	return body[name]
}
