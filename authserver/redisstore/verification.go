package redisstore

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/records"
)

// CreateVerification stores a value, in the place of the one that the identifier has.
func (s *Store) CreateVerification(ctx context.Context, v authserver.Verification) error {
	seconds := v.ExpiresAt.Sub(s.now()).Truncate(time.Second)
	if seconds <= 0 {
		return nil
	}
	dst := ecma.AppendTime([]byte(`{"createdAt":`), v.CreatedAt)
	dst = ecma.AppendTime(append(dst, `,"updatedAt":`...), v.CreatedAt)
	dst = ecma.AppendString(append(dst, `,"value":`...), v.Value)
	dst = ecma.AppendString(append(dst, `,"identifier":`...), v.Identifier)
	dst = append(ecma.AppendTime(append(dst, `,"expiresAt":`...), v.ExpiresAt), '}')
	return translate("store a verification value", s.client.Set(ctx, s.key(verificationKey, v.Identifier), dst, seconds).Err())
}

// Verification returns the value of an identifier, or authserver.ErrNotFound when there is none or it has expired.
func (s *Store) Verification(ctx context.Context, identifier string, now time.Time) (value string, err error) {
	if len(identifier) > maxIdentifier {
		return "", authserver.ErrNotFound
	}
	text, err := s.client.Get(ctx, s.key(verificationKey, identifier)).Result()
	if err != nil {
		return "", translate("read a verification value", err)
	}
	return verified(text, now)
}

// TakeVerification deletes the value of an identifier and returns it, or authserver.ErrNotFound when there is none or it has
// expired. Of several at the same time, one gets it.
func (s *Store) TakeVerification(ctx context.Context, identifier string, now time.Time) (value string, err error) {
	if len(identifier) > maxIdentifier {
		return "", authserver.ErrNotFound
	}
	text, err := s.client.GetDel(ctx, s.key(verificationKey, identifier)).Result()
	if err != nil {
		return "", translate("take a verification value", err)
	}
	return verified(text, now)
}

// verified is the value in a text, if it has not expired.
func verified(text string, now time.Time) (string, error) {
	record, err := ecma.Parse([]byte(text))
	if err != nil {
		return "", authserver.ErrNotFound
	}
	r := records.Reader{Object: record}
	value, expiresAt := r.Text("value"), r.Moment("expiresAt")
	if r.Bad || expiresAt.Before(now) {
		return "", authserver.ErrNotFound
	}
	return value, nil
}
