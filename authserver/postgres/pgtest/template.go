package pgtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

const superuser = "gatehouse"

var initdbOptions = []string{
	"--username=" + superuser, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1", "--no-sync",
}

type tools struct{ initdb, postgres, version string }

// findTools prefers PATH, then the newest version where distributions put PostgreSQL, which is not on PATH.
func findTools() (tools, error) {
	var directories []string
	if path, err := exec.LookPath("initdb"); err == nil {
		directories = append(directories, filepath.Dir(path))
	}
	var installed []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*"} {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return tools{}, err
		}
		installed = append(installed, matches...)
	}
	slices.SortFunc(installed, func(a, b string) int { return majorVersion(b) - majorVersion(a) })
	for _, directory := range append(directories, installed...) {
		found := tools{initdb: filepath.Join(directory, "initdb"), postgres: filepath.Join(directory, "postgres")}
		version, err := exec.Command(found.postgres, "--version").Output()
		if err != nil {
			continue
		}
		found.version = strings.TrimSpace(string(version))
		return found, nil
	}
	return tools{}, errors.New("initdb and postgres were not found in PATH or /usr/lib/postgresql; " +
		"install them (Debian: apt-get install postgresql) or set DATABASE_URL to a server on which databases may be created")
}

func majorVersion(path string) int {
	digits := strings.FieldsFunc(path, func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) == 0 {
		return 0
	}
	number, _ := strconv.Atoi(digits[0])
	return number
}

// template is a data directory fresh from initdb, and the password of its superuser.
type template struct{ directory, password string }

// initialised returns the cached template of this version of PostgreSQL; initdb takes seconds, a copy does not.
func initialised(tools tools, account *account) (template, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return template{}, fmt.Errorf("%w; set XDG_CACHE_HOME to a writable directory", err)
	}
	sum := sha256.Sum256([]byte(tools.version + strings.Join(initdbOptions, " ")))
	final := filepath.Join(cache, "gatehouse", "pgtest", hex.EncodeToString(sum[:8]))
	if cached, err := openTemplate(final); err == nil {
		return cached, nil
	}
	if err := os.MkdirAll(filepath.Dir(final), 0o700); err != nil {
		return template{}, fmt.Errorf("%w; set XDG_CACHE_HOME to a writable directory", err)
	}
	if err := initialise(tools, account, final); err != nil {
		return template{}, err
	}
	return openTemplate(final)
}

func openTemplate(directory string) (template, error) {
	password, err := os.ReadFile(filepath.Join(directory, "password"))
	if err != nil {
		return template{}, err
	}
	return template{directory: filepath.Join(directory, "data"), password: string(password)}, nil
}

// initialise makes the template elsewhere and renames it into place, so that processes may race.
func initialise(tools tools, account *account, final string) error {
	work, err := account.temporaryDirectory()
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	password := filepath.Join(work, "password")
	if err := os.WriteFile(password, []byte(rand.Text()), 0o600); err != nil {
		return err
	}
	if err := account.own(work); err != nil {
		return err
	}
	options := slices.Concat(initdbOptions, []string{"--pwfile=" + password, "--pgdata=" + filepath.Join(work, "data")})
	command := exec.Command(tools.initdb, options...)
	command.Dir = work
	command.SysProcAttr = &syscall.SysProcAttr{Credential: account.credential()}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, output)
	}
	staging, err := os.MkdirTemp(filepath.Dir(final), "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)
	if err := os.CopyFS(staging, os.DirFS(work)); err != nil {
		return err
	}
	// Losing the race to another process is as good as winning it.
	if err := os.Rename(staging, final); err != nil && !errors.Is(err, os.ErrExist) && !errors.Is(err, syscall.ENOTEMPTY) {
		return err
	}
	return nil
}

func (t template) copyTo(data string, files map[string][]byte, account *account) error {
	if err := os.CopyFS(data, os.DirFS(t.directory)); err != nil {
		return err
	}
	if err := os.Chmod(data, 0o700); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(data, name), content, 0o600); err != nil {
			return err
		}
	}
	return account.own(data)
}
