package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// program writes a file of n bytes with the given time of modification.
func program(t *testing.T, n int, modified time.Time) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(name, bytes.Repeat([]byte("x"), n), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, modified, modified); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestEqualFilesGiveAnEqualArchive(t *testing.T) {
	var references []string
	var sums [][sha256.Size]byte
	for _, modified := range []time.Time{time.Unix(1e9, 0), time.Unix(2e9, 0)} {
		archive := filepath.Join(t.TempDir(), "image.tar")
		reference, err := run([]string{"--repository=docker.io/gatehouse/example", "--output=" + archive,
			"--entrypoint=/program", "--label=a=1", "--label=b=2", program(t, 100, modified) + ":/program"})
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		references, sums = append(references, reference), append(sums, sha256.Sum256(content))
	}
	if references[0] != references[1] || sums[0] != sums[1] {
		t.Errorf("archives differ: %s and %s", references[0], references[1])
	}
	if !strings.HasPrefix(references[0], "docker.io/gatehouse/example:content-") {
		t.Errorf("reference is %s", references[0])
	}
}

func TestImageHoldsFilesWithTheirParents(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "image.tar")
	if _, err := run([]string{"--repository=docker.io/gatehouse/example", "--tag=v1", "--output=" + archive,
		"--entrypoint=/opt/bin/program", program(t, 7, time.Now()) + ":/opt/bin/program"}); err != nil {
		t.Fatal(err)
	}
	image, err := tarball.ImageFromPath(archive, nil)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.User != "65532:65532" || config.Config.Entrypoint[0] != "/opt/bin/program" {
		t.Errorf("config is %+v", config.Config)
	}
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"opt/", "opt/bin/", "opt/bin/program"}
	if got := names(t, content); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("layer holds %v, want %v", got, want)
	}
}

func names(t *testing.T, content io.Reader) []string {
	t.Helper()
	var names []string
	for reader := tar.NewReader(content); ; {
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

func TestImageThatIsTooLargeIsRefused(t *testing.T) {
	_, err := run([]string{"--repository=docker.io/gatehouse/example", "--output=" + filepath.Join(t.TempDir(), "image.tar"),
		"--max-megabytes=1", program(t, 1_000_001, time.Now()) + ":/program"})
	if err == nil || !strings.Contains(err.Error(), "more than the 1 MB") {
		t.Errorf("error is %v", err)
	}
}
