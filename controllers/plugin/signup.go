package plugin

import (
	"maps"
	"time"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// SignUpFields completes the custom fields of a new user: what has to be given and is not gets a value that fits. Hidden are
// those that answers do not carry.
func SignUpFields(auth *v1alpha1.AuthService, given map[string]any, now time.Time, random func() string) (fields map[string]any, hidden []string) {
	fields = map[string]any{}
	for _, field := range auth.Spec.CustomFields {
		if field.Required && field.Default == nil && (field.Input == nil || *field.Input) {
			fields[field.Name] = example(&field, now, random)
		}
		if field.Returned != nil && !*field.Returned {
			hidden = append(hidden, field.Name)
		}
	}
	maps.Copy(fields, given)
	return fields, hidden
}

// example is a value that no other user has, where there are enough, as JSON decodes it.
func example(field *v1alpha1.CustomField, now time.Time, random func() string) any {
	switch field.Type {
	case "number":
		return -float64(now.Unix())
	case "boolean":
		return true
	case "date":
		return now.UTC().Format(time.RFC3339)
	case "string[]":
		return []any{"check-" + random()}
	case "number[]":
		return []any{-float64(now.Unix())}
	case "json":
		return map[string]any{"check": random()}
	case "enum":
		return field.Values[0]
	}
	return "check-" + random()
}

// DeletesUsers says whether users may delete themselves with their password, without a mail.
func DeletesUsers(auth *v1alpha1.AuthService) bool {
	return auth.Spec.User.DeleteUser.Enabled && !auth.Spec.User.DeleteUser.SendVerification
}
