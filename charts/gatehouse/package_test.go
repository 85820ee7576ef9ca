package gatehouse_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPackageHoldsTheChartOnly(t *testing.T) {
	directory := t.TempDir()
	mustRun(t, "HELM", "package", ".", "--destination", directory)
	archives, err := filepath.Glob(filepath.Join(directory, "gatehouse-*.tgz"))
	if err != nil || len(archives) != 1 {
		t.Fatalf("helm package made %v: %v", archives, err)
	}
	files := filesOf(t, archives[0])
	for _, wanted := range []string{"Chart.yaml", "values.yaml", "values.schema.json", "README.md", "files/role.yaml", "templates/deployment.yaml"} {
		if !slices.Contains(files, "gatehouse/"+wanted) {
			t.Errorf("%s is missing", wanted)
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".go") || strings.Contains(file, "testdata") {
			t.Errorf("%s is for tests only; name it in .helmignore", file)
		}
	}
}

func filesOf(t *testing.T, archive string) []string {
	t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
	}
}
