package smtptest

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The test runs itself as the one that is killed.
const victim = "GATEHOUSE_TEST_SMTP_VICTIM"

func TestAKilledTestLeavesNothingBehind(t *testing.T) {
	if file := os.Getenv(victim); file != "" {
		s := Start(t, Options{})
		if err := os.WriteFile(file, []byte(s.Address+" "+s.folder+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		select {}
	}
	t.Parallel()
	file := t.TempDir() + "/server"
	process := exec.Command(os.Args[0], "-test.run=^TestAKilledTestLeavesNothingBehind$")
	process.Env = append(os.Environ(), victim+"="+file)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	var address, folder string
	eventually(t, "the server does not start", func() bool {
		text, _ := os.ReadFile(file)
		address, folder, _ = strings.Cut(strings.TrimSpace(string(text)), " ")
		return strings.HasSuffix(string(text), "\n")
	})
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
	eventually(t, "the server listens still", func() bool {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		return err != nil
	})
	eventually(t, "the folder is there still", func() bool {
		_, err := os.Stat(folder)
		return os.IsNotExist(err)
	})
}

func TestAServerThatFindsItsPortTakenIsStartedAgain(t *testing.T) {
	t.Parallel()
	socket, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, deadline := prepare(t), time.Now().Add(30*time.Second)
	o := Options{Address: socket.Addr().String()}
	if s.run(o, deadline) {
		t.Error("it listens where somebody else does")
	}
	socket.Close()
	if !s.run(o, deadline) {
		t.Errorf("it does not listen:\n%s", s.log())
	}
}

func eventually(t *testing.T, problem string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatal(problem)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
