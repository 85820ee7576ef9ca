package mailer

import (
	"net/mail"
	"time"
)

// Message is a rendered mail.
type Message struct {
	// ID is the left part of the Message-ID.
	ID string
	// To is one address without a name.
	To            string
	Subject       string
	Text, HTML    string
	CreatedAt     time.Time
	From, ReplyTo *mail.Address
}
