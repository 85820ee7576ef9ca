package cookiecache

import (
	"bytes"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// compact is base64url of {"session":<payload>,"expiresAt":<ms>,"signature":"<MAC>"}. The MAC is of the payload with
// expiresAt as its last member.
type compact struct{ keys *tokens.Keyring }

const (
	compactHead      = `{"session":`
	compactExpires   = `,"expiresAt":`
	compactSignature = `,"signature":"`
	compactTail      = `"}`
	// macLen is the length of a MAC in base64url.
	macLen = 43
)

func (compact) brief() time.Duration { return time.Minute }

func (f compact) seal(payload []byte, now time.Time, life time.Duration) (string, error) {
	expires := strconv.AppendInt([]byte(compactExpires), now.Add(life).UnixMilli(), 10)
	text := make([]byte, 0, len(compactHead)+len(payload)+len(expires)+len(compactSignature)+macLen+len(compactTail))
	text = append(append(append(text, compactHead...), payload...), expires...)
	message := append(append(payload[:len(payload)-1], expires...), '}')
	text = append(text, compactSignature...)
	text = encoding.AppendEncode(text, f.keys.AppendMAC(nil, message))
	text = append(text, compactTail...)
	return encoding.EncodeToString(text), nil
}

// open takes the one notation that JSON.stringify gives a value: then what was signed stands in it as it is, but for the
// brace that ends the payload.
func (f compact) open(value string) (ecma.Value, time.Time, bool) {
	text, ok := decode(value)
	if !ok || !bytes.HasPrefix(text, []byte(compactHead)) || !bytes.HasSuffix(text, []byte(compactTail)) {
		return ecma.Value{}, time.Time{}, false
	}
	signature := bytes.LastIndex(text, []byte(compactSignature))
	expires := bytes.LastIndex(text[:max(signature, 0)], []byte(compactExpires))
	if expires <= len(compactHead) || text[expires-1] != '}' {
		return ecma.Value{}, time.Time{}, false
	}
	mac, ok := decode(string(text[signature+len(compactSignature) : len(text)-len(compactTail)]))
	if !ok {
		return ecma.Value{}, time.Time{}, false
	}
	// The comma before the signature gives way to the brace that moves behind expiresAt.
	message := text[len(compactHead) : signature+1]
	copy(message[expires-len(compactHead)-1:], message[expires-len(compactHead):])
	message = message[:len(message)-1]
	message[len(message)-1] = '}'
	if !f.keys.VerifyMAC(message, mac) {
		return ecma.Value{}, time.Time{}, false
	}
	payload, err := ecma.Parse(message)
	return payload, time.UnixMilli(int64(payload.Get("expiresAt").Float())), err == nil
}
