package servers

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// python is Debian's, which has the packages below; another one on PATH may not.
const (
	python        = "/usr/bin/python3"
	pythonPackage = "/usr/lib/python3/dist-packages/fastapi"
)

var address = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)

// FastAPI starts the application of a module of apps/fastapi that asks the server, and returns its address.
func FastAPI(tb testing.TB, module string, server Server) string {
	tb.Helper()
	if _, err := os.Stat(pythonPackage); err != nil {
		tb.Fatalf("%v; `make test` installs Debian's python3-fastapi, python3-httpx, python3-jwt and python3-uvicorn", err)
	}
	command := exec.CommandContext(context.WithoutCancel(tb.Context()), python, "-m", "uvicorn", "--port=0", module+":app")
	command.Dir = filepath.Join(folder(tb), "apps", "fastapi")
	command.Env = append(askers(server), "PYTHONDONTWRITEBYTECODE=1")
	return launchApp(tb, command)
}

// Express starts apps/node, which asks the server, and returns its address.
func Express(tb testing.TB, server Server) string {
	tb.Helper()
	return launchApp(tb, Node(tb, "apps/node/server.mjs", append(askers(server), "PORT=0")...))
}

// GoApp starts apps/go, which asks the server, and returns its address.
func GoApp(tb testing.TB, server Server) string {
	tb.Helper()
	program := filepath.Join(tb.TempDir(), "app")
	build := exec.CommandContext(tb.Context(), "go", "build", "-trimpath", "-o", program, "./apps/go")
	build.Dir = folder(tb)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if output, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("build apps/go: %v\n%s", err, output)
	}
	command := exec.CommandContext(context.WithoutCancel(tb.Context()), program)
	command.Env = append(askers(server), "PORT=0")
	return launchApp(tb, command)
}

// askers is the environment of applications that ask a server.
func askers(server Server) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "AUTH_URL=" + server.Address, "JWT_SECRET=" + JWTSecret}
}

// launchApp starts an application. Unlike a server, it may end by the signal: nobody drains it.
func launchApp(tb testing.TB, command *exec.Cmd) string {
	tb.Helper()
	return launchUntil(tb, command, func(line string) (string, bool) {
		found := address.FindString(line)
		return found, found != ""
	}, endedBySignal)
}

func folder(tb testing.TB) string {
	tb.Helper()
	root, err := moduleRoot()
	if err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(root, "hack", "conformance")
}
