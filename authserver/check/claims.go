package check

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
)

func (v *visit) customFields(context.Context) (string, error) {
	names := slices.Sorted(maps.Keys(v.plan.CustomFields))
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(v.plan.Hidden, name) })
	if len(names) == 0 {
		return "", skipped("none to be seen")
	}
	for _, name := range names {
		wanted := v.plan.CustomFields[name]
		found, there := v.user[name]
		switch {
		case !there:
			return "", &StepError{
				"the session's user has no " + name,
				"add it to the server's custom fields, or leave it out when the server does not return it",
			}
		case same(wanted, found):
		case v.existed:
			return "", &StepError{name + " of the user, who existed before, has another value", "leave out --email to check with a new user"}
		default:
			return "", &StepError{
				fmt.Sprintf("%s was sent as %s and came back as %s", name, text(wanted), text(found)),
				"send a value of the field's type",
			}
		}
	}
	return strings.Join(names, ", "), nil
}

// same compares JSON values; a date may come back in another notation.
func same(wanted, found any) bool {
	if reflect.DeepEqual(wanted, found) {
		return true
	}
	first, ok := moment(wanted)
	second, alsoOK := moment(found)
	return ok && alsoOK && first.Equal(second)
}

func moment(value any) (time.Time, bool) {
	text, _ := value.(string)
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed, true
		}
	}
	return time.Time{}, false
}

func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}

func (v *visit) jwt(ctx context.Context) (string, error) {
	answer, err := v.browser.Get(ctx, v.plan.BasePath+"/jwt")
	if err != nil {
		return "", err
	}
	if answer.Status == http.StatusNotFound {
		return "", skipped("GET " + v.plan.BasePath + "/jwt is not served (optional)")
	}
	var issued struct{ Token string }
	if err := v.plan.read(answer, &issued); err != nil {
		return "", err
	}
	algorithm, claims, err := decode(issued.Token)
	if err != nil {
		return "", v.strange(answer, err.Error())
	}
	expires := time.Unix(claims.Expires, 0)
	switch {
	case claims.Subject != v.user["id"] || !strings.EqualFold(claims.Email, v.plan.Email):
		return "", v.strange(answer, "a token of another user")
	case !expires.After(v.plan.Now()):
		return "", &StepError{"the token has expired already", "see whether the clocks of server and client agree, and jwt.ttl"}
	}
	return fmt.Sprintf("%s, issuer %s, expires in %s", algorithm, claims.Issuer, until(expires, v.plan.Now())), nil
}

type claims struct {
	Subject string `json:"sub"`
	Email   string `json:"email"`
	Issuer  string `json:"iss"`
	Expires int64  `json:"exp"`
}

// decode reads a token without verifying it: only the server and its applications have the key.
func decode(token string) (algorithm string, c claims, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", c, fmt.Errorf("a token that is not a JWT")
	}
	var header struct{ Alg string }
	for i, into := range []any{&header, &c} {
		decoded, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return "", c, fmt.Errorf("a token that is not a JWT")
		}
		if err := json.Unmarshal(decoded, into); err != nil {
			return "", c, fmt.Errorf("a token that is not a JWT")
		}
	}
	return header.Alg, c, nil
}
