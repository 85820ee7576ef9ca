package main

import (
	"errors"
	"flag"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	opts, err := parse([]string{"--watch-namespaces=a, b,,a", "--log-level=debug", "--leader-elect"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(opts.watchNamespaces, []string{"a", "b"}) || opts.logLevel != slog.LevelDebug || !opts.leaderElect {
		t.Errorf("got %+v", opts)
	}
	if opts.authserverImage != "docker.io/gatehouse/authserver:dev" || opts.maxConcurrentReconciles != 10 ||
		opts.metricsAddress != ":8443" || opts.probeAddress != ":8081" {
		t.Errorf("defaults: %+v", opts)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]string{
		"--log-level=loud":                "loud",
		"--watch-namespaces=Not_A_Name":   `"Not_A_Name" is not the name of a namespace`,
		"--max-concurrent-reconciles=0":   "use 1 or more",
		"serve":                           `unexpected argument "serve"`,
		"--no-such-flag":                  "no-such-flag",
		"--max-concurrent-reconciles=ten": "ten",
	} {
		if _, err := parse([]string{arg}, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", arg, err, want)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), []string{"--help"}, &out); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "-authserver-image") {
		t.Errorf("--help: %v\n%s", err, out.String())
	}
	out.Reset()
	if err := run(t.Context(), []string{"--version"}, &out); err != nil || out.String() != "dev\n" {
		t.Errorf("--version: %v, %q", err, out.String())
	}
}
