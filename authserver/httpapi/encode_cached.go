package httpapi

import (
	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// What comes from the cookie cache has its members in another order (contract 1.6), and sessions from secondary storage have
// them in a third.

func (e userEncoder) appendCached(dst []byte, user *authserver.User) []byte {
	dst = append(dst, `{"id":`...)
	dst = ecma.AppendString(dst, user.ID)
	dst = append(dst, `,"createdAt":`...)
	dst = ecma.AppendTime(dst, user.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = ecma.AppendTime(dst, user.UpdatedAt)
	dst = append(dst, `,"email":`...)
	dst = ecma.AppendString(dst, user.Email)
	dst = append(dst, `,"emailVerified":`...)
	dst = fields.Append(dst, user.EmailVerified)
	dst = append(dst, `,"name":`...)
	dst = ecma.AppendString(dst, user.Name)
	dst = append(dst, `,"image":`...)
	dst = appendImage(dst, user.Image)
	return append(e.appendFields(dst, user.Fields), '}')
}

func (e sessionEncoder) appendCached(dst []byte, session *authserver.Session) []byte {
	dst = append(dst, `{"id":`...)
	dst = ecma.AppendString(dst, session.ID)
	dst = append(dst, `,"createdAt":`...)
	dst = ecma.AppendTime(dst, session.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = ecma.AppendTime(dst, session.UpdatedAt)
	dst = append(dst, `,"userId":`...)
	dst = ecma.AppendString(dst, session.UserID)
	dst = append(dst, `,"expiresAt":`...)
	dst = ecma.AppendTime(dst, session.ExpiresAt)
	dst = append(dst, `,"token":`...)
	dst = ecma.AppendString(dst, session.Token)
	dst = append(dst, `,"ipAddress":`...)
	dst = ecma.AppendString(dst, session.IPAddress)
	dst = append(dst, `,"userAgent":`...)
	dst = ecma.AppendString(dst, session.UserAgent)
	return append(e.appendFields(dst, session.Fields), '}')
}

func (e sessionEncoder) appendSecondary(dst []byte, session *authserver.Session) []byte {
	dst = append(dst, `{"id":`...)
	dst = ecma.AppendString(dst, session.ID)
	dst = append(dst, `,"ipAddress":`...)
	dst = ecma.AppendString(dst, session.IPAddress)
	dst = append(dst, `,"userAgent":`...)
	dst = ecma.AppendString(dst, session.UserAgent)
	dst = append(dst, `,"expiresAt":`...)
	dst = ecma.AppendTime(dst, session.ExpiresAt)
	dst = append(dst, `,"userId":`...)
	dst = ecma.AppendString(dst, session.UserID)
	dst = append(dst, `,"token":`...)
	dst = ecma.AppendString(dst, session.Token)
	dst = append(dst, `,"createdAt":`...)
	dst = ecma.AppendTime(dst, session.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = ecma.AppendTime(dst, session.UpdatedAt)
	return append(e.appendFields(dst, session.Fields), '}')
}
