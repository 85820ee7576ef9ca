package cookiecache

import (
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/jwe"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// signed is a JWT: the payload with iat and exp, signed with HS256.
type signed struct{ keys *tokens.Keyring }

// signedHead is the header of every such JWT, {"alg":"HS256"}: any other is no value of ours or of Better-Auth, and so
// there is no algorithm for clients to choose.
const signedHead = "eyJhbGciOiJIUzI1NiJ9."

// briefJWT is the life of JWT and JWE of a session that is not remembered.
const briefJWT = 5 * time.Minute

func (signed) brief() time.Duration { return briefJWT }

func (f signed) seal(payload []byte, now time.Time, life time.Duration) (string, error) {
	claims := append(jwe.AppendLife(payload[:len(payload)-1], now, life), '}')
	text := make([]byte, 0, len(signedHead)+encoding.EncodedLen(len(claims))+1+macLen)
	text = encoding.AppendEncode(append(text, signedHead...), claims)
	mac := f.keys.AppendMAC(nil, text)
	return string(encoding.AppendEncode(append(text, '.'), mac)), nil
}

func (f signed) open(value string) (ecma.Value, time.Time, bool) {
	dot := strings.LastIndexByte(value, '.')
	if dot < len(signedHead) || value[:len(signedHead)] != signedHead {
		return ecma.Value{}, time.Time{}, false
	}
	mac, ok := decode(value[dot+1:])
	if !ok || !f.keys.VerifyMAC([]byte(value[:dot]), mac) {
		return ecma.Value{}, time.Time{}, false
	}
	claims, ok := decode(value[len(signedHead):dot])
	if !ok {
		return ecma.Value{}, time.Time{}, false
	}
	payload, err := ecma.Parse(claims)
	return payload, jwe.Expiry(payload), err == nil
}
