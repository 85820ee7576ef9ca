package httpapi_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// recordedMail is a mail that the recorded server sent.
type recordedMail struct{ Kind, To, UserID, URL, Token string }

// mailKinds are our kinds of the recorded ones. Better-Auth has one function for all mails that verify an address.
var mailKinds = map[string][]string{
	"verification":              {"verify-email", "verify-new-email"},
	"change-email-confirmation": {"confirm-email-change"},
	"reset-password":            {"reset-password"},
	"delete-account":            {"delete-user"},
}

// compareMails compares the mails of an exchange, and pairs the tokens of their links.
func (r *replayer) compareMails(e exchange) {
	r.t.Helper()
	ours := r.newMails()
	if len(ours) != len(e.Mail) {
		r.t.Fatalf("%d mails, recorded are %d", len(ours), len(e.Mail))
	}
	for i, want := range e.Mail {
		if got := ours[i]; got.To != want.To || !contains(mailKinds[want.Kind], got.Kind) {
			r.t.Errorf("a mail %s to %s, recorded is %s to %s", got.Kind, got.To, want.Kind, want.To)
		} else if err := r.pairs.link(want, got.URL); err != nil {
			r.t.Errorf("mail %s: %v", got.Kind, err)
		}
	}
}

func contains(list []string, text string) bool {
	for _, item := range list {
		if item == text {
			return true
		}
	}
	return false
}

// link compares the links of two mails and pairs their tokens.
func (p *pairing) link(recorded recordedMail, ours string) error {
	before, after, found := strings.Cut(recorded.URL, recorded.Token)
	token, foundBefore := strings.CutPrefix(ours, before)
	token, foundAfter := strings.CutSuffix(token, after)
	if !found || !foundBefore || !foundAfter || len(token) != len(recorded.Token) && !jwtForm.MatchString(token) {
		return fmt.Errorf("link %s, recorded is %s", ours, recorded.URL)
	}
	if jwtForm.MatchString(recorded.Token) {
		if err := p.claims(recorded, token); err != nil {
			return err
		}
	}
	return p.pair(recorded.Token, token, false)
}

var (
	jwtForm     = regexp.MustCompile(`^eyJ[\w-]+\.[\w-]+\.[\w-]+$`)
	jwtInText   = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)
	momentsForm = regexp.MustCompile(`"iat":(\d+),"exp":(\d+)`)
	userForm    = regexp.MustCompile(`"userId":"(\w+)"`)
)

// claims compares the payloads of two tokens, byte for byte but for the user and the moments.
func (p *pairing) claims(recorded recordedMail, ours string) error {
	want, got := p.payload(recorded.Token), p.payload(ours)
	user := userForm.FindStringSubmatch(got)
	if user == nil {
		return fmt.Errorf("the claims %s have no user", got)
	}
	if err := p.pair(recorded.UserID, user[1], true); err != nil {
		return err
	}
	if w, g := moments(want), moments(got); w[1]-w[0] != g[1]-g[0] {
		return fmt.Errorf("the token lives %d s, recorded are %d", g[1]-g[0], w[1]-w[0])
	}
	want = strings.Replace(want, recorded.UserID, user[1], 1)
	if momentsForm.ReplaceAllString(want, "") != momentsForm.ReplaceAllString(got, "") {
		return fmt.Errorf("the claims %s, recorded are %s", got, want)
	}
	return nil
}

func moments(payload string) (moments [2]int64) {
	match := momentsForm.FindStringSubmatch(payload)
	for i := range moments {
		if match != nil {
			moments[i], _ = strconv.ParseInt(match[i+1], 10, 64)
		}
	}
	return moments
}

// payload is the text of the claims of a JWT, "" when the key did not sign it.
func (p *pairing) payload(token string) string {
	text, signature, _ := strings.Cut(token[strings.IndexByte(token, '.')+1:], ".")
	mac, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || !p.keys.VerifyMAC([]byte(token[:strings.LastIndexByte(token, '.')]), mac) {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(payload)
}

// tokens puts our tokens in the place of recorded ones. Those that the recorder made itself get our user, and moments that
// are as far from ours as they were from the recorder's.
func (p *pairing) tokens(text string, shift time.Duration) string {
	text = jwtInText.ReplaceAllStringFunc(text, func(token string) string {
		if ours, known := p.ours[token]; known {
			return ours
		}
		payload := p.payload(token)
		if payload == "" {
			return token
		}
		at := moments(payload)
		seconds := int64(shift / time.Second)
		payload = momentsForm.ReplaceAllString(payload, fmt.Sprintf(`"iat":%d,"exp":%d`, at[0]+seconds, at[1]+seconds))
		payload = userForm.ReplaceAllStringFunc(payload, p.translate)
		signed := token[:strings.IndexByte(token, '.')+1] + base64.RawURLEncoding.EncodeToString([]byte(payload))
		return signed + "." + base64.RawURLEncoding.EncodeToString(p.keys.AppendMAC(nil, []byte(signed)))
	})
	return p.translate(text)
}
