package social

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

const statePrefix = "auth-state:"

// maxStateRow and maxStateCookie bound a state in bytes: anybody may begin a sign-in, and browsers drop large cookies. A
// sealed state has two letters for each byte.
const (
	maxStateRow    = 16 << 10
	maxStateCookie = 1900
)

// keep stores a state in the database, or returns it sealed for a cookie.
func (s *Service) keep(ctx context.Context, st state, additional ecma.Value) (cookie string, err error) {
	text := st.encode(additional)
	most := maxStateRow
	if s.StateInCookie {
		most = maxStateCookie
	}
	if len(text) > most {
		return "", authserver.ValidationError("[body] Too big: the URLs and additionalData of a sign-in may have " + strconv.Itoa(most) + " bytes together")
	}
	if s.StateInCookie {
		if cookie, err = s.stateKeys.Encrypt(text); err != nil {
			return "", fmt.Errorf("sealing a state: %w", err)
		}
		return cookie, nil
	}
	now := s.now()
	err = s.Verifications.CreateVerification(ctx, authserver.Verification{
		ID: s.NewID(), Identifier: statePrefix + st.token, Value: text, ExpiresAt: now.Add(stateLife), CreatedAt: now,
	})
	if err != nil {
		return "", fmt.Errorf("storing a state: %w", err)
	}
	return st.token, nil
}

// recall returns the state that a token stands for and uses it up, when the browser has the cookie of it. After that the
// cookie is of no use any more, which done says. The errors are failures; where one knows the state, errorURL is its.
func (s *Service) recall(ctx context.Context, token, cookie string) (st state, done bool, err error) {
	if s.StateInCookie {
		st, err = s.open(token, cookie)
	} else {
		st, err = s.take(ctx, token, cookie)
	}
	if err != nil {
		return st, false, err
	}
	if st.expiresAt.Before(s.now()) {
		return st, true, failed("state_mismatch")
	}
	return st, true, nil
}

func (s *Service) open(token, cookie string) (state, error) {
	if cookie == "" {
		return state{}, failed("state_mismatch")
	}
	text, err := s.stateKeys.Decrypt(cookie)
	if err != nil {
		return state{}, failed("state_invalid")
	}
	st, err := decodeState(text)
	if err != nil {
		return state{}, failed("state_invalid")
	}
	if !same(st.token, token) {
		return state{errorURL: st.errorURL}, failed("state_mismatch")
	}
	return st, nil
}

// take does not use up the state of another browser: whoever sees a state in a URL could otherwise end the sign-in. The row
// is taken whatever its age, because an expired state still tells where the user wants to read about it.
func (s *Service) take(ctx context.Context, token, cookie string) (state, error) {
	own := same(cookie, token)
	find := s.Verifications.Verification
	if own {
		find = s.Verifications.TakeVerification
	}
	text, err := find(ctx, statePrefix+token, time.Time{})
	if errors.Is(err, authserver.ErrNotFound) {
		return state{}, failed("state_mismatch")
	}
	if err != nil {
		return state{}, fmt.Errorf("reading a state: %w", err)
	}
	st, err := decodeState(text)
	if err != nil {
		return state{}, err
	}
	if !own || st.token != "" && !same(st.token, token) {
		return state{errorURL: st.errorURL}, failed("state_mismatch")
	}
	return st, nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
