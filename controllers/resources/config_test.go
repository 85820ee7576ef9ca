package resources

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// The auth server refuses unknown keys and bad values, so what the operator renders must load.
func TestAuthServerLoadsTheRenderedConfig(t *testing.T) {
	t.Parallel()
	for name, auth := range allCases() {
		configMap, err := ConfigMap(auth())
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), configKey)
		if err := os.WriteFile(path, []byte(configMap.Data[configKey]), 0o600); err != nil {
			t.Fatal(err)
		}
		loaded, err := config.Load(path, func(string) string { return "" })
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if loaded.BaseURL != URL(auth()) || loaded.Database.Directory != databaseDirectory {
			t.Errorf("%s: loaded %+v", name, loaded)
		}
	}
}
