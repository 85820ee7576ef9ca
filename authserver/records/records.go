package records

import (
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// Reader reads the members of an object.
type Reader struct {
	Object ecma.Value
	// Bad says that a member was not there or of another type.
	Bad bool
}

// Text is a member that must be a text.
func (r *Reader) Text(name string) string {
	value := r.Object.Get(name)
	r.Bad = r.Bad || value.Kind() != ecma.String
	return value.Text()
}

// Moment is a member that must be a moment.
func (r *Reader) Moment(name string) time.Time {
	moment, ok := ecma.ParseDate(r.Text(name))
	r.Bad = r.Bad || !ok
	return moment
}

// orEmpty is a text, where old rows have none.
func (r *Reader) orEmpty(name string) string {
	if r.Object.Get(name).Kind() == ecma.Null {
		return ""
	}
	return r.Text(name)
}

// fields are the values of custom fields, and whether all are there. One that is not has its default.
func (r *Reader) fields(custom []authserver.Field, hidden bool) (values []any, complete bool) {
	values, complete = make([]any, len(custom)), true
	for i, field := range custom {
		if !hidden && !field.Returned {
			continue
		}
		value, ok := fields.Restore(field.Type, r.Object.Get(field.Name))
		if !ok {
			value, complete = field.Default, false
		}
		values[i] = value
	}
	return values, complete
}

// Session returns the session in an object, whether it is one, and whether it has all custom fields; the hidden ones are
// those that answers do not carry.
func Session(object ecma.Value, custom []authserver.Field, hidden bool) (session authserver.Session, ok, complete bool) {
	r := Reader{Object: object}
	session = authserver.Session{
		ID: r.Text("id"), Token: r.Text("token"), UserID: r.Text("userId"), ExpiresAt: r.Moment("expiresAt"),
		CreatedAt: r.Moment("createdAt"), UpdatedAt: r.Moment("updatedAt"),
		IPAddress: r.orEmpty("ipAddress"), UserAgent: r.orEmpty("userAgent"),
	}
	session.Fields, complete = r.fields(custom, hidden)
	return session, !r.Bad, complete
}

// User returns the user in an object, and whether all members are there.
func User(object ecma.Value, custom []authserver.Field, hidden bool) (user authserver.User, complete bool) {
	r := Reader{Object: object}
	verified := object.Get("emailVerified")
	user = authserver.User{
		ID: r.Text("id"), Name: r.Text("name"), Email: r.Text("email"), EmailVerified: verified.Bool(),
		CreatedAt: r.Moment("createdAt"), UpdatedAt: r.Moment("updatedAt"),
	}
	if image := object.Get("image"); image.Kind() == ecma.String {
		text := image.Text()
		user.Image = &text
	}
	user.Fields, complete = r.fields(custom, hidden)
	return user, complete && !r.Bad && verified.Kind() == ecma.Boolean
}
