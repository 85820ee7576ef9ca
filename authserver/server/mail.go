package server

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gatehouse-auth/gatehouse/authserver/mailer"
)

// MailLinks is the purpose of the keys that encrypt links in the outbox.
const MailLinks = "gatehouse-mail-links"

// sender sends the mails of the outbox; it is nil without a mail server.
func (s *Server) sender(registry *prometheus.Registry) (*mailer.Sender, error) {
	cfg := s.Config.Email
	if cfg.Host == "" {
		return nil, nil
	}
	from, err := mail.ParseAddress(cfg.From)
	if err != nil {
		return nil, fmt.Errorf("email.from: %w", err)
	}
	replyTo, err := mail.ParseAddress(cfg.ReplyTo)
	if cfg.ReplyTo == "" {
		replyTo = nil
	} else if err != nil {
		return nil, fmt.Errorf("email.replyTo: %w", err)
	}
	templates, err := mailer.NewTemplates(mailer.TemplateOptions{Directory: cfg.Templates, From: from, ReplyTo: replyTo, BaseURL: s.Config.BaseURL})
	if err != nil {
		return nil, err
	}
	roots, err := cfg.Roots()
	if err != nil {
		return nil, err
	}
	credentials := s.MailCredentials
	if credentials == nil {
		credentials = func() (string, string, error) { return cfg.Credentials(func(string) string { return "" }) }
	}
	username, _, err := credentials()
	if err != nil {
		return nil, err
	}
	if username != "" && cfg.TLS == mailer.NoTLS {
		return nil, mailer.ErrPasswordInClear
	}
	return mailer.New(mailer.Options{
		Store: s.stores.database, Templates: templates, Metrics: mailer.NewMetrics(registry), Log: s.Log, Now: s.Now, After: time.After,
		Transport: &mailer.SMTP{Host: cfg.Host, Port: cfg.Port, HELO: helo(s.Config.BaseURL), TLS: cfg.TLS, Roots: roots, Credentials: credentials},
	}), nil
}

// helo is the name of the auth server, because some mail servers refuse that of a pod, which has no domain.
func helo(baseURL string) string {
	base, err := url.Parse(baseURL)
	if err != nil {
		return ""
	}
	host := base.Hostname()
	address, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return host
	case address.Is4():
		return "[" + host + "]"
	default:
		return "[IPv6:" + host + "]"
	}
}
