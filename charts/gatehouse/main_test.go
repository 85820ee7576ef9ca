// Package gatehouse_test checks the chart with the real helm and API server: what it renders, what it refuses,
// what it says about itself, and that config/default makes the same objects.
package gatehouse_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	release   = "gatehouse"
	namespace = "gatehouse-system"
)

var update = flag.Bool("update", false, "write goldens and the README instead of comparing them")

func TestMain(m *testing.M) {
	flag.Parse()
	for _, variable := range []string{"HELM", "KUBECTL", "KUBEBUILDER_ASSETS"} {
		if os.Getenv(variable) == "" {
			fmt.Fprintf(os.Stderr, "%s is not set; run `make test`, which builds the tools and names them\n", variable)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// run returns what a program writes to stdout, and its stderr as the error when it fails.
func run(t *testing.T, variable string, arguments ...string) (string, error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), os.Getenv(variable), arguments...)
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s %q: %w\n%s", variable, arguments, err, stderr.String())
	}
	return stdout.String(), nil
}

func mustRun(t *testing.T, variable string, arguments ...string) string {
	t.Helper()
	output, err := run(t, variable, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// render is `helm template` as a user would install the chart.
func render(t *testing.T, arguments ...string) string {
	t.Helper()
	return mustRun(t, "HELM", append([]string{"template", release, ".", "--namespace", namespace}, arguments...)...)
}

// golden compares with a file, or writes it under -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with `make generate`", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-file +now); if that is meant, write it with `make generate`:\n%s", path, diff)
	}
}
