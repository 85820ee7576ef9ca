package inputs

import (
	"slices"
	"strconv"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// Object is the Within of a member with a schema of its own.
func Object(properties ...Property) func(path string, value ecma.Value) []string {
	return Schema{Properties: properties}.problems
}

// Strings is the Within of an array of strings.
func Strings(path string, array ecma.Value) (problems []string) {
	for i, item := range array.Items() {
		problems = append(problems, text.problems(path+"."+strconv.Itoa(i), item)...)
	}
	return problems
}

// StringsExcept is the Within of an object of strings without the keys; message is the problem of one that has them.
func StringsExcept(message string, keys ...string) func(path string, object ecma.Value) []string {
	return func(path string, object ecma.Value) (problems []string) {
		taken := false
		for key, member := range object.Members() {
			taken = taken || slices.Contains(keys, key)
			problems = append(problems, text.problems(path+"."+key, member)...)
		}
		if taken && problems == nil {
			problems = append(problems, at(path, message))
		}
		return problems
	}
}

// text is a string of any characters.
var text = Property{Type: ecma.String, Secret: true}
