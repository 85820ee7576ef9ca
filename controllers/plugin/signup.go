package plugin

import (
	"time"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// SignUpFields completes the custom fields of a new user: what has to be given and is not gets a value that fits.
func SignUpFields(auth *v1alpha1.AuthService, given map[string]any, now time.Time, random func() string) map[string]any {
	fields := map[string]any{}
	for _, field := range auth.Spec.CustomFields {
		settable := field.Input == nil || *field.Input
		if field.Required && settable && field.Default == nil {
			fields[field.Name] = example(&field, now, random)
		}
	}
	for name, value := range given {
		fields[name] = value
	}
	return fields
}

func example(field *v1alpha1.CustomField, now time.Time, random func() string) any {
	switch field.Type {
	case "number":
		return 1
	case "boolean":
		return true
	case "date":
		return now.UTC().Format(time.RFC3339)
	case "string[]":
		return []string{"check-" + random()}
	case "number[]":
		return []int{1}
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
