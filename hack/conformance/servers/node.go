package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

const install = "run `make conformance-deps`"

// Node is a command that runs a script of hack/conformance, such as reference/server.mjs, with what package-lock.json
// pins. The test fails, and says what to do, when that is not installed.
func Node(tb testing.TB, script string, environment ...string) *exec.Cmd {
	tb.Helper()
	folder, err := installed()
	if err != nil {
		tb.Fatalf("the real Better-Auth: %v", err)
	}
	// Not the test's own context: that ends before the cleanups, which stop a server in order.
	command := exec.CommandContext(context.WithoutCancel(tb.Context()), "node", filepath.Join(folder, script))
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TZ=UTC"}, environment...)
	return command
}

var installed = sync.OnceValues(func() (string, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return "", fmt.Errorf("%w; install Node 20 or later (Debian: apt-get install nodejs npm), then %s", err, install)
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, "hack", "conformance")
	wanted, err := os.ReadFile(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return "", err
	}
	have, err := os.ReadFile(filepath.Join(folder, "node_modules", ".gatehouse-installed"))
	if err != nil || !bytes.Equal(have, wanted) {
		return "", errors.New("the npm packages of hack/conformance are not installed as package-lock.json says; " + install)
	}
	return folder, nil
})

func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if filepath.Dir(folder) == folder {
			return "", errors.New("no go.mod in any parent folder; run the tests from the checkout")
		}
		folder = filepath.Dir(folder)
	}
}
