package smtptest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const program = "/usr/sbin/exim4"

// keeper runs Exim ("$@") until it ends by itself or descriptor 3, the pipe from the test process, closes: a test that is
// killed leaves nothing behind. (The kernel's way of telling children forgets programs like Exim, which change their user.)
const keeper = `directory=$1; shift
"$@" 3<&- &
exim=$!
{ read -r word; kill -KILL $exim; [ "$word" = stop ] || rm -rf "$directory"; kill -KILL 0; } <&3 2>/dev/null &
wait $exim`

// Options configure a Server.
type Options struct {
	// Certificate and Key are files; with them the server offers STARTTLS, and asks for a password before it takes mail.
	Certificate, Key string
	// Username and Password are what it takes then.
	Username, Password string
	// Implicit speaks TLS from the first byte instead of offering STARTTLS.
	Implicit bool
	// Login offers the mechanism LOGIN instead of PLAIN.
	Login bool
	// Repeats makes the server repeat what it was told when somebody signs in, and refuse it.
	Repeats bool
	// Slow is how long it thinks, in whole seconds, about a mail before it accepts it, as scanners for viruses do.
	Slow time.Duration
	// Address is where it listens, such as 127.0.0.1:2525; "" is a free port.
	Address string
}

// Server is a running mail server. Recipients whose address begins with refused@ are refused for good, those with later@ for
// now, those with greylisted@ the first time.
type Server struct {
	// Address is its host:port.
	Address string
	t       testing.TB
	folder  string
	// alive is the pipe to the keeper.
	alive  *os.File
	exited chan struct{}
}

// Start starts a server; it ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("%v; make test installs it (Debian: apt-get install exim4-daemon-light)", err)
	}
	s := prepare(t)
	// Between choosing a port and listening, somebody else may take it.
	for deadline := time.Now().Add(30 * time.Second); !s.run(o, deadline); {
		if time.Now().After(deadline) {
			t.Fatalf("the mail server does not listen:\n%s", s.log())
		}
	}
	return s
}

func prepare(t testing.TB) *Server {
	t.Helper()
	folder, err := os.MkdirTemp("", "gatehouse-smtp-") //nolint:usetesting // Exim, as a user of its own, may not enter t.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	s := &Server{t: t, folder: folder}
	s.folders()
	t.Cleanup(s.Stop)
	return s
}

// folders are those that Exim needs, which delivers as a user of its own.
func (s *Server) folders() {
	s.t.Helper()
	if err := os.Chmod(s.folder, 0o755); err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"spool", "log", "mail", "seen"} {
		path := filepath.Join(s.folder, name)
		if err := os.Mkdir(path, 0o777); err != nil {
			s.t.Fatal(err)
		}
		if err := os.Chmod(path, 0o777); err != nil {
			s.t.Fatal(err)
		}
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// run returns false when Exim ended before it listened.
func (s *Server) run(o Options, deadline time.Time) bool {
	s.t.Helper()
	if s.Address = o.Address; s.Address == "" {
		s.Address = freeAddress(s.t)
	}
	configuration := filepath.Join(s.folder, "exim.conf")
	if err := os.WriteFile(configuration, []byte(o.configuration(s.t, s.folder, s.Address)), 0o644); err != nil {
		s.t.Fatal(err)
	}
	s.keep(configuration)
	for time.Now().Before(deadline) {
		if bytes.Contains(s.log(), []byte("daemon started")) {
			return true
		}
		select {
		case <-s.exited:
			s.Stop()
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}
	return false
}

// keep starts the keeper.
func (s *Server) keep(configuration string) {
	s.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	defer read.Close()
	process := exec.Command("/bin/sh", "-c", keeper, "keeper", s.folder, program, "-C", configuration, "-bdf")
	process.ExtraFiles = []*os.File{read}
	// A group of its own, which ends as a whole.
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := process.Start(); err != nil {
		s.t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { _ = process.Wait(); close(exited) }()
	s.alive, s.exited = write, exited
}

// log is what Exim says about itself and its mails.
func (s *Server) log() []byte {
	text, err := os.ReadFile(filepath.Join(s.folder, "log", "main"))
	if err != nil && !os.IsNotExist(err) {
		s.t.Error(err)
	}
	return text
}

// Stop ends the server.
func (s *Server) Stop() {
	if s.alive == nil {
		return
	}
	_, _ = s.alive.WriteString("stop\n")
	_ = s.alive.Close()
	<-s.exited
	s.alive = nil
}
