// Command broken is a bad version of the auth server, for the end-to-end test: it migrates and checks as the real one in its
// image does, but FAILS says what becomes of serve.
//
//	start      it ends at once
//	requests   it is ready, and every request fails
package main

import (
	"fmt"
	"net/http"
	"os"
	"syscall"
	"time"
)

const authserver = "/authserver"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) < 2 || os.Args[1] != "serve" {
		return syscall.Exec(authserver, append([]string{authserver}, os.Args[1:]...), os.Environ()) //nolint:gosec // it stands for it
	}
	if os.Getenv("FAILS") != "requests" {
		return fmt.Errorf("this version does not start")
	}
	failures := make(chan error)
	go func() { failures <- serve(":9090", http.StatusOK) }()
	go func() { failures <- serve(":3001", http.StatusInternalServerError) }()
	return <-failures
}

// serve answers everything with one status.
func serve(address string, status int) error {
	server := &http.Server{
		Addr: address, ReadHeaderTimeout: time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }),
	}
	return server.ListenAndServe()
}
