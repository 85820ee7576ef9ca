package passhash_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
)

func TestLengthsCountUTF16(t *testing.T) {
	lengths := passhash.Lengths{Min: 8, Max: 10}
	for password, want := range map[string][2]error{
		"1234567":               {authserver.ErrPasswordTooShort, nil},
		"😀😀😀😀":                  {nil, nil},
		"éééééééééé":            {nil, nil},
		strings.Repeat("😀", 6):  {authserver.ErrPasswordTooLong, authserver.ErrPasswordTooLong},
		strings.Repeat("x", 11): {authserver.ErrPasswordTooLong, authserver.ErrPasswordTooLong},
	} {
		if err := lengths.CheckNew(password); !errors.Is(err, want[0]) {
			t.Errorf("CheckNew(%q) = %v, want %v", password, err, want[0])
		}
		if err := lengths.CheckKnown(password); !errors.Is(err, want[1]) {
			t.Errorf("CheckKnown(%q) = %v, want %v", password, err, want[1])
		}
	}
}
