package smtptest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

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

// accepted is the moment when Exim took a mail, as the first and the last part of its id have it: deliveries overtake each
// other.
func (m Message) accepted() string {
	seconds, rest, _ := strings.Cut(m.Header.Get("Exim-Id"), "-")
	_, fraction, _ := strings.Cut(rest, "-")
	return seconds + fraction
}

// Messages are those that were delivered, in the order in which they were accepted.
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
	slices.SortStableFunc(messages, func(a, b Message) int { return strings.Compare(a.accepted(), b.accepted()) })
	return messages
}

// Thinking waits until the server has a mail that it thinks about.
func (s *Server) Thinking() {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		if bytes.Contains(s.log(), []byte("thinking")) {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the server got no mail; it says\n%s", s.log())
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
			s.t.Fatalf("%d mails for %s, wanted %d; the server says\n%s", len(found), to, number, s.log())
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
