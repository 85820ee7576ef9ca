package tools

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// step prepares step.sh with this environment and these arguments.
func step(t *testing.T, environment []string, arguments ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var output bytes.Buffer
	command := exec.CommandContext(t.Context(), "./step.sh", arguments...)
	command.Env = append(append(os.Environ(), "VERBOSE=", "QUIET=", "HINT=", "TMPDIR="+t.TempDir()), environment...)
	command.Stdout, command.Stderr = &output, &output
	return command, &output
}

func TestStepSaysWhatItDid(t *testing.T) {
	for _, test := range []struct {
		name        string
		environment []string
		command     string
		status      int
		want        []string
		wantNot     []string
	}{
		{name: "success", command: "echo noise", want: []string{"✓ tidy up  "}, wantNot: []string{"noise"}},
		{name: "quiet success", environment: []string{"QUIET=1"}, command: "echo noise", wantNot: []string{"tidy up"}},
		{name: "verbose", environment: []string{"VERBOSE=1"}, command: "echo noise", want: []string{"==> tidy up", "noise"}},
		{
			name: "failure", environment: []string{"HINT=Free some space.", "QUIET=1"}, command: "echo the disk is full; exit 3", status: 3,
			want: []string{"✗ tidy up", "    the disk is full", "The whole log is ", "Free some space."},
		},
		{name: "slow", command: "sleep 2.5", want: []string{"· tidy up … 2s", "✓ tidy up  "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command, output := step(t, test.environment, "tidy up", "bash", "-c", test.command)
			err := command.Run()
			if code := command.ProcessState.ExitCode(); code != test.status {
				t.Errorf("status is %d, want %d: %v", code, test.status, err)
			}
			for _, want := range test.want {
				if !strings.Contains(output.String(), want) {
					t.Errorf("output lacks %q:\n%s", want, output)
				}
			}
			for _, unwanted := range test.wantNot {
				if strings.Contains(output.String(), unwanted) {
					t.Errorf("output has %q:\n%s", unwanted, output)
				}
			}
		})
	}
}

func TestInterruptedStepEndsItsCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	command, _ := step(t, nil, "wait", "bash", "-c", "echo $$ > "+file+".new; mv "+file+".new "+file+"; exec sleep 600")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	pid := readPID(t, file)
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := command.Wait()
	if code := command.ProcessState.ExitCode(); code != 130 {
		t.Errorf("status is %d, want 130: %v", code, err)
	}
	until(t, "the command to end", func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
}

func readPID(t *testing.T, file string) int {
	t.Helper()
	var pid int
	until(t, "the command to begin", func() bool {
		content, err := os.ReadFile(file)
		if err == nil {
			pid, err = strconv.Atoi(strings.TrimSpace(string(content)))
		}
		return err == nil
	})
	return pid
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(time.Minute); !done(); <-ticker.C {
		if time.Now().After(deadline) {
			t.Fatalf("a minute was not enough for %s", what)
		}
	}
}
