package httpapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// pairing knows which of our ids, tokens and moments stands for which recorded one. What was paired once stays paired,
// in bodies, cookies and rows, so a token in a body must be the one in the cookie.
type pairing struct {
	keys     *tokens.Keyring
	ours     map[string]string
	recorded map[string]string
	// caches are our cookies of the cookie cache, or chunks of one, by the recorded ones; oursAre the same, the other way round.
	caches  map[string]string
	oursAre map[string]bool
}

func newPairing(keys *tokens.Keyring) *pairing {
	return &pairing{keys: keys, ours: map[string]string{}, recorded: map[string]string{}, caches: map[string]string{}, oursAre: map[string]bool{}}
}

var (
	idForm   = regexp.MustCompile(`^[a-zA-Z0-9]{32}$`)
	timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	keyForm  = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	hashForm = regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`)
)

// text pairs two texts, or says why they cannot be.
func (p *pairing) text(recorded, ours string) error {
	switch {
	case secretForm.MatchString(recorded) && secretForm.MatchString(ours):
		return p.pair(recorded, ours, true)
	case strings.HasPrefix(recorded, "auth-state:") && strings.HasPrefix(ours, "auth-state:"):
		return p.text(recorded[len("auth-state:"):], ours[len("auth-state:"):])
	case authorizeForm.MatchString(recorded) && authorizeForm.MatchString(ours):
		return p.authorizeURL(recorded, ours)
	case strings.Contains(recorded, `"codeVerifier"`):
		return p.state(recorded, ours)
	case sealedForm.MatchString(recorded) && sealedForm.MatchString(ours):
		return p.sealed(recorded, ours)
	case timeForm.MatchString(recorded) && timeForm.MatchString(ours):
		return p.pair(recorded, ours, false)
	case keyForm.MatchString(recorded) && keyForm.MatchString(ours):
		return p.pair(recorded, ours, true)
	case recorded != ours && jwtForm.MatchString(recorded) && jwtForm.MatchString(ours):
		return p.jwt(recorded, ours)
	case hashForm.MatchString(recorded) && hashForm.MatchString(ours):
		return nil
	case recorded != ours && p.translate(recorded) != ours:
		return fmt.Errorf("%q, recorded is %q", ours, recorded)
	}
	return nil
}

// pair is one to one for ids; two moments of the recording may be one of ours.
func (p *pairing) pair(recorded, ours string, unique bool) error {
	if known, ok := p.ours[recorded]; ok && known != ours {
		return fmt.Errorf("%q stands for the recorded %q, which was %q before", ours, recorded, known)
	}
	if known, ok := p.recorded[ours]; unique && ok && known != recorded {
		return fmt.Errorf("%q stands for the recorded %q and for %q", ours, recorded, known)
	}
	p.ours[recorded], p.recorded[ours] = ours, recorded
	return nil
}

// body compares two JSON bodies: kinds, keys and their order, and every value.
func (p *pairing) body(recorded, ours string) error {
	r, o := json.NewDecoder(strings.NewReader(recorded)), json.NewDecoder(strings.NewReader(ours))
	r.UseNumber()
	o.UseNumber()
	expected, last := recorded, ""
	for {
		want, wantErr := r.Token()
		got, gotErr := o.Token()
		if errors.Is(wantErr, io.EOF) && errors.Is(gotErr, io.EOF) {
			break
		}
		if wantErr != nil || gotErr != nil {
			return fmt.Errorf("body %s, recorded is %s", ours, recorded)
		}
		wantText, isText := want.(string)
		gotText, _ := got.(string)
		switch {
		case isText && last == "ipAddress" && wantText == "" && gotText == "127.0.0.1":
			clientAddress.meet()
			expected = strings.Replace(expected, `"ipAddress":""`, `"ipAddress":"127.0.0.1"`, 1)
		case isText && fmt.Sprintf("%T", got) == "string":
			if err := p.text(wantText, gotText); err != nil {
				return fmt.Errorf("body at %s: %w", last, err)
			}
			expected = strings.ReplaceAll(expected, `"`+wantText+`"`, `"`+gotText+`"`)
		case want != got:
			return fmt.Errorf("body at %s: %v, recorded is %v", last, got, want)
		}
		last = wantText
	}
	if expected != ours {
		return fmt.Errorf("body %s, recorded is %s", ours, expected)
	}
	return lifetimes(recorded, ours)
}

// lifetimes compares how long sessions live, which single moments do not show.
func lifetimes(recorded, ours string) error {
	var r, o struct {
		Session *struct{ ExpiresAt, UpdatedAt time.Time }
	}
	// Other answers are no objects, or have no such session; that both are alike is compared elsewhere.
	_, _ = json.Unmarshal([]byte(recorded), &r), json.Unmarshal([]byte(ours), &o)
	if r.Session == nil || o.Session == nil {
		return nil
	}
	want, got := r.Session.ExpiresAt.Sub(r.Session.UpdatedAt), o.Session.ExpiresAt.Sub(o.Session.UpdatedAt)
	if (want - got).Abs() > 2*time.Second {
		return fmt.Errorf("the session lives %v, recorded is %v", got, want)
	}
	return nil
}

// cookie compares two Set-Cookie headers; both values must have a good signature.
func (p *pairing) cookie(recorded, ours string) error {
	if recorded == ours {
		return nil
	}
	wantName, wantValue, wantRest := splitCookie(recorded)
	gotName, gotValue, gotRest := splitCookie(ours)
	if wantName != gotName || wantRest != gotRest {
		return fmt.Errorf("cookie %s, recorded is %s", ours, recorded)
	}
	if strings.HasSuffix(wantName, ".oauth_state") && gotValue != "" {
		p.caches[wantValue] = gotValue
		return p.stateCookie(wantValue, gotValue)
	}
	if strings.HasSuffix(wantName, ".account_data") && gotValue != "" {
		p.caches[wantValue] = gotValue
		return p.accountCookie(wantValue, gotValue)
	}
	if strings.Contains(wantName, cacheCookie) {
		// What is in it is compared when all chunks are there.
		p.caches[wantValue], p.oursAre[gotValue] = gotValue, true
		return nil
	}
	want, ok := p.signed(wantValue)
	if !ok {
		return fmt.Errorf("the recorded cookie %s is not signed", recorded)
	}
	got, ok := p.signed(gotValue)
	if !ok {
		return fmt.Errorf("cookie %s is not signed", ours)
	}
	return p.text(want, got)
}

func splitCookie(header string) (name, value, rest string) {
	pair, rest, _ := strings.Cut(header, ";")
	name, value, _ = strings.Cut(pair, "=")
	return name, value, rest
}

// signed returns the text of a signed cookie value as on the wire.
func (p *pairing) signed(value string) (string, bool) {
	decoded, err := url.PathUnescape(strings.Trim(value, `"`))
	if err != nil {
		return "", false
	}
	return p.keys.Verify(decoded)
}

// translate puts our tokens, with their signatures, in the place of recorded ones.
func (p *pairing) translate(header string) string {
	for recorded, ours := range p.caches {
		header = strings.ReplaceAll(header, recorded, ours)
	}
	for recorded, ours := range p.ours {
		if recorded == ours || !strings.Contains(header, recorded) {
			continue
		}
		want, got := p.keys.Sign(recorded), p.keys.Sign(ours)
		header = strings.ReplaceAll(header, want, got)
		header = strings.ReplaceAll(header, url.QueryEscape(want), url.QueryEscape(got))
		header = strings.ReplaceAll(header, recorded, ours)
	}
	return header
}
