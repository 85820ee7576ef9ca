package redisstore

import (
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// The JSON of values is that of JSON.stringify, with the members in the order of Better-Auth.

func (s *Store) appendRecord(dst []byte, session *authserver.Session, user *authserver.User) []byte {
	dst = s.appendSession(append(dst, `{"session":`...), session)
	dst = s.appendUser(append(dst, `,"user":`...), user)
	return append(dst, '}')
}

func (s *Store) appendSession(dst []byte, session *authserver.Session) []byte {
	dst = ecma.AppendString(append(dst, `{"id":`...), session.ID)
	dst = ecma.AppendString(append(dst, `,"ipAddress":`...), session.IPAddress)
	dst = ecma.AppendString(append(dst, `,"userAgent":`...), session.UserAgent)
	dst = ecma.AppendTime(append(dst, `,"expiresAt":`...), session.ExpiresAt)
	dst = ecma.AppendString(append(dst, `,"userId":`...), session.UserID)
	dst = ecma.AppendString(append(dst, `,"token":`...), session.Token)
	dst = ecma.AppendTime(append(dst, `,"createdAt":`...), session.CreatedAt)
	dst = ecma.AppendTime(append(dst, `,"updatedAt":`...), session.UpdatedAt)
	return append(appendFields(dst, s.sessionFields, session.Fields), '}')
}

func (s *Store) appendUser(dst []byte, user *authserver.User) []byte {
	dst = ecma.AppendString(append(dst, `{"name":`...), user.Name)
	dst = ecma.AppendString(append(dst, `,"email":`...), user.Email)
	dst = fields.Append(append(dst, `,"emailVerified":`...), user.EmailVerified)
	dst = append(dst, `,"image":`...)
	if user.Image == nil {
		dst = append(dst, "null"...)
	} else {
		dst = ecma.AppendString(dst, *user.Image)
	}
	dst = ecma.AppendTime(append(dst, `,"createdAt":`...), user.CreatedAt)
	dst = ecma.AppendTime(append(dst, `,"updatedAt":`...), user.UpdatedAt)
	dst = appendFields(dst, s.userFields, user.Fields)
	dst = ecma.AppendString(append(dst, `,"id":`...), user.ID)
	return append(dst, '}')
}

// appendFields continues an object with all custom fields.
func appendFields(dst []byte, custom []authserver.Field, values []any) []byte {
	for i, field := range custom {
		dst = append(ecma.AppendString(append(dst, ','), field.Name), ':')
		if i < len(values) {
			dst = fields.Append(dst, values[i])
		} else {
			dst = append(dst, "null"...)
		}
	}
	return dst
}

// column is the JSON value of a custom field's.
func column(value any) ecma.Value {
	// What was just written is JSON.
	parsed, _ := ecma.Parse(fields.Append(nil, value))
	return parsed
}

func moment(t time.Time) ecma.Value { return column(t) }
