package oauth

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// What a profile may hold; more is not a profile but an attack on whoever shows or stores it.
const (
	maxSubject = 255
	maxEmail   = 320
	maxName    = 1024
	maxImage   = 2048
	// maxUser bounds what Apple sends beside the code.
	maxUser = 4096
)

// attributes are what a provider tells about a user, not yet checked.
type attributes struct {
	name, email, image ecma.Value
	emailVerified      bool
}

// standardClaims reads the claims of OpenID Connect.
func standardClaims(claims ecma.Value) attributes {
	return attributes{
		name: claims.Get("name"), email: claims.Get("email"), image: claims.Get("picture"),
		emailVerified: isTrue(claims.Get("email_verified")),
	}
}

// isTrue reads a boolean that some providers send as a text.
func isTrue(v ecma.Value) bool { return v.Bool() || v.Text() == "true" }

// newProfile checks what a provider told. Without an id there is no profile; anything else that is unusable is left out.
func newProfile(id ecma.Value, told attributes, raw ecma.Value) (Profile, error) {
	subject := subject(id)
	if subject == "" || raw.Kind() != ecma.Object {
		return Profile{}, rejected("its profile has no id")
	}
	p := Profile{ID: subject, Name: name(told.name), Email: email(told.email), Image: image(told.image), Raw: ecma.Append(nil, raw)}
	p.EmailVerified = told.emailVerified && p.Email != ""
	return p, nil
}

// subject is the id as JavaScript writes it, "" for what is no id.
func subject(id ecma.Value) string {
	text := id.Text()
	if id.Kind() == ecma.Number {
		text = string(ecma.AppendNumber(nil, id.Float()))
	}
	if len(text) > maxSubject || strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unicode.IsControl) ||
		text == "undefined" || text == "null" {
		return ""
	}
	return text
}

func name(v ecma.Value) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, v.Text())
	if len(text) <= maxName {
		return text
	}
	text = text[:maxName]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

func email(v ecma.Value) string {
	text := v.Text()
	unusable := func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }
	if len(text) > maxEmail || strings.Count(text, "@") != 1 || strings.ContainsFunc(text, unusable) {
		return ""
	}
	return text
}

// image is a URL that a page may load.
func image(v ecma.Value) string {
	text := v.Text()
	if len(text) > maxImage || strings.ContainsFunc(text, unicode.IsControl) {
		return ""
	}
	location, err := url.Parse(text)
	if err != nil || location.Host == "" || location.Scheme != "https" && location.Scheme != "http" {
		return ""
	}
	return text
}
