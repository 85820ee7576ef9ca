package smtptest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const program = "/usr/sbin/exim4"

// Options configure a Server.
type Options struct {
	// Certificate and Key are files; with them the server offers STARTTLS, and asks for a password before it takes mail.
	Certificate, Key string
	// Username and Password are what it takes then.
	Username, Password string
	// Implicit speaks TLS from the first byte instead of offering STARTTLS.
	Implicit bool
	// Login offers the mechanism LOGIN instead of PLAIN.
	Login bool
	// Repeats makes the server repeat what it was told when somebody signs in, and refuse it.
	Repeats bool
	// Slow is how long it thinks, in whole seconds, about a mail before it accepts it, as scanners for viruses do.
	Slow time.Duration
	// Address is where it listens, such as 127.0.0.1:2525; "" is a free port.
	Address string
}

// Server is a running mail server. Recipients whose address begins with refused@ are refused for good, those with later@ for
// now, those with greylisted@ the first time.
type Server struct {
	// Address is its host:port.
	Address string
	t       testing.TB
	folder  string
	process *exec.Cmd
}

// Start starts a server; it ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("%v; make test installs it (Debian: apt-get install exim4-daemon-light)", err)
	}
	folder, err := os.MkdirTemp("", "gatehouse-smtp-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	s := &Server{Address: o.Address, t: t, folder: folder}
	if s.Address == "" {
		s.Address = freeAddress(t)
	}
	s.run(o)
	t.Cleanup(s.Stop)
	return s
}

func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (s *Server) run(o Options) {
	s.t.Helper()
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"spool", "log", "mail", "seen"} {
		// Exim delivers as a user of its own.
		if err := os.Mkdir(filepath.Join(s.folder, name), 0o777); err != nil {
			s.t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(s.folder, name), 0o777); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := os.Chmod(s.folder, 0o755); err != nil {
		s.t.Fatal(err)
	}
	configuration := filepath.Join(s.folder, "exim.conf")
	if err := os.WriteFile(configuration, []byte(o.configuration(s.folder, host, port)), 0o644); err != nil {
		s.t.Fatal(err)
	}
	var output bytes.Buffer
	s.process = exec.Command(program, "-C", configuration, "-bdf")
	s.process.Stdout, s.process.Stderr = &output, &output
	// A group of its own, so that what it forked ends with it; and with the test, however that ends.
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		connection, err := net.DialTimeout("tcp", s.Address, time.Second)
		if err == nil {
			_ = connection.Close()
			return
		}
		if time.Now().After(deadline) {
			s.Stop()
			s.t.Fatalf("the mail server does not listen: %v\n%s", err, output.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (o Options) configuration(folder, host, port string) string {
	text := fmt.Sprintf(`
spool_directory = %[1]s/spool
log_file_path = %[1]s/log/%%s
pid_file_path = %[1]s/exim.pid
primary_hostname = mail.example.com
local_interfaces = %[2]s
daemon_smtp_ports = %[3]s
acl_smtp_rcpt = rcpt
acl_smtp_mail = sender
deliver_drop_privilege
host_lookup =
rfc1413_query_timeout = 0s
recipient_unqualified_hosts = *
smtp_accept_max = 100
smtp_accept_queue = 0
smtp_accept_queue_per_connection = 0
`, folder, host, port)
	sender := "accept"
	if o.Certificate != "" {
		text += fmt.Sprintf("tls_certificate = %s\ntls_privatekey = %s\ntls_advertise_hosts = *\nauth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}\n", o.Certificate, o.Key)
		if o.Implicit {
			text += "tls_on_connect_ports = " + port + "\n"
		}
		sender = "accept authenticated = *\ndeny message = sign in first"
	} else {
		text += "tls_advertise_hosts =\n"
	}
	if o.Repeats {
		text += "acl_smtp_auth = repeat\n"
	}
	text += fmt.Sprintf("acl_smtp_data = data\nbegin acl\nrepeat:\ndeny message = you said $smtp_command\ndata:\naccept logwrite = :main: thinking\n       delay = %ds\nsender:\n", int(o.Slow.Seconds())) + sender + `
rcpt:
deny message = 5.1.1 no such user
     local_parts = refused
defer message = 4.2.2 try later
     local_parts = later
defer message = 4.7.1 try later
     local_parts = greylisted
     condition = ${if exists{` + folder + `/seen/once}{no}{yes}}
     set acl_m_seen = ${run{/usr/bin/touch ` + folder + `/seen/once}}
accept
begin routers
all:
  driver = accept
  transport = folder
begin transports
folder:
  driver = appendfile
  maildir_format
  directory = ` + folder + `/mail
  delivery_date_add
  envelope_to_add
  create_directory
begin retry
* * F,1h,1s
begin rewrite
begin authenticators
` + o.authenticator()
	return text
}

func (o Options) authenticator() string {
	name, prompts, username, password := "PLAIN", ":", "$auth2", "$auth3"
	if o.Login {
		name, prompts, username, password = "LOGIN", "<| Username: | Password:", "$auth1", "$auth2"
	}
	return fmt.Sprintf(`sign_in:
  driver = plaintext
  public_name = %s
  server_prompts = %s
  server_set_id = %s
  server_condition = ${if and{{eq{%s}{%s}}{eq{%s}{%s}}}}
`, name, prompts, username, username, o.Username, password, o.Password)
}

// Stop ends the server.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}
	_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL)
	_ = s.process.Wait()
	s.process = nil
}

// Message is a mail that was delivered.
type Message struct {
	Header mail.Header
	// To is the address of the envelope.
	To         string
	Subject    string
	Text, HTML string
}

var link = regexp.MustCompile(`https?://[^\s<>"]+`)

// Link is the first link in the text; "" when there is none.
func (m Message) Link() string { return link.FindString(m.Text) }

// Messages are those that were delivered, oldest first.
func (s *Server) Messages() []Message {
	s.t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.folder, "mail", "new"))
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	var messages []Message
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(s.folder, "mail", "new", entry.Name()))
		if err != nil {
			s.t.Fatal(err)
		}
		messages = append(messages, s.parse(content))
	}
	return messages
}

// Thinking waits until the server has a mail that it thinks about.
func (s *Server) Thinking() {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		log, _ := os.ReadFile(filepath.Join(s.folder, "log", "main"))
		if bytes.Contains(log, []byte("thinking")) {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the server got no mail; it says\n%s", log)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Wait waits for the number-th mail to an address, counted from 1, and returns it.
func (s *Server) Wait(to string, number int) Message {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		var found []Message
		for _, message := range s.Messages() {
			if strings.EqualFold(message.To, to) {
				found = append(found, message)
			}
		}
		if len(found) >= number {
			return found[number-1]
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(s.folder, "log", "main"))
			s.t.Fatalf("%d mails for %s, wanted %d; the server says\n%s", len(found), to, number, log)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *Server) parse(content []byte) Message {
	s.t.Helper()
	parsed, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		s.t.Fatalf("%v in\n%s", err, content)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	if err != nil {
		s.t.Fatal(err)
	}
	m := Message{Header: parsed.Header, To: parsed.Header.Get("Envelope-To"), Subject: subject}
	mediaType, parameters, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(mediaType, "multipart/") {
		m.Text = decoded(s.t, parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body)
		return m
	}
	parts := multipart.NewReader(parsed.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return m
		}
		if err != nil {
			s.t.Fatal(err)
		}
		text := decoded(s.t, part.Header.Get("Content-Transfer-Encoding"), part)
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			m.HTML = text
		} else {
			m.Text = text
		}
	}
}

func decoded(t testing.TB, encoding string, body io.Reader) string {
	t.Helper()
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
