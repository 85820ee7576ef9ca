package authserver_test

import (
	"encoding/json"
	"os"
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
