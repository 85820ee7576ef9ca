package mailer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
)

const commandTimeout = 20 * time.Second

// The ways of a connection to be encrypted.
const (
	StartTLS    = "StartTLS"
	ImplicitTLS = "Implicit"
	NoTLS       = "None"
)

// SMTP is a mail server.
type SMTP struct {
	Host string
	Port int
	// TLS is StartTLS, Implicit or None. With StartTLS, a server that does not offer it gets no mail.
	TLS string
	// Roots check the server's certificate; nil are those of the system.
	Roots *x509.CertPool
	// Credentials are asked for before each connection, so that they may change; an empty user name sends without them.
	Credentials func() (username, password string, err error)
}

// Send sends the messages over one connection.
func (s *SMTP) Send(ctx context.Context, messages []Message) []error {
	outcomes := make([]error, len(messages))
	if len(messages) == 0 {
		return outcomes
	}
	client, err := s.dial(ctx)
	if err != nil {
		for i := range outcomes {
			outcomes[i] = err
		}
		return outcomes
	}
	defer client.Close()
	for i, message := range messages {
		if err := ctx.Err(); err != nil {
			outcomes[i] = fmt.Errorf("the mail server is too slow: %w", err)
			continue
		}
		outcomes[i] = send(client, message)
	}
	return outcomes
}

func (s *SMTP) dial(ctx context.Context) (*gomail.Client, error) {
	username, password, err := s.Credentials()
	if err != nil {
		return nil, err
	}
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(commandTimeout), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch s.TLS {
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if username != "" {
		if s.TLS == NoTLS {
			return nil, errors.New("a user name and a password must not be sent without TLS; set email.tls to StartTLS or Implicit, or leave them out")
		}
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(username), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("the mail server's settings: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return nil, fmt.Errorf("connecting to the mail server: %w", err)
	}
	return client, nil
}

func send(client *gomail.Client, message Message) error {
	m := gomail.NewMsg()
	m.FromMailAddress(message.From)
	if message.ReplyTo != nil {
		m.ReplyToMailAddress(message.ReplyTo)
	}
	if err := m.To(message.To); err != nil {
		return &RefusedError{Code: 553, Enhanced: "5.1.3"} // what a server answers to such an address
	}
	m.Subject(message.Subject)
	m.SetMessageIDWithValue(message.ID + "@" + domain(message.From.Address))
	m.SetDateWithValue(message.CreatedAt)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, message.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, message.HTML)
	return judged(client.Send(m))
}

// judged tells what is for good from what may pass. The words of the server may hold the address, so only its codes go on.
func judged(err error) error {
	var failed *gomail.SendError
	if err == nil || !errors.As(err, &failed) {
		return err
	}
	if failed.Reason == gomail.ErrSMTPReset {
		return nil // the message was accepted; only what follows is in question
	}
	perRecipient := failed.Reason == gomail.ErrSMTPRcptTo || failed.Reason == gomail.ErrSMTPData || failed.Reason == gomail.ErrSMTPDataClose
	if code := failed.ErrorCode(); code >= 500 && perRecipient {
		return &RefusedError{Code: code, Enhanced: failed.EnhancedStatusCode()}
	}
	return fmt.Errorf("the mail server answers %d %s (%s)", failed.ErrorCode(), failed.EnhancedStatusCode(), failed.Reason)
}

func domain(address string) string {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == '@' {
			return address[i+1:]
		}
	}
	return address
}
