package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const timeout = time.Minute

// keeper runs redis-server ("$@") until it ends by itself or descriptor 3, the pipe from the test process, closes.
const keeper = `"$@" &
redis=$!
{ cat <&3 >/dev/null; kill -KILL $redis; } 2>/dev/null &
wait $redis`

// Server is a Redis of a test.
type Server struct {
	// URL is where it is reached.
	URL       string
	tb        testing.TB
	directory string
	arguments []string
	// lifeline ends the process when it is closed; exited yields its last words.
	lifeline *os.File
	exited   chan error
}

// Start runs an empty Redis until the test ends; arguments are further options of redis-server. Without a redis-server on
// this machine the test fails and says how to get it.
func Start(tb testing.TB, arguments ...string) *Server {
	tb.Helper()
	directory, err := shortDirectory()
	if err != nil {
		tb.Fatal(err)
	}
	socket := filepath.Join(directory, "redis.sock")
	s := &Server{URL: "unix://" + socket, tb: tb, directory: directory}
	s.arguments = append([]string{
		"--port", "0", "--unixsocket", socket, "--dir", directory, "--save", "", "--appendonly", "yes", "--appendfsync", "no", "--databases", "4",
	}, arguments...)
	tb.Cleanup(func() {
		s.Kill()
		if err := os.RemoveAll(directory); err != nil {
			tb.Error(err)
		}
	})
	s.start()
	return s
}

// shortDirectory is a new one. Those of testing.TB have long names, and the path of a Unix socket must be short.
func shortDirectory() (string, error) { return os.MkdirTemp("", "gatehouse-redis-") }

func (s *Server) start() {
	s.tb.Helper()
	if err := s.run(); err != nil {
		s.tb.Fatalf("start a Redis for tests: %v", err)
	}
	client := s.Client()
	defer client.Close()
	deadline := time.Now().Add(timeout)
	for client.Ping(context.Background()).Err() != nil {
		select {
		case err := <-s.exited:
			s.exited <- err
			s.tb.Fatalf("start a Redis for tests: %v", err)
		case <-time.After(2 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			s.tb.Fatalf("redis-server was not ready after %s", timeout)
		}
	}
}

func (s *Server) run() error {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("%w; make test installs it (Debian: apt-get install redis-server)", err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	log := &strings.Builder{}
	command := exec.Command("/bin/sh", append([]string{"-c", keeper, "keeper", program}, s.arguments...)...)
	command.Dir, command.Stdout, command.Stderr, command.ExtraFiles = s.directory, log, log, []*os.File{read}
	// A group of its own: an interrupt at the terminal must reach the test, and the keeper only through the pipe.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return errors.Join(err, write.Close())
	}
	s.lifeline, s.exited = write, make(chan error, 1)
	go func() {
		_ = command.Wait()
		text := log.String()
		s.exited <- fmt.Errorf("redis-server ended: %s", text[max(0, len(text)-4096):])
	}()
	return nil
}

// Kill ends the server at once, as a crash does.
func (s *Server) Kill() {
	s.tb.Helper()
	if s.lifeline == nil {
		return
	}
	if err := s.lifeline.Close(); err != nil {
		s.tb.Error(err)
	}
	s.lifeline = nil
	<-s.exited
}

// Restart starts a killed server again, with the data that it had.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Kill()
	s.start()
}

// Lose starts a killed server again, without the data that it had.
func (s *Server) Lose() {
	s.tb.Helper()
	s.Kill()
	if err := os.RemoveAll(filepath.Join(s.directory, "appendonlydir")); err != nil {
		s.tb.Fatal(err)
	}
	s.start()
}

// Client is a connection to the server, past everything that is tested.
func (s *Server) Client() *redis.Client {
	return redis.NewClient(&redis.Options{Network: "unix", Addr: strings.TrimPrefix(s.URL, "unix://"), MaxRetries: -1})
}

// FreePort is a loopback port that nobody listens on now.
func FreePort(tb testing.TB) string {
	tb.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	return port
}
