package oauthtest

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// authorize is the page on which a user would sign in; here it sends the browser back at once.
func (s *Server) authorize(id string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if problem := problemOf(id, r.Form); problem != "" {
			http.Error(w, problem, http.StatusBadRequest)
			return
		}
		profile := s.whoSignsIn(id, r.Form.Get("login_hint"))
		back := url.Values{"state": {r.Form.Get("state")}}
		if profile.Denied != "" {
			back.Set("error", profile.Denied)
			back.Set("error_description", "The user denied it")
		} else {
			back.Set("code", encode(grant{
				Profile: profile, Number: s.number(), Challenge: r.Form.Get("code_challenge"), Nonce: r.Form.Get("nonce"),
				RedirectURI: r.Form.Get("redirect_uri"),
			}))
		}
		if !oauth.BuiltIn(id) {
			back.Set("iss", s.Issuer(id))
		}
		if r.Form.Get("response_mode") == "form_post" {
			s.post(w, r.Form.Get("redirect_uri"), back, profile)
			return
		}
		http.Redirect(w, r, withQuery(r.Form.Get("redirect_uri"), back), http.StatusFound) //nolint:gosec // a fake sends browsers anywhere
	}
}

// problemOf is why a request is not one of the client, "" when it is.
func problemOf(id string, form url.Values) string {
	responseType := "code"
	if id == "apple" {
		responseType = "code id_token"
	}
	switch {
	case form.Get("client_id") != ClientID(id):
		return "unknown client_id"
	case form.Get("response_type") != responseType:
		return "unsupported response_type"
	case form.Get("redirect_uri") == "" || form.Get("state") == "":
		return "missing redirect_uri or state"
	case id != "discord" && (form.Get("code_challenge") == "" || form.Get("code_challenge_method") != "S256"):
		return "missing code_challenge"
	case id == "apple" && form.Get("response_mode") != "form_post":
		return "response_mode must be form_post when the scope name or email is requested"
	case !oauth.BuiltIn(id) && form.Get("nonce") == "":
		return "missing nonce"
	default:
		return ""
	}
}

func (s *Server) whoSignsIn(id, hint string) Profile {
	s.mu.Lock()
	defer s.mu.Unlock()
	if profile, chosen := s.next[id]; chosen {
		return profile
	}
	if hint == "" {
		hint = "user@example.com"
	}
	name, _, _ := strings.Cut(hint, "@")
	sub := 0
	for _, c := range hint {
		sub = (sub*31 + int(c)) % 1_000_000_007
	}
	return Profile{Sub: fmt.Sprint(sub), Email: hint, Name: name, Login: name, ExpiresIn: 3600, Refresh: true}
}

var formPost = template.Must(template.New("").Parse(`<!doctype html><title>Signing in</title>
<form method="post" action="{{.Action}}">{{range $name, $values := .Form}}<input type="hidden" name="{{$name}}" value="{{index $values 0}}">{{end}}</form>
<script>document.forms[0].submit()</script>
`))

// post sends the browser back by a form, with the name of the user the first time.
func (s *Server) post(w http.ResponseWriter, to string, form url.Values, profile Profile) {
	s.mu.Lock()
	first := !s.greeted[profile.Sub]
	s.greeted[profile.Sub] = true
	s.mu.Unlock()
	if first && profile.Name != "" {
		firstName, lastName, _ := strings.Cut(profile.Name, " ")
		user, _ := json.Marshal(map[string]any{"name": map[string]string{"firstName": firstName, "lastName": lastName}, "email": profile.Email})
		form.Set("user", string(user))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = formPost.Execute(w, struct {
		Action template.URL
		Form   url.Values
	}{template.URL(to), form}) //nolint:gosec // a fake sends browsers anywhere
}

func withQuery(location string, query url.Values) string {
	separator := "?"
	if strings.Contains(location, "?") {
		separator = "&"
	}
	return location + separator + query.Encode()
}

// Back is how the authorize page sent a browser back.
type Back struct {
	// Location is the redirect URI, with the parameters in its query unless they are in Form.
	Location *url.URL
	// Form is what the browser would post; nil is a redirect.
	Form url.Values
}

// Get returns a parameter.
func (b Back) Get(name string) string {
	if b.Form != nil {
		return b.Form.Get(name)
	}
	return b.Location.Query().Get(name)
}

// Visit opens an authorize URL as a browser does and returns how it is sent back, without going there.
func (s *Server) Visit(authorizeURL string) (Back, error) {
	response, err := s.Client().Get(authorizeURL) //nolint:noctx // ends with the server
	if err != nil {
		return Back{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return Back{}, err
	}
	switch response.StatusCode {
	case http.StatusFound:
		location, err := response.Location()
		return Back{Location: location}, err
	case http.StatusOK:
		return formOf(string(body))
	default:
		return Back{}, fmt.Errorf("the authorize page answers %d: %s", response.StatusCode, body)
	}
}
