package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The ways of the connection to the mail server to be encrypted.
const (
	EmailStartTLS = "StartTLS"
	EmailImplicit = "Implicit"
	EmailNoTLS    = "None"
)

// Email says how mail is sent; without Host there is none, and nothing that needs it is served.
type Email struct {
	// Host of the SMTP server.
	Host string `json:"host,omitempty"`
	// Port of the SMTP server. Default 587, or 465 with TLS Implicit.
	Port int `json:"port,omitempty"`
	// TLS is StartTLS (required, never opportunistic), Implicit or None. Default StartTLS.
	TLS string `json:"tls,omitempty"`
	// CAFile holds the PEM certificates that the server's is checked against. Default: those of the system.
	CAFile string `json:"caFile,omitempty"`
	// Directory holds the mounted credentials in the files username and password. Without it they come from
	// SMTP_USERNAME and SMTP_PASSWORD; without a user name, mail is sent without signing in.
	Directory string `json:"directory,omitempty"`
	// From is the sender, such as "Shop <no-reply@example.com>".
	From string `json:"from,omitempty"`
	// ReplyTo is where answers go. Default: From.
	ReplyTo string `json:"replyTo,omitempty"`
	// Templates is a directory with files that replace the built-in texts.
	Templates string `json:"templates,omitempty"`
}

// EmailVerification says when users prove that an address is theirs.
type EmailVerification struct {
	// SendOnSignUp sends the mail at sign-up. Default: emailAndPassword.requireEmailVerification.
	SendOnSignUp *bool `json:"sendOnSignUp,omitempty"`
	// SendOnSignIn sends it when a sign-in is refused because the address is not verified. Default false.
	SendOnSignIn bool `json:"sendOnSignIn,omitempty"`
	// AutoSignInAfterVerification begins a session when the link is opened. Default false.
	AutoSignInAfterVerification bool `json:"autoSignInAfterVerification,omitempty"`
	// TokenTTL is the life of a link. Default 1h.
	TokenTTL Duration `json:"tokenTTL,omitzero"`
}

// ChangeEmail is about users who change their address.
type ChangeEmail struct {
	// Enabled lets users change their address. Default false.
	Enabled bool `json:"enabled,omitempty"`
	// ConfirmCurrent asks the owner of a verified old address first.
	ConfirmCurrent bool `json:"confirmCurrent,omitempty"`
	// UpdateWithoutVerification changes an address that was never verified at once.
	UpdateWithoutVerification bool `json:"updateWithoutVerification,omitempty"`
}

var mailHostForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$`)

func (e *Email) setDefaults() {
	if e.Host == "" {
		return
	}
	orDefault(&e.TLS, EmailStartTLS)
	port := 587
	if e.TLS == EmailImplicit {
		port = 465
	}
	orDefault(&e.Port, port)
}

func (e Email) validate(found *problems) {
	if e.Host == "" {
		if e != (Email{}) {
			found.add("email.host", "is not set; set it to the SMTP server, or leave the rest of email out")
		}
		return
	}
	if !mailHostForm.MatchString(e.Host) {
		found.add("email.host", "%q must be a host name or an address without port, such as smtp.example.com", e.Host)
	}
	validateCount("email.port", e.Port, 65535, found)
	if e.TLS != EmailStartTLS && e.TLS != EmailImplicit && e.TLS != EmailNoTLS {
		found.add("email.tls", "%q must be StartTLS, Implicit or None", e.TLS)
	}
	if _, err := mail.ParseAddress(e.From); err != nil {
		found.add("email.from", "%q must be an address, such as no-reply@example.com or Shop <no-reply@example.com>", e.From)
	}
	if _, err := mail.ParseAddress(e.ReplyTo); e.ReplyTo != "" && err != nil {
		found.add("email.replyTo", "%q must be an address, such as help@example.com", e.ReplyTo)
	}
}

// Credentials reads the user name and the password, which may change while the server runs. Both variables may be empty; one
// alone is an error, and so is a secret that lacks a key. Errors name keys and variables, never a value.
func (e Email) Credentials(getenv func(string) string) (username, password string, err error) {
	names := [2]string{EnvSMTPUsername, EnvSMTPPassword}
	if e.Directory == "" {
		username, password = strings.TrimSpace(getenv(EnvSMTPUsername)), strings.TrimSpace(getenv(EnvSMTPPassword))
	} else {
		names = [2]string{`email secret key "username"`, `email secret key "password"`}
		if username, err = optionalFile(filepath.Join(e.Directory, "username")); err != nil {
			return "", "", fmt.Errorf("%s: %w", names[0], err)
		}
		if password, err = optionalFile(filepath.Join(e.Directory, "password")); err != nil {
			return "", "", fmt.Errorf("%s: %w", names[1], err)
		}
	}
	switch {
	case username == "" && password == "" && e.Directory != "":
		return "", "", fmt.Errorf("%s: is missing, and so is password; the secret has %s", names[0], secretDirectory(e.Directory).present())
	case username == "" && password != "":
		return "", "", fmt.Errorf("%s: is missing, though there is a password; set both or neither", names[0])
	case username != "" && password == "":
		return "", "", fmt.Errorf("%s: is missing, though there is a user name; set both or neither", names[1])
	}
	return username, password, nil
}

func optionalFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}

// Roots are the certificates of CAFile, nil without one.
func (e Email) Roots() (*x509.CertPool, error) {
	if e.CAFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(e.CAFile)
	if err != nil {
		return nil, fmt.Errorf("email.caFile: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("email.caFile: %s holds no certificate in PEM", e.CAFile)
	}
	return pool, nil
}
