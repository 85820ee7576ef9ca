package authserver_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

func TestValidEmailIsTheGrammarOfBetterAuth(t *testing.T) {
	data, err := os.ReadFile("testdata/email.json")
	if err != nil {
		t.Fatal(err)
	}
	var pairs [][2]any
	if err := json.Unmarshal(data, &pairs); err != nil {
		t.Fatal(err)
	}
	for _, pair := range pairs {
		if got := authserver.ValidEmail(pair[0].(string)); got != pair[1] {
			t.Errorf("ValidEmail(%q) = %v, want %v", pair[0], got, pair[1])
		}
	}
	if authserver.ValidEmail(strings.Repeat("a", 320) + "@b.co") {
		t.Error("ValidEmail takes an address that no column index could hold")
	}
}

// The expression is that of Better-Auth. Every text of up to four pieces is tried, from pieces that it treats differently.
func TestValidEmailIsTheExpressionOfBetterAuth(t *testing.T) {
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct{ EmailRegex string }
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	expression, err := regexp.Compile(strings.Trim(vectors.EmailRegex, "/"))
	if err != nil || vectors.EmailRegex == "" {
		t.Fatal(err)
	}
	pieces := []string{"a", "Z9", "_", "-", "'", "+", ".", "@", "@b.co", "x.y@", ".c", ".com", "%", " ", "é", "\n"}
	var try func(text string, more int) int
	try = func(text string, more int) (accepted int) {
		want := expression.MatchString(text)
		if got := authserver.ValidEmail(text); got != want {
			t.Errorf("ValidEmail(%q) = %v, want %v", text, got, want)
		}
		if want {
			accepted = 1
		}
		for _, piece := range pieces {
			if more > 0 {
				accepted += try(text+piece, more-1)
			}
		}
		return accepted
	}
	if accepted := try("", 4); accepted < 500 {
		t.Errorf("only %d of the texts are addresses", accepted)
	}
}
