package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	switch {
	case len(arguments) == 1 && arguments[0] == "serve":
		return serve(ctx, os.Getenv("DATABASE_URL"), "127.0.0.1:"+os.Getenv("PORT"))
	case len(arguments) == 2 && arguments[0] == "scrypt":
		length, err := time.ParseDuration(arguments[1])
		if err != nil {
			return err
		}
		return hash(length, os.Stdout)
	}
	return errors.New("use bare serve, or bare scrypt 3s")
}
