package httpapi

import (
	"log/slog"
	"net/http"
	"time"
)

// maxHeaderBytes bounds a request's headers; a browser with a full cookie jar sends about a quarter of it.
const maxHeaderBytes = 64 << 10

// Timeouts bound how long one connection may take for each part of a request.
type Timeouts struct{ ReadHeader, Read, Write, Idle time.Duration }

// DefaultTimeouts let a slow phone through and a slow attack not.
var DefaultTimeouts = Timeouts{ReadHeader: 5 * time.Second, Read: 15 * time.Second, Write: 30 * time.Second, Idle: 2 * time.Minute}

// NewServer returns an HTTP server that does not let one client hold it up.
func NewServer(handler http.Handler, timeouts Timeouts, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: timeouts.ReadHeader,
		ReadTimeout:       timeouts.Read,
		WriteTimeout:      timeouts.Write,
		IdleTimeout:       timeouts.Idle,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
