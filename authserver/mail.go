package authserver

import "time"

// MailKind says what a mail is about; it names the template.
type MailKind string

// The kinds of mail.
const (
	MailVerification   MailKind = "verify-email"
	MailResetPassword  MailKind = "reset-password"
	MailConfirmChange  MailKind = "confirm-email-change"
	MailDeleteUser     MailKind = "delete-user"
	MailVerifyNewEmail MailKind = "verify-new-email"
)

// Mail is a message that waits in the outbox. It is stored in the transaction of the change that causes it.
type Mail struct {
	// ID is also the Message-ID's left part, so that receivers recognise a mail that was sent twice.
	ID   string
	Kind MailKind
	// To is the address, Name the user's name.
	To, Name string
	// URL is the link; it holds a token, and is a secret until the mail has been sent.
	URL string
	// ExpiresAt is the end of the link: a mail that has not been sent by then is dropped.
	ExpiresAt time.Time
	CreatedAt time.Time
	// Attempts counts how often sending it was begun.
	Attempts int
}
