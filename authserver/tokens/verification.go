package tokens

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// VerificationToken is what a link in a mail says about an address. It is signed and not stored, so it may be used until
// it expires.
type VerificationToken struct {
	// Email is the address of the user, lower-case.
	Email string
	// UpdateTo is the address that takes its place; "" only verifies Email.
	UpdateTo string
	// RequestType is ConfirmEmailChange, VerifyEmailChange, or "" in links of old versions of Better-Auth.
	RequestType string
	// UserID is "" in links of old versions of Better-Auth.
	UserID string
}

// The request types.
const (
	// ConfirmEmailChange is sent to the old address, and followed by VerifyEmailChange.
	ConfirmEmailChange = "change-email-confirmation"
	// VerifyEmailChange is sent to the new address.
	VerifyEmailChange = "change-email-verification"
)

// Why a token is not accepted.
var (
	ErrBadToken     = errors.New("the token is not one of ours")
	ErrTokenExpired = errors.New("the token has expired")
)

// jwtHead is {"alg":"HS256"}.
const jwtHead = "eyJhbGciOiJIUzI1NiJ9."

// oldSubject is the claim sub of Better-Auth 1.0; later versions have none.
const oldSubject = "verify-email"

var jwtEncoding = base64.RawURLEncoding.Strict()

// SignVerification returns the JWT of a verification, signed with the newest key.
func (k *Keyring) SignVerification(v VerificationToken, now time.Time, life time.Duration) string {
	claims := ecma.AppendString([]byte(`{"email":`), v.Email)
	for _, claim := range []struct{ name, value string }{{"updateTo", v.UpdateTo}, {"requestType", v.RequestType}, {"userId", v.UserID}} {
		if claim.value != "" {
			claims = ecma.AppendString(append(claims, `,"`+claim.name+`":`...), claim.value)
		}
	}
	claims = strconv.AppendInt(append(claims, `,"iat":`...), now.Unix(), 10)
	claims = strconv.AppendInt(append(claims, `,"exp":`...), now.Unix()+int64(life/time.Second), 10)
	text := jwtEncoding.AppendEncode([]byte(jwtHead), append(claims, '}'))
	return string(jwtEncoding.AppendEncode(append(text, '.'), k.AppendMAC(nil, text)))
}

// VerifyVerification reads a JWT that one of the keys signed. Its errors are ErrBadToken and ErrTokenExpired.
func (k *Keyring) VerifyVerification(token string, now time.Time) (VerificationToken, error) {
	claims, ok := k.verifyJWT(token)
	if !ok {
		return VerificationToken{}, ErrBadToken
	}
	exp := claims.Get("exp")
	if exp.Kind() != ecma.Number {
		return VerificationToken{}, ErrBadToken
	}
	if exp.Float() <= float64(now.Unix()) {
		return VerificationToken{}, ErrTokenExpired
	}
	return verificationOf(claims)
}

// verifyJWT returns the claims of an HS256 JWT that one of the keys signed.
func (k *Keyring) verifyJWT(token string) (claims ecma.Value, ok bool) {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 {
		return claims, false
	}
	mac, err := jwtEncoding.DecodeString(token[dot+1:])
	if err != nil || !k.VerifyMAC([]byte(token[:dot]), mac) {
		return claims, false
	}
	head, payload, _ := strings.Cut(token[:dot], ".")
	header, ok := decodeJSON(head)
	if !ok || header.Get("alg").Text() != "HS256" || header.Get("crit").Kind() != ecma.Undefined {
		return claims, false
	}
	return decodeJSON(payload)
}

func decodeJSON(text string) (ecma.Value, bool) {
	data, err := jwtEncoding.DecodeString(text)
	if err != nil {
		return ecma.Value{}, false
	}
	value, err := ecma.Parse(data)
	return value, err == nil && value.Kind() == ecma.Object
}

// verificationOf refuses claims of another purpose. Where JWT_SECRET is one of the keys, the token that GET /jwt gives to
// every user has an e-mail address too, and would verify it.
func verificationOf(claims ecma.Value) (VerificationToken, error) {
	texts := [4]string{}
	for i, name := range [...]string{"email", "updateTo", "requestType", "userId"} {
		claim := claims.Get(name)
		if claim.Kind() != ecma.String && claim.Kind() != ecma.Undefined || claim.HasText(0) {
			return VerificationToken{}, ErrBadToken
		}
		texts[i] = claim.Text()
	}
	v := VerificationToken{strings.ToLower(texts[0]), strings.ToLower(texts[1]), texts[2], texts[3]}
	subject := claims.Get("sub")
	foreign := subject.Kind() != ecma.Undefined && subject.Text() != oldSubject
	if foreign || !authserver.ValidEmail(v.Email) || v.UpdateTo != "" && !authserver.ValidEmail(v.UpdateTo) {
		return VerificationToken{}, ErrBadToken
	}
	return v, nil
}
