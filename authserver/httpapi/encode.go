package httpapi

import (
	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// fieldEncoder writes and reads the values of custom fields. Their keys are rendered once, not per answer.
type fieldEncoder struct {
	// keys are `,"name":` in the order of the configuration, "" for fields that answers do not carry.
	keys   []string
	custom []authserver.Field
}

func newFieldEncoder(custom []authserver.Field) fieldEncoder {
	e := fieldEncoder{keys: make([]string, len(custom)), custom: custom}
	for i, f := range custom {
		if f.Returned {
			e.keys[i] = "," + string(ecma.AppendString(nil, f.Name)) + ":"
		}
	}
	return e
}

// appendFields continues an object.
func (e fieldEncoder) appendFields(dst []byte, values []any) []byte {
	for i, key := range e.keys {
		if key != "" && i < len(values) {
			dst = append(dst, key...)
			dst = fields.Append(dst, values[i])
		}
	}
	return dst
}

// userEncoder writes users.
type userEncoder struct{ fieldEncoder }

func (e userEncoder) append(dst []byte, user *authserver.User) []byte {
	dst = append(dst, `{"name":`...)
	dst = ecma.AppendString(dst, user.Name)
	dst = append(dst, `,"email":`...)
	dst = ecma.AppendString(dst, user.Email)
	dst = append(dst, `,"emailVerified":`...)
	dst = fields.Append(dst, user.EmailVerified)
	dst = append(dst, `,"image":`...)
	dst = appendImage(dst, user.Image)
	dst = append(dst, `,"createdAt":`...)
	dst = ecma.AppendTime(dst, user.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = ecma.AppendTime(dst, user.UpdatedAt)
	dst = e.appendFields(dst, user.Fields)
	dst = append(dst, `,"id":`...)
	dst = ecma.AppendString(dst, user.ID)
	return append(dst, '}')
}

func appendImage(dst []byte, image *string) []byte {
	if image == nil {
		return append(dst, "null"...)
	}
	return ecma.AppendString(dst, *image)
}

// sessionEncoder writes sessions.
type sessionEncoder struct {
	fieldEncoder
	// secondary is the order of members that Better-Auth has where sessions are in secondary storage.
	secondary bool
}

func (e sessionEncoder) append(dst []byte, session *authserver.Session) []byte {
	if e.secondary {
		return e.appendSecondary(dst, session)
	}
	dst = append(dst, `{"expiresAt":`...)
	dst = ecma.AppendTime(dst, session.ExpiresAt)
	dst = append(dst, `,"token":`...)
	dst = ecma.AppendString(dst, session.Token)
	dst = append(dst, `,"createdAt":`...)
	dst = ecma.AppendTime(dst, session.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = ecma.AppendTime(dst, session.UpdatedAt)
	dst = append(dst, `,"ipAddress":`...)
	dst = ecma.AppendString(dst, session.IPAddress)
	dst = append(dst, `,"userAgent":`...)
	dst = ecma.AppendString(dst, session.UserAgent)
	dst = append(dst, `,"userId":`...)
	dst = ecma.AppendString(dst, session.UserID)
	dst = e.appendFields(dst, session.Fields)
	dst = append(dst, `,"id":`...)
	dst = ecma.AppendString(dst, session.ID)
	return append(dst, '}')
}
