package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// figures is the file of what was measured, which hack/test.sh shows.
type figures struct{ file *os.File }

func newFigures(t *testing.T, root string) *figures {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(root, "bin", "e2e-figures.txt"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return &figures{file}
}

func (f *figures) printf(format string, arguments ...any) {
	_, _ = fmt.Fprintf(f.file, format, arguments...)
}

// figure says what a scenario measured.
func (d *demo) figure(t *testing.T, format string, arguments ...any) {
	t.Helper()
	measured := fmt.Sprintf(format, arguments...)
	t.Log(measured)
	_, scenario, _ := strings.Cut(t.Name(), "/")
	d.figures.printf("%s: %s\n", strings.ReplaceAll(scenario, "_", " "), measured)
}
