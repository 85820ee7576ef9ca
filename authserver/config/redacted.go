package config

import (
	"fmt"
	"io"
	"log/slog"
)

const redaction = "[redacted]"

// Redacted is a secret that prints, logs and marshals as [redacted].
type Redacted string

// Reveal returns the secret.
func (r Redacted) Reveal() string { return string(r) }

// String hides the secret.
func (Redacted) String() string { return redaction }

// GoString hides the secret from %#v.
func (Redacted) GoString() string { return redaction }

// Format hides the secret from every verb.
func (Redacted) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redaction) }

// LogValue hides the secret from slog.
func (Redacted) LogValue() slog.Value { return slog.StringValue(redaction) }

// MarshalText hides the secret from encoders.
func (Redacted) MarshalText() ([]byte, error) { return []byte(redaction), nil }
