package inputs

import (
	"errors"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

func TestValidateWordsProblemsAsBetterAuthDoes(t *testing.T) {
	schema := Schema{Words: []string{"object", "record"}, Properties: []Property{
		{Name: "email", Type: ecma.String, Check: Email},
		{Name: "password", Type: ecma.String, NonEmpty: true, Secret: true},
		{Name: "rememberMe", Type: ecma.Boolean, Optional: true},
	}}
	for body, want := range map[string]string{
		`{"email":"a@b.co","password":"\u0000","x":1}`: "",
		`{"password":""}`: "[body.email] Invalid input: expected string, received undefined; [body.password] Too small: expected string to have >=1 characters",
		`{"email":"a","password":1,"rememberMe":null}`: "[body.email] Invalid email address; [body.password] Invalid input: expected string, received number; [body.rememberMe] Invalid input: expected boolean, received null",
		`{"email":"a\u0000","password":"x"}`:           "[body.email] Invalid input: must not contain the character U+0000",
		`{"email":"a@b.co","password":[]}`:             "[body.password] Invalid input: expected string, received array; [body.password] Too small: expected array to have >=1 items",
		`[]`:                                           "[body] Invalid input: expected object, received array; [body] Invalid input: expected record, received array",
	} {
		if got := problems(t, schema, body); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestAnOptionalBodyMayBeAbsentButNotNull(t *testing.T) {
	schema := Schema{Optional: true}
	if err := schema.Validate("body", ecma.Value{}); err != nil {
		t.Errorf("absent body: %v", err)
	}
	null, _ := ecma.Parse([]byte("null"))
	if err := schema.Validate("body", null); err == nil {
		t.Error("a null body is taken")
	}
}

func TestValidateLooksInsideObjectsAndArrays(t *testing.T) {
	schema := Schema{Properties: []Property{
		{Name: "provider", Type: ecma.String, Vague: true},
		{Name: "idToken", Type: ecma.Object, Optional: true, Within: Object(
			Property{Name: "token", Type: ecma.String}, Property{Name: "nonce", Type: ecma.String, Optional: true})},
		{Name: "scopes", Type: ecma.Array, Optional: true, Within: Strings},
		{Name: "params", Type: ecma.Object, Optional: true, Word: "record", Within: StringsExcept("reserved: state, nonce", "state", "nonce")},
	}}
	for body, want := range map[string]string{
		`{"provider":"x","idToken":{"token":"a"},"scopes":[""],"params":{"a":"b"}}`: "",
		`{"idToken":{"nonce":1},"scopes":["a",1,null],"params":{"a":1,"state":"x"}}`: "[body.provider] Invalid input; [body.idToken.token] Invalid input: expected string, received undefined; " +
			"[body.idToken.nonce] Invalid input: expected string, received number; [body.scopes.1] Invalid input: expected string, received number; " +
			"[body.scopes.2] Invalid input: expected string, received null; [body.params.a] Invalid input: expected string, received number",
		`{"provider":null,"idToken":[],"scopes":{},"params":[]}`: "[body.provider] Invalid input; [body.idToken] Invalid input: expected object, received array; " +
			"[body.scopes] Invalid input: expected array, received object; [body.params] Invalid input: expected record, received array",
		`{"provider":"x","params":{"nonce":"x"}}`: "[body.params] reserved: state, nonce",
	} {
		if got := problems(t, schema, body); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	whole := Schema{Whole: func(value ecma.Value) string {
		if value.Kind() == ecma.Object {
			return ""
		}
		return Invalid
	}}
	if got := problems(t, whole, `[]`); got != "[body] Invalid input" {
		t.Error(got)
	}
	if got := problems(t, whole, `{}`); got != "" {
		t.Error(got)
	}
}

func problems(t *testing.T, schema Schema, body string) string {
	t.Helper()
	value, err := ecma.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var coded *authserver.Error
	if err := schema.Validate("body", value); errors.As(err, &coded) {
		return coded.Message
	}
	return ""
}
