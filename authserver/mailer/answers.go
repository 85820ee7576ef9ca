package mailer

import (
	"errors"
	"fmt"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// ErrNotTried is what became of a message that nobody began to send.
var ErrNotTried = errors.New("the message was not begun: the mail server is too slow, or this one stops")

// RefusedError is the answer of a server that will never take the message.
type RefusedError struct {
	// Code is that of RFC 5321, such as 550.
	Code int
	// Enhanced is that of RFC 3463, such as 5.1.1; "" when the server sent none.
	Enhanced string
}

func (e *RefusedError) Error() string { return "the mail server refuses the message for good" }

// judged tells what is for good from what may pass. The words of the server may hold the address, so only its codes go on.
func judged(err error) error {
	var failed *gomail.SendError
	if err == nil || !errors.As(err, &failed) {
		return wordless(err)
	}
	if failed.Reason == gomail.ErrSMTPReset {
		return nil // the message was accepted; only what follows is in question
	}
	aboutTheMail := failed.Reason == gomail.ErrSMTPRcptTo || failed.Reason == gomail.ErrSMTPData || failed.Reason == gomail.ErrSMTPDataClose
	code := failed.ErrorCode()
	switch {
	case code >= 500 && aboutTheMail:
		return &RefusedError{Code: code, Enhanced: failed.EnhancedStatusCode()}
	case code == 0:
		return fmt.Errorf("the mail server does not answer (%s)", failed.Reason)
	default:
		return fmt.Errorf("the mail server answers %d %s (%s)", code, failed.EnhancedStatusCode(), failed.Reason)
	}
}

// wordless keeps the words of a server out of an error: some repeat what they were told, the password included.
func wordless(err error) error {
	var answer *textproto.Error
	var nonsense textproto.ProtocolError
	switch {
	case errors.As(err, &answer):
		return fmt.Errorf("it answers %d%s", answer.Code, hint(answer.Code))
	case errors.As(err, &nonsense):
		return errors.New("it does not speak SMTP; check email.port and email.tls")
	case errors.Is(err, smtp.ErrUnexpectedServerResponse):
		return smtp.ErrUnexpectedServerResponse
	default:
		return err
	}
}

// hint is about the codes of RFC 4954.
func hint(code int) string {
	switch code {
	case 530:
		return ": it wants credentials"
	case 534, 535, 538:
		return ": it refuses the credentials"
	default:
		return ""
	}
}
