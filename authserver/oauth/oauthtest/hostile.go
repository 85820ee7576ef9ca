package oauthtest

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
)

// Status answers with a status and a body that repeats what was sent, secrets included.
func Status(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, r.Form.Encode()+r.Header.Get("Authorization"), status)
	}
}

// Body answers with a text.
func Body(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(text))
	}
}

// JSON answers with a value.
func JSON(value any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, value) }
}

// Hang answers nothing for as long as the client waits and the server runs.
func (s *Server) Hang(_ http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closed:
	}
}

// Endless answers for as long as the client reads.
func Endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	chunk := make([]byte, 64<<10)
	for i := range chunk {
		chunk[i] = ' '
	}
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// Redirect sends the client elsewhere.
func Redirect(to string, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) }
}

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]*)">`)
	formInput  = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// formOf reads the page that posts a form.
func formOf(page string) (Back, error) {
	back := Back{Form: url.Values{}}
	for _, input := range formInput.FindAllStringSubmatch(page, -1) {
		back.Form.Set(input[1], html.UnescapeString(input[2]))
	}
	var err error
	if action := formAction.FindStringSubmatch(page); action != nil {
		back.Location, err = url.Parse(html.UnescapeString(action[1]))
	}
	return back, err
}
