package canary

import (
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
)

// maxChoices bounds the sign-ups that are tried.
const maxChoices = 64

// needed says whether a sign-up must have a value of a field.
func needed(f authserver.Field) bool { return f.Required && f.Default == nil }

// choices is how many sign-ups there are that differ in the required unique fields with few values.
func choices(fields []authserver.Field) int {
	n := 1
	for _, f := range fields {
		n = min(n*few(f), maxChoices)
	}
	return n
}

// few is the number of values of a required unique field, 1 where there are enough for everybody.
func few(f authserver.Field) int {
	switch {
	case !needed(f) || !f.Unique:
		return 1
	case f.Type == authserver.FieldBoolean:
		return 2
	case f.Type == authserver.FieldEnum:
		return max(1, len(f.Values))
	}
	return 1
}

// values are those of the fields that a sign-up must have; the number is that of the choice.
func (v *visit) values(fields []authserver.Field, number int) map[string]any {
	values := map[string]any{}
	for _, f := range fields {
		if !needed(f) {
			continue
		}
		values[f.Name] = v.value(f, number%few(f))
		number /= few(f)
	}
	return values
}

// value is one that no user has, where there are enough.
func (v *visit) value(f authserver.Field, choice int) any {
	switch f.Type {
	case authserver.FieldNumber:
		return -v.number()
	case authserver.FieldBoolean:
		return choice == 0
	case authserver.FieldDate:
		return time.Unix(-int64(v.number()), 0).UTC().Format(time.RFC3339)
	case authserver.FieldStringArray:
		return []string{v.word()}
	case authserver.FieldNumberArray:
		return []int{-v.number()}
	case authserver.FieldJSON:
		return map[string]string{"canary": v.word()}
	case authserver.FieldEnum:
		return f.Values[choice]
	}
	return v.word()
}

func (v *visit) word() string { return "canary-" + v.draw.Draw(ids.LowerCase, 20) }

// number fits a column of 32 bits.
func (v *visit) number() int {
	n, _ := strconv.Atoi("1" + v.draw.Draw("0123456789", 9)) // digits
	return n
}
