package conformance

import (
	"net/http"
	"strings"
)

// difference is a difference from the real server that we want.
type difference struct {
	reason string
	// level makes our answer the real one where the difference, and nothing else, explains it.
	level func(r request, reference answer, ours *answer)
}

var differences = []difference{
	{
		reason: "the product's sign-up also returns the session; the clients ignore it",
		level: func(r request, _ answer, ours *answer) {
			body, _ := ours.body.(map[string]any)
			if session, ok := body["session"].(map[string]any); ok && strings.HasPrefix(r.target, "/sign-up/email") {
				if session["id"] == "<id>" && session["token"] == body["token"] && session["expiresAt"] == "<time>" && len(session) == 3 {
					delete(body, "session")
				}
			}
		},
	},
	{
		reason: "CORS, request ids and protective headers are the host's business in Better-Auth; here the server is the host",
		level: func(_ request, reference answer, ours *answer) {
			for name := range ours.header {
				_, both := reference.header[name]
				if !both && (strings.HasPrefix(name, "Access-Control-") || name == "Vary" || name == "X-Request-Id" || name == "X-Content-Type-Options") {
					delete(ours.header, name)
				}
			}
		},
	},
	{
		reason: "bad input is never a 500 here",
		level: func(_ request, reference answer, ours *answer) {
			if reference.status == http.StatusInternalServerError && ours.status < http.StatusInternalServerError {
				*ours = reference
			}
		},
	},
}
