package mailer

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

//go:embed templates
var builtIn embed.FS

// maxTemplate bounds a file of a template.
const maxTemplate = 256 << 10

// Kinds are the kinds of mail, each with the files <kind>.txt and <kind>.html.
var Kinds = []authserver.MailKind{
	authserver.MailVerification, authserver.MailResetPassword, authserver.MailConfirmChange, authserver.MailVerifyNewEmail, authserver.MailDeleteUser,
}

// page is the frame of the built-in HTML, which the templates of users may use too.
const page = "page.html"

// Data is what a template may use.
type Data struct {
	// Name of the user, perhaps empty, and Email, where the mail goes.
	Name, Email string
	// URL is the link.
	URL string
	// Host is that of the auth server.
	Host string
	// Expires says in words how long the link lives, such as "1 hour".
	Expires string
}

// Templates make messages of mails.
type Templates struct {
	from, replyTo *mail.Address
	host          string
	text          map[authserver.MailKind]*texttemplate.Template
	html          map[authserver.MailKind]*htmltemplate.Template
}

// TemplateOptions configure Templates.
type TemplateOptions struct {
	// Directory has files that replace the built-in ones; "" is none.
	Directory string
	// From is the sender; ReplyTo is nil or where answers go.
	From, ReplyTo *mail.Address
	// BaseURL is the origin of the auth server.
	BaseURL string
}

// NewTemplates reads the templates and tries each of them. Its error names the file and what is wrong with it.
func NewTemplates(o TemplateOptions) (*Templates, error) {
	t := &Templates{
		from: o.From, replyTo: o.ReplyTo, text: map[authserver.MailKind]*texttemplate.Template{}, html: map[authserver.MailKind]*htmltemplate.Template{},
	}
	if base, err := url.Parse(o.BaseURL); err == nil {
		t.host = base.Hostname()
	}
	files, err := replacements(o.Directory)
	if err != nil {
		return nil, err
	}
	frame, err := htmltemplate.New(page).Parse(content(files, page))
	if err != nil {
		return nil, fmt.Errorf("mail template: %w", err)
	}
	for _, kind := range Kinds {
		if err := t.parse(kind, frame, files); err != nil {
			return nil, fmt.Errorf("mail template: %w", err)
		}
	}
	return t, nil
}

func (t *Templates) parse(kind authserver.MailKind, frame *htmltemplate.Template, files map[string]string) (err error) {
	name := string(kind)
	if t.text[kind], err = texttemplate.New(name + ".txt").Option("missingkey=error").Parse(content(files, name+".txt")); err != nil {
		return err
	}
	html, err := frame.Clone()
	if err != nil {
		return err
	}
	if t.html[kind], err = html.New(name + ".html").Parse(content(files, name+".html")); err != nil {
		return err
	}
	// Once without a name, because templates may ask whether there is one.
	for _, name := range []string{"User", ""} {
		if _, err := t.Render(authserver.Mail{Kind: kind, To: "user@example.com", Name: name, URL: "https://example.com/"}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// Render makes the message of a mail.
func (t *Templates) Render(m authserver.Mail, now time.Time) (Message, error) {
	text, ok := t.text[m.Kind]
	if !ok {
		return Message{}, fmt.Errorf("there is no template for mails of the kind %q", m.Kind)
	}
	data := Data{Name: greeted(m.Name), Email: m.To, URL: m.URL, Host: t.host, Expires: life(m.ExpiresAt.Sub(now))}
	var plain, html bytes.Buffer
	if err := text.Execute(&plain, data); err != nil {
		return Message{}, err
	}
	if err := t.html[m.Kind].Execute(&html, data); err != nil {
		return Message{}, err
	}
	subject, body, err := split(plain.String())
	if err != nil {
		return Message{}, fmt.Errorf("%s.txt: %w", m.Kind, err)
	}
	return Message{
		ID: m.ID, To: m.To, Subject: subject, Text: body, HTML: strings.TrimSpace(html.String()), CreatedAt: m.CreatedAt, From: t.from, ReplyTo: t.replyTo,
	}, nil
}

// split takes the subject off a text.
func split(text string) (subject, body string, err error) {
	first, body, _ := strings.Cut(text, "\n")
	subject, ok := strings.CutPrefix(first, "Subject: ")
	if subject = strings.TrimSpace(subject); !ok || subject == "" {
		return "", "", errors.New(`the first line must be "Subject: " and the subject, then comes an empty line and the text`)
	}
	return subject, strings.TrimLeft(body, "\r\n"), nil
}

// life is a duration in words, rounded to what a reader needs.
func life(d time.Duration) string {
	unit, name := time.Minute, "minute"
	switch {
	case d >= 48*time.Hour:
		unit, name = 24*time.Hour, "day"
	case d >= time.Hour-time.Minute:
		unit, name = time.Hour, "hour"
	}
	n := max(1, int((d+unit/2)/unit))
	if n != 1 {
		name += "s"
	}
	return fmt.Sprintf("%d %s", n, name)
}

// replacements are the files of a directory by name.
func replacements(directory string) (map[string]string, error) {
	files := map[string]string{}
	if directory == "" {
		return files, nil
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, fmt.Errorf("mail templates: %w", err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") {
			continue // what Kubernetes keeps beside the keys of a ConfigMap
		}
		if _, err := fs.Stat(builtIn, "templates/"+name); err != nil {
			return nil, fmt.Errorf("mail templates: %s is none of %s", filepath.Join(directory, name), strings.Join(names(), ", "))
		}
		text, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil {
			return nil, fmt.Errorf("mail templates: %w", err)
		}
		if len(text) > maxTemplate {
			return nil, fmt.Errorf("mail templates: %s has more than %d KiB", filepath.Join(directory, name), maxTemplate>>10)
		}
		files[name] = string(text)
	}
	return files, nil
}

func content(files map[string]string, name string) string {
	if text, ok := files[name]; ok {
		return text
	}
	text, err := fs.ReadFile(builtIn, "templates/"+name)
	if err != nil {
		panic(err) // every kind has its files, and a test looks
	}
	return string(text)
}

func names() []string {
	all := []string{page}
	for _, kind := range Kinds {
		all = append(all, string(kind)+".txt", string(kind)+".html")
	}
	slices.Sort(all)
	return all
}
