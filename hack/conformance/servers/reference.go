package servers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// Reference starts the real Better-Auth; it migrates the database before it answers.
func Reference(tb testing.TB, settings Settings) Server {
	tb.Helper()
	settings = settings.withDefaults()
	command := Node(tb, "reference/server.mjs", referenceEnvironment(tb, settings)...)
	address := launch(tb, command, func(line string) (string, bool) {
		var ready struct {
			Ready bool `json:"ready"`
			Port  int  `json:"port"`
		}
		if json.Unmarshal([]byte(line), &ready) != nil || !ready.Ready {
			return "", false
		}
		return fmt.Sprintf("http://127.0.0.1:%d", ready.Port), true
	})
	return Server{Name: "better-auth", Address: address, Settings: settings}
}

// Opinion is what the real Better-Auth thinks of a database.
type Opinion struct {
	// SQL is what it would run; "" when it finds nothing to do.
	SQL      string   `json:"sql"`
	Warnings []string `json:"warnings"`
	Problems []string `json:"problems"`
}

// Content says that it would work with the database as it is.
func (o Opinion) Content() bool { return o.SQL == "" && len(o.Warnings)+len(o.Problems) == 0 }

// ReferenceOpinion asks the real Better-Auth, which changes nothing.
func ReferenceOpinion(tb testing.TB, settings Settings) Opinion {
	tb.Helper()
	command := Node(tb, "reference/migration.mjs", referenceEnvironment(tb, settings.withDefaults())...)
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		tb.Fatalf("ask the real Better-Auth about the database: %v\n%s", err, stderr.String())
	}
	var opinion Opinion
	if err := json.Unmarshal(output, &opinion); err != nil {
		tb.Fatalf("%v in %s", err, output)
	}
	return opinion
}

func referenceEnvironment(tb testing.TB, s Settings) []string {
	tb.Helper()
	fields, err := json.Marshal(additionalFields(s.Fields))
	if err != nil {
		tb.Fatal(err)
	}
	sessionFields, err := json.Marshal(additionalFields(s.SessionFields))
	if err != nil {
		tb.Fatal(err)
	}
	features, err := json.Marshal(s.Features)
	if err != nil {
		tb.Fatal(err)
	}
	if s.Stateless {
		s.Database = ""
	}
	environment := []string{
		"FEATURES=" + string(features),
		"NODE_ENV=production", "PORT=0", "RATE_LIMIT=off", "LOG_LEVEL=warn",
		"DATABASE_URL=" + s.Database, "REDIS_URL=" + s.Redis, "BETTER_AUTH_SECRET=" + s.Secret, "BETTER_AUTH_SECRETS=" + s.Secrets,
		"BASE_URL=" + s.BaseURL, "BASE_PATH=" + s.BasePath, "TRUSTED_ORIGINS=" + strings.Join(s.TrustedOrigins, ","),
		"FIELDS=" + string(fields), "SESSION_FIELDS=" + string(sessionFields), "COOKIE_PREFIX=" + s.CookiePrefix, "COOKIE_DOMAIN=" + s.CookieDomain,
		"SECURE_COOKIES=" + optional(s.SecureCookies, strconv.FormatBool),
		"AUTO_SIGN_IN=" + optional(s.AutoSignIn, strconv.FormatBool),
		"SESSION_UPDATE_AGE=" + optional(s.UpdateAge, seconds),
		"COOKIE_CACHE=" + strings.ToLower(s.CookieCache),
		"DISABLE_SIGN_UP=" + strconv.FormatBool(s.DisableSignUp),
		"DELETE_USER=" + strconv.FormatBool(s.DeleteUser), "DELETE_VERIFY=" + strconv.FormatBool(s.DeleteByMail),
		"ERROR_URL=" + s.ErrorURL, "SMTP=" + s.SMTP, "SOCIAL=" + strings.Join(s.Social, ","), "OAUTH_FAKE=" + s.Fake,
		"ENCRYPT_TOKENS=" + strconv.FormatBool(s.EncryptTokens),
		"REQUIRE_EMAIL_VERIFICATION=" + strconv.FormatBool(s.RequireEmailVerification),
		"REVOKE_ON_RESET=" + strconv.FormatBool(s.RevokeOnReset),
		"SEND_ON_SIGN_UP=" + optional(s.EmailVerification.SendOnSignUp, strconv.FormatBool),
		"SEND_ON_SIGN_IN=" + strconv.FormatBool(s.EmailVerification.SendOnSignIn),
		"AUTO_SIGN_IN_AFTER_VERIFICATION=" + strconv.FormatBool(s.EmailVerification.AutoSignInAfterVerification),
		"CHANGE_EMAIL=" + strconv.FormatBool(s.ChangeEmail.Enabled),
		"CHANGE_EMAIL_CONFIRM=" + strconv.FormatBool(s.ChangeEmail.ConfirmCurrent),
		"CHANGE_EMAIL_UNVERIFIED=" + strconv.FormatBool(s.ChangeEmail.UpdateWithoutVerification),
	}
	if s.RateLimitInDatabase {
		environment = append(environment, "RATE_LIMIT_STORAGE=database")
	}
	if s.SessionTTL != 0 {
		environment = append(environment, "SESSION_EXPIRES_IN="+seconds(s.SessionTTL))
	}
	return environment
}

func optional[T any](value *T, text func(T) string) string {
	if value == nil {
		return ""
	}
	return text(*value)
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

// additionalField is a custom field in Better-Auth's own configuration.
type additionalField struct {
	Type         any   `json:"type"`
	Required     bool  `json:"required"`
	DefaultValue any   `json:"defaultValue,omitempty"`
	Input        *bool `json:"input,omitempty"`
	Returned     *bool `json:"returned,omitempty"`
	Unique       bool  `json:"unique,omitempty"`
	Index        bool  `json:"index,omitempty"`
}

// additionalFields keep the order of the configuration, which decides about the first missing field.
type additionalFields []config.CustomField

// MarshalJSON writes one object, as Better-Auth wants it.
func (fields additionalFields) MarshalJSON() ([]byte, error) {
	var object bytes.Buffer
	for i, field := range fields {
		name, err := json.Marshal(field.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(translated(field))
		if err != nil {
			return nil, err
		}
		if i > 0 {
			object.WriteByte(',')
		}
		object.Write(bytes.Join([][]byte{name, value}, []byte(":")))
	}
	return append(append([]byte("{"), object.Bytes()...), '}'), nil
}

func translated(field config.CustomField) additionalField {
	result := additionalField{
		Type: field.Type, Required: field.Required, Input: field.Input, Returned: field.Returned,
		Unique: field.Unique, Index: field.Index,
	}
	if field.Type == "enum" {
		result.Type = field.Values
	}
	switch {
	case field.Default == nil:
	case field.Type == "string", field.Type == "enum", field.Type == "date":
		result.DefaultValue = *field.Default
	default:
		result.DefaultValue = json.RawMessage(*field.Default)
	}
	return result
}
