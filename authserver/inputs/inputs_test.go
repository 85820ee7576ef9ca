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
		{Name: "password", Type: ecma.String, Check: NonEmpty, Secret: true},
		{Name: "rememberMe", Type: ecma.Boolean, Optional: true},
	}}
	for body, want := range map[string]string{
		`{"email":"a@b.co","password":"\u0000","x":1}`: "",
		`{"password":""}`: "[body.email] Invalid input: expected string, received undefined; [body.password] Too small: expected string to have >=1 characters",
		`{"email":"a","password":1,"rememberMe":null}`: "[body.email] Invalid email address; [body.password] Invalid input: expected string, received number; [body.rememberMe] Invalid input: expected boolean, received null",
		`{"email":"a\u0000","password":"x"}`:           "[body.email] Invalid input: must not contain the character U+0000",
		`[]`:                                           "[body] Invalid input: expected object, received array; [body] Invalid input: expected record, received array",
	} {
		value, err := ecma.Parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		var coded *authserver.Error
		if err := schema.Validate("body", value); errors.As(err, &coded) {
			got = coded.Message
		}
		if got != want {
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
