package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

var (
	fieldNameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,62}$`)
	fieldTypes    = []authserver.FieldType{
		authserver.FieldString, authserver.FieldNumber, authserver.FieldBoolean, authserver.FieldDate,
		authserver.FieldStringArray, authserver.FieldNumberArray, authserver.FieldJSON, authserver.FieldEnum,
	}
	// reservedUserNames are the core columns of users and the other keys of sign-up's body.
	reservedUserNames = []string{
		"id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt",
		"password", "callbackURL", "rememberMe",
	}
	// reservedSessionNames are the core columns of sessions.
	reservedSessionNames = []string{
		"id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId",
	}
	// systemColumns are PostgreSQL's, in every table.
	systemColumns = []string{"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}
)

const maxCustomFields = 64

// Fields returns the custom fields of users with typed defaults. It expects a Config that Load returned.
func (c *Config) Fields() []authserver.Field { return typed(c.CustomFields) }

// SessionFields returns the custom fields of sessions likewise.
func (c *Config) SessionFields() []authserver.Field { return typed(c.Session.Fields) }

func typed(list []CustomField) []authserver.Field {
	fields := make([]authserver.Field, len(list))
	for i, custom := range list {
		fields[i] = authserver.Field{
			Name: custom.Name, Type: authserver.FieldType(custom.Type), Values: custom.Values, Required: custom.Required,
			Input: custom.Input == nil || *custom.Input, Returned: custom.Returned == nil || *custom.Returned,
			Unique: custom.Unique, Index: custom.Index,
		}
		if custom.Default != nil {
			fields[i].Default, _ = custom.parse(*custom.Default)
		}
	}
	return fields
}

func validateCustomFields(list string, fields []CustomField, reserved []string, found *problems) {
	if len(fields) > maxCustomFields {
		found.add(list, "has %d fields; at most %d are allowed", len(fields), maxCustomFields)
	}
	seen := map[string]bool{}
	for i, field := range fields {
		key := list + "[" + strconv.Itoa(i) + "]"
		switch {
		case !fieldNameForm.MatchString(field.Name):
			found.add(key+".name", "%q must be a letter, then letters, digits and _, at most 63 in all", field.Name)
		case slices.Contains(reserved, field.Name), slices.Contains(systemColumns, field.Name):
			found.add(key+".name", "%q is taken by Better-Auth or PostgreSQL; choose another name", field.Name)
		case seen[field.Name]:
			found.add(key+".name", "%q is there twice; keep one", field.Name)
		}
		seen[field.Name] = true
		field.validate(key, found)
	}
}

func (f CustomField) validate(key string, found *problems) {
	if !slices.Contains(fieldTypes, authserver.FieldType(f.Type)) {
		found.add(key+".type", "%q must be one of string, number, boolean, date, string[], number[], json, enum", f.Type)
		return
	}
	f.validateValues(key, found)
	if f.Default != nil {
		if _, err := f.parse(*f.Default); err != nil {
			found.add(key+".default", "%v", err)
		}
		if f.Unique {
			found.add(key+".default", "a unique field must not have a default: the second row with it would be refused")
		}
	}
}

// validateUserFields also refuses fields that keep everybody from signing up.
func validateUserFields(fields []CustomField, found *problems) {
	validateCustomFields("customFields", fields, reservedUserNames, found)
	for i, f := range fields {
		if f.Required && f.Default == nil && f.Input != nil && !*f.Input {
			found.add(fmt.Sprintf("customFields[%d].required", i), "nobody could sign up, because input is false; add a default or let input be true")
		}
	}
}

// validateSessionFields also refuses fields that keep everybody from signing in: a session begins with the defaults.
func validateSessionFields(fields []CustomField, found *problems) {
	validateCustomFields("session.fields", fields, reservedSessionNames, found)
	for i, f := range fields {
		if f.Required && f.Default == nil {
			found.add(fmt.Sprintf("session.fields[%d].required", i), "nobody could sign in, because a session begins without a value; add a default")
		}
	}
}

func (f CustomField) validateValues(key string, found *problems) {
	if f.Type != string(authserver.FieldEnum) {
		if len(f.Values) > 0 {
			found.add(key+".values", "are for type enum only; this field has type %s", f.Type)
		}
		return
	}
	if len(f.Values) == 0 {
		found.add(key+".values", "a field of type enum needs values, such as [free, pro]")
	}
	for i, value := range f.Values {
		if value == "" || strings.ContainsRune(value, 0) || slices.Contains(f.Values[:i], value) {
			found.add(fmt.Sprintf("%s.values[%d]", key, i), "%q must be text that is there once", value)
		}
	}
}

// parse turns the text of a default into the Go value that FieldType documents.
func (f CustomField) parse(text string) (any, error) {
	if strings.ContainsRune(text, 0) {
		return nil, fmt.Errorf("%q has a NUL character, which PostgreSQL cannot store", text)
	}
	switch authserver.FieldType(f.Type) {
	case authserver.FieldNumber:
		return parsed(text, "a whole number from -2147483648 to 2147483647", func(text string) (int64, error) {
			return strconv.ParseInt(text, 10, 32)
		})
	case authserver.FieldBoolean:
		return parsed(text, "true or false", parseBoolean)
	case authserver.FieldDate:
		return parsed(text, "a moment such as 2026-01-31T00:00:00Z", parseDate)
	case authserver.FieldStringArray:
		return parsed(text, `a JSON list of texts, such as ["a","b"]`, parseJSON[[]string])
	case authserver.FieldNumberArray:
		return parsed(text, "a JSON list of numbers, such as [1,2]", parseJSON[[]float64])
	case authserver.FieldJSON:
		return parsed(text, `JSON, such as {"a":1}`, parseJSON[any])
	case authserver.FieldEnum:
		if !slices.Contains(f.Values, text) {
			return nil, fmt.Errorf("%q must be one of the field's values: %s", text, strings.Join(f.Values, ", "))
		}
	}
	return text, nil
}

// parsed turns a parser's error into one that says what the text must be.
func parsed[T any](text, form string, parse func(string) (T, error)) (any, error) {
	value, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q must be %s", text, form)
	}
	return value, nil
}

func parseBoolean(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, strconv.ErrSyntax
	}
	return text == "true", nil
}

func parseDate(text string) (time.Time, error) {
	moment, err := time.Parse(time.RFC3339, text)
	return moment.UTC().Truncate(time.Millisecond), err
}

func parseJSON[T any](text string) (json.RawMessage, error) {
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil || strings.TrimSpace(text) == "null" {
		return nil, strconv.ErrSyntax
	}
	return json.RawMessage(text), nil
}
