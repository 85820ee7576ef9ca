package config_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{full, "", "a: &a [*a]", "? [a]\n: b", "<<: {basePath: /x}", "customFields:\n- - x", "{\"session\":{\"ttl\":\"1h\"}}", "!!binary aGk="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		cfg, err := config.Load(write(t, content), environment{}.get)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without text")
			}
			return
		}
		// What passes validation must be usable.
		if len(cfg.Fields()) != len(cfg.CustomFields) || *cfg.Session.Cookie.Secure && cfg.BasePath == "" {
			t.Errorf("%+v", cfg)
		}
	})
}
