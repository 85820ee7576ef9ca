package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func loadEmail(t *testing.T, yaml string) (*Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(file, func(string) string { return "" })
}

func TestEmailDefaults(t *testing.T) {
	t.Parallel()
	for yaml, port := range map[string]int{
		"email: {host: smtp.example.com, from: a@example.com}":                    587,
		"email: {host: smtp.example.com, from: a@example.com, tls: Implicit}":     465,
		"email: {host: smtp.example.com, from: Shop <a@example.com>, port: 2525}": 2525,
	} {
		cfg, err := loadEmail(t, yaml)
		if err != nil || cfg.Email.Port != port || cfg.Email.TLS == "" {
			t.Errorf("%s: %+v, %v", yaml, cfg.Email, err)
		}
	}
}

func TestBadEmailSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for yaml, problem := range map[string]string{
		"email: {from: a@example.com}":                                          "email.host",
		"email: {host: 'smtp.example.com/x', from: a@example.com}":              "email.host",
		"email: {host: smtp.example.com}":                                       "email.from",
		"email: {host: smtp.example.com, from: nobody}":                         "email.from",
		"email: {host: smtp.example.com, from: a@example.com, replyTo: nobody}": "email.replyTo",
		"email: {host: smtp.example.com, from: a@example.com, tls: Maybe}":      "email.tls",
		"email: {host: smtp.example.com, from: a@example.com, port: 70000}":     "email.port",
	} {
		if _, err := loadEmail(t, yaml); err == nil || !strings.Contains(err.Error(), problem+": ") {
			t.Errorf("%s: %v, want %s", yaml, err, problem)
		}
	}
}

func TestMailCredentials(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	email := Email{Host: "h", Directory: folder}
	none := func(string) string { return "" }
	write("user", "hidden\n")
	if _, _, err := email.Credentials(none); err == nil || !strings.HasSuffix(err.Error(), "the secret has the keys user") {
		t.Errorf("a secret with other keys: %v", err)
	}
	if username, password, err := (Email{Host: "h"}).Credentials(none); username+password != "" || err != nil {
		t.Errorf("no variables: %q %q %v", username, password, err)
	}
	write("password", "hidden\n")
	if _, _, err := email.Credentials(none); err == nil || !strings.Contains(err.Error(), `"username"`) || strings.Contains(err.Error(), "hidden") {
		t.Errorf("a password alone: %v", err)
	}
	write("username", "user\n")
	if username, password, err := email.Credentials(none); username != "user" || password != "hidden" || err != nil {
		t.Errorf("%q %q %v", username, password, err)
	}
	write("password", "changed")
	if _, password, err := email.Credentials(none); password != "changed" || err != nil {
		t.Errorf("%q %v", password, err)
	}
	environment := map[string]string{EnvSMTPUsername: "user"}
	if _, _, err := (Email{Host: "h"}).Credentials(func(name string) string { return environment[name] }); err == nil || !strings.Contains(err.Error(), EnvSMTPPassword) {
		t.Errorf("a user name alone: %v", err)
	}
}
