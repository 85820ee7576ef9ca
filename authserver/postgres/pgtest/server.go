package pgtest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// keeper runs a server ("$@") until it ends by itself or descriptor 3, the pipe from the test process, closes.
// SIGQUIT makes postgres stop at once without writing its buffers. A shell starts what runs behind it with SIGQUIT ignored, and
// PgBouncer leaves it at that, so SIGTERM is for PgBouncer.
const keeper = `directory=$1; shift
"$@" &
server=$!
{ cat <&3 >/dev/null; kill -QUIT $server; kill -TERM $server; } 2>/dev/null &
wait $server
rm -rf "$directory"`

// settings trade durability, which tests do not need, for speed.
var settings = []string{
	"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", "shared_buffers=64MB",
	"fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off",
	"wal_level=minimal", "max_wal_senders=0", "dynamic_shared_memory_type=mmap",
}

// server is a running PostgreSQL; it stops when lifeline is closed, so the process must keep a reference.
type server struct {
	url      *url.URL
	lifeline *os.File
}

// variant is how a server differs from the shared one.
type variant struct {
	// files replace those of the data directory.
	files    map[string][]byte
	settings []string
}

func start(v variant) (*server, error) {
	tools, err := findTools()
	if err != nil {
		return nil, err
	}
	account, err := unprivileged()
	if err != nil {
		return nil, err
	}
	template, err := initialised(tools, account)
	if err != nil {
		return nil, err
	}
	for attempt := 0; ; attempt++ {
		running, err := run(tools, account, template, v)
		// Between choosing a free port and binding it, another process may have taken it.
		if err == nil || attempt == 4 || !errors.Is(err, errExited) {
			return running, err
		}
	}
}

func run(tools tools, account *account, template template, v variant) (*server, error) {
	directory, err := account.temporaryDirectory()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(directory, "data")
	if err := template.copyTo(data, v.files, account); err != nil {
		return nil, errors.Join(err, os.RemoveAll(directory))
	}
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(directory))
	}
	arguments := []string{tools.postgres, "-D", data, "-p", strconv.Itoa(port)}
	for _, setting := range append(settings, v.settings...) {
		arguments = append(arguments, "-c", setting)
	}
	lifeline, exited, err := keep(account, directory, arguments)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(directory))
	}
	if err := awaitReady(filepath.Join(data, "postmaster.pid"), exited); err != nil {
		return nil, errors.Join(err, lifeline.Close())
	}
	location := &url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, template.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres", RawQuery: "sslmode=disable",
	}
	return &server{url: location, lifeline: lifeline}, nil
}

var errExited = errors.New("the server ended")

// keep starts the keeper of a program. The returned channel yields one error, with the program's log, when it ends.
func keep(account *account, directory string, program []string) (*os.File, <-chan error, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer read.Close()
	log, err := os.CreateTemp("", "gatehouse-pgtest-*.log")
	if err != nil {
		return nil, nil, err
	}
	// The open descriptor stays readable; the name would outlive a killed process.
	if err := os.Remove(log.Name()); err != nil {
		return nil, nil, err
	}
	command := exec.Command("/bin/sh", append([]string{"-c", keeper, "keeper", directory}, program...)...)
	command.Dir, command.Stderr, command.ExtraFiles = directory, log, []*os.File{read}
	// A group of its own: an interrupt at the terminal must reach the test, and the keeper only through the pipe.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: account.credential()}
	if err := command.Start(); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	exited := make(chan error, 1)
	go func() {
		_ = command.Wait()
		text := make([]byte, 4096)
		length, _ := log.ReadAt(text, 0)
		exited <- fmt.Errorf("%w: %s", errExited, strings.TrimSpace(string(text[:length])))
	}()
	return write, exited, nil
}

// awaitReady waits for the word that postgres writes into its pid file, as pg_ctl does.
func awaitReady(pidFile string, exited <-chan error) error {
	deadline := time.After(timeout)
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case err := <-exited:
			return err
		case <-deadline:
			return fmt.Errorf("postgres was not ready after %s", timeout)
		case <-poll.C:
			content, err := os.ReadFile(pidFile)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			if lines := strings.Split(string(content), "\n"); len(lines) >= 8 && strings.TrimSpace(lines[7]) == "ready" {
				return nil
			}
		}
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
