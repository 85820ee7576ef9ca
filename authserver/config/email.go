package config

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
