package social

import (
	"errors"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

const (
	// stateLife is how long a user may stay at the provider.
	stateLife      = 10 * time.Minute
	stateLength    = 32
	verifierLength = 128
)

// state is what a sign-in needs to know when the user comes back (contract 10).
type state struct {
	// token is what the provider hands back.
	token       string
	callbackURL string
	verifier    string
	// errorURL and newUserURL are "" where the sign-in named none.
	errorURL, newUserURL string
	// link is nil unless an account is to be linked.
	link          *link
	expiresAt     time.Time
	requestSignUp ecma.Value
	// nonce is that of the ID token, "" for a provider without.
	nonce string
}

// link is the user who links an account.
type link struct {
	userID, email string
	// sealedToken is the session's, "" in a state of a Better-Auth that did not write it yet.
	sealedToken string
}

// stateMembers are the members of a state that clients do not write, whatever their additional data says.
var stateMembers = map[string]bool{
	"callbackURL": true, "codeVerifier": true, "errorURL": true, "newUserURL": true, "link": true, "serverContext": true,
	"expiresAt": true, "requestSignUp": true, "idTokenNonce": true, "oauthState": true,
}

// encode writes the state after the additional data of the client, as Better-Auth does.
func (s state) encode(additional ecma.Value) string {
	dst := []byte{'{'}
	for name, value := range additional.Members() {
		if !stateMembers[name] {
			dst = append(append(ecma.AppendString(dst, name), ':'), ecma.Append(nil, value)...)
			dst = append(dst, ',')
		}
	}
	dst = appendMember(dst, "callbackURL", s.callbackURL)
	dst = appendMember(dst, "codeVerifier", s.verifier)
	if s.errorURL != "" {
		dst = appendMember(dst, "errorURL", s.errorURL)
	}
	if s.newUserURL != "" {
		dst = appendMember(dst, "newUserURL", s.newUserURL)
	}
	if s.link != nil {
		dst = append(dst, `"link":{`...)
		dst = appendMember(dst, "userId", s.link.userID)
		dst = appendMember(dst, "email", s.link.email)
		dst = appendMember(dst, "encryptedSessionToken", s.link.sealedToken)
		dst = append(dst[:len(dst)-1], `},`...)
	}
	dst = append(dst, `"expiresAt":`...)
	dst = append(strconv.AppendInt(dst, s.expiresAt.UnixMilli(), 10), ',')
	if s.requestSignUp.Kind() == ecma.Boolean {
		dst = append(dst, `"requestSignUp":`...)
		dst = append(ecma.Append(dst, s.requestSignUp), ',')
	}
	if s.nonce != "" {
		dst = appendMember(dst, "idTokenNonce", s.nonce)
	}
	dst = appendMember(dst, "oauthState", s.token)
	dst[len(dst)-1] = '}'
	return string(dst)
}

// appendMember appends a member and a comma.
func appendMember(dst []byte, name, text string) []byte {
	dst = append(ecma.AppendString(dst, name), ':')
	return append(ecma.AppendString(dst, text), ',')
}

var errNoState = errors.New("what was kept is not the state of a sign-in")

// decodeState reads a state of ours or of Better-Auth. Members that are not there are zero.
func decodeState(text string) (state, error) {
	object, err := ecma.Parse([]byte(text))
	if err != nil {
		return state{}, errNoState
	}
	expiresAt := object.Get("expiresAt")
	s := state{
		token: object.Get("oauthState").Text(), callbackURL: object.Get("callbackURL").Text(), verifier: object.Get("codeVerifier").Text(),
		errorURL: object.Get("errorURL").Text(), newUserURL: object.Get("newUserURL").Text(),
		expiresAt: time.UnixMilli(int64(expiresAt.Float())), requestSignUp: object.Get("requestSignUp"), nonce: object.Get("idTokenNonce").Text(),
	}
	if l := object.Get("link"); l.Kind() == ecma.Object {
		s.link = &link{userID: coerced(l.Get("userId")), email: l.Get("email").Text(), sealedToken: l.Get("encryptedSessionToken").Text()}
	}
	if s.callbackURL == "" || s.verifier == "" || expiresAt.Kind() != ecma.Number || s.link != nil && s.link.userID == "" {
		return state{}, errNoState
	}
	return s, nil
}

// coerced is the text of an id, which is a number in some databases.
func coerced(id ecma.Value) string {
	if id.Kind() == ecma.Number {
		return string(ecma.AppendNumber(nil, id.Float()))
	}
	return id.Text()
}
