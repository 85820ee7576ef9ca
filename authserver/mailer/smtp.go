package mailer

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// defaultTimeout leaves a server the time to look for viruses before it accepts a mail: one that accepts it after the sender
// has gone gets it again.
const defaultTimeout = time.Minute

// The ways of a connection to be encrypted.
const (
	StartTLS    = "StartTLS"
	ImplicitTLS = "Implicit"
	NoTLS       = "None"
)

// ErrPasswordInClear is what NoTLS and a user name lead to.
var ErrPasswordInClear = errors.New("a user name and a password must not be sent without TLS; set email.tls to StartTLS or Implicit, or leave them out")

// SMTP is a mail server.
type SMTP struct {
	Host string
	Port int
	// HELO is what the client calls itself, a name with a domain; "" is that of the machine, which some servers refuse.
	HELO string
	// TLS is StartTLS, Implicit or None. With StartTLS, a server that does not offer it gets no mail.
	TLS string
	// Roots check the server's certificate; nil are those of the system.
	Roots *x509.CertPool
	// Credentials are asked for before each connection, so that they may change; an empty user name sends without them.
	Credentials func() (username, password string, err error)
	// Timeout bounds connecting, and then each message; 0 is a minute.
	Timeout time.Duration
}

// Send sends the messages over one connection. What it has not begun when the context ends gets ErrNotTried.
func (s *SMTP) Send(ctx context.Context, messages []Message) []error {
	outcomes := make([]error, len(messages))
	if len(messages) == 0 {
		return outcomes
	}
	client, err := s.dial(ctx)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		err = ErrNotTried
	}
	if err != nil {
		for i := range outcomes {
			outcomes[i] = err
		}
		return outcomes
	}
	for i, message := range messages {
		if ctx.Err() != nil {
			outcomes[i] = ErrNotTried
			continue
		}
		outcomes[i] = send(client, message)
	}
	// All that could fail now is the good-bye.
	_ = client.Close()
	return outcomes
}

func (s *SMTP) dial(ctx context.Context) (*gomail.Client, error) {
	username, password, err := s.Credentials()
	if err != nil {
		return nil, err
	}
	if username != "" && s.TLS == NoTLS {
		return nil, ErrPasswordInClear
	}
	// The library looks at the context only until the connection stands, and leaves one open that came to nothing.
	hangUp, unwatch := func() error { return nil }, func() bool { return false }
	dial := func(dialing context.Context, _, _ string) (net.Conn, error) {
		connection, err := s.connect(dialing)
		if err == nil {
			hangUp = connection.Close
			unwatch = context.AfterFunc(ctx, func() { _ = connection.Close() })
		}
		return connection, err
	}
	options := append(s.options(), gomail.WithDialContextFunc(dial))
	if username != "" {
		options = append(options, gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin),
			gomail.WithUsername(username), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("the mail server's settings: %w", err)
	}
	err = client.DialWithContext(ctx)
	unwatch()
	if err != nil {
		_ = hangUp()
		return nil, fmt.Errorf("connecting to the mail server: %w", wordless(err))
	}
	return client, nil
}

func (s *SMTP) options() []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(cmp.Or(s.Timeout, defaultTimeout)), gomail.WithoutNoop(), gomail.WithTLSConfig(s.tls()),
	}
	if s.HELO != "" {
		options = append(options, gomail.WithHELO(s.HELO))
	}
	switch s.TLS {
	case ImplicitTLS:
		return append(options, gomail.WithSSL())
	case NoTLS:
		return append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
}

func (s *SMTP) tls() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

func (s *SMTP) connect(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	if s.TLS == ImplicitTLS {
		return (&tls.Dialer{Config: s.tls()}).DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
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

func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
