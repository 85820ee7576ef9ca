package resources

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// unmapped are the settings of the auth server that no spec has, each with the reason.
var unmapped = map[string]string{
	"listen.public":            "pods listen where the Service expects it",
	"listen.ops":               "pods listen where the probes expect it",
	"trustedOrigins":           "deep links are for servers without Kubernetes so far",
	"rateLimit.default.max":    "the rules override it path by path",
	"rateLimit.default.window": "likewise",
}

// Every setting of the auth server is in some section of the spec, and the goldens show it.
func TestEverySettingIsMapped(t *testing.T) {
	t.Parallel()
	set := map[string]bool{}
	for _, auth := range allCases() {
		settings(reflect.ValueOf(serverConfig(auth())), "", func(path string, value reflect.Value) { set[path] = set[path] || !value.IsZero() })
	}
	var missing []string
	settings(reflect.Zero(reflect.TypeFor[config.Config]()), "", func(path string, _ reflect.Value) {
		if !set[path] && unmapped[path] == "" {
			missing = append(missing, path)
		}
	})
	if len(missing) > 0 {
		slices.Sort(missing)
		t.Errorf("no case of the goldens has %s: map it in config.go or config_sections.go", strings.Join(missing, ", "))
	}
}

// settings visits every leaf by its path in the file, in the items of lists too.
func settings(value reflect.Value, path string, visit func(path string, value reflect.Value)) {
	switch kind := value.Kind(); {
	case value.Type() == reflect.TypeFor[config.Duration](), value.Type() == reflect.TypeFor[*config.Duration]():
		visit(path, value)
	case kind == reflect.Pointer && value.Type().Elem().Kind() == reflect.Struct:
		if value.IsNil() {
			value = reflect.New(value.Type().Elem())
		}
		settings(value.Elem(), path, visit)
	case kind == reflect.Slice && value.Type().Elem().Kind() == reflect.Struct:
		settings(reflect.Zero(value.Type().Elem()), path, visit)
		for i := range value.Len() {
			settings(value.Index(i), path, visit)
		}
	case kind == reflect.Struct:
		for i := range value.NumField() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			settings(value.Field(i), strings.Trim(path+"."+name, "."), visit)
		}
	default:
		visit(path, value)
	}
}
