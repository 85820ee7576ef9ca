package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

// database is where the URL of the database is to be had.
type database struct{ url, file, secret string }

// maxURL bounds what is read where a URL should be.
const maxURL = 8 << 10

// databaseURL reads the URL; it is empty when there is none. No error shows it.
func (s session) databaseURL(d database) (string, error) {
	source, text := "--database-url", d.url
	var err error
	switch {
	case d.secret != "":
		return "", nil
	case d.file != "":
		source = "--database-url-file " + d.file
		if text, err = s.secretFile(d.file); err == nil && text == "" {
			err = errors.New("it is empty")
		}
	case text == "":
		source, text = "DATABASE_URL", s.getenv("DATABASE_URL")
	}
	if err == nil && text != "" {
		err = plugin.CheckDatabaseURL(text)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", source, err)
	}
	return text, nil
}

// secretFile is the one line of a file, or of standard input.
func (s session) secretFile(name string) (string, error) {
	source := s.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer file.Close()
		source = file
	}
	data, err := io.ReadAll(io.LimitReader(source, maxURL+1))
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(string(data), "\r\n")
	if len(data) > maxURL || strings.ContainsAny(text, "\r\n") {
		return "", errors.New("it has more than one line, or is too long; write the value alone into it")
	}
	return text, nil
}

// next says what remains to be done.
func (s session) next(o initOptions) {
	name, secret, namespace := o.setup.Name, o.setup.DatabaseSecret, ""
	if o.setup.Namespace != "" {
		namespace = " --namespace " + o.setup.Namespace
	}
	file := o.output
	if file == "" {
		file = "<the manifest>"
	}
	if o.database.url != "" {
		fmt.Fprintln(s.stderr, "\nOthers on this machine could see --database-url while this ran, and it is in the history of your shell.")
	}
	fmt.Fprintln(s.stderr, "\nNext:")
	if !o.apply && o.database.secret == "" {
		source := "the file " + o.database.file
		command := fmt.Sprintf("kubectl create secret generic %s%s --from-file=%s=%s", secret, namespace, o.setup.DatabaseKey, o.database.file)
		if o.database.file == "" || o.database.file == "-" {
			source = "DATABASE_URL, without showing it to others on this machine"
			command = fmt.Sprintf(`printf %%s "$DATABASE_URL" | kubectl create secret generic %s%s --from-file=%s=/dev/stdin`, secret, namespace, o.setup.DatabaseKey)
		}
		fmt.Fprintf(s.stderr, "  %s   # from %s\n", command, source)
	}
	if !o.apply {
		fmt.Fprintf(s.stderr, "  kubectl apply%s -f %s\n", namespace, file)
	}
	fmt.Fprintf(s.stderr, "  kubectl gatehouse status %s%s --wait\n", name, namespace)
	if strings.HasPrefix(o.setup.BaseURL, "http://localhost:") {
		fmt.Fprintf(s.stderr, "  kubectl port-forward%s service/%s %d:80\n", namespace, name, o.port)
	}
	fmt.Fprintf(s.stderr, "  kubectl gatehouse check %s%s\n", name, namespace)
}
