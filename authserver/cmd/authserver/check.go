package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/authserver/check"
)

// errCheckFailed ends the process with exit code 1; what failed has been said already.
var errCheckFailed = errors.New("the check failed")

// usageError is a mistake in the command line: exit code 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func checkCommand(p process) *cobra.Command {
	var options check.Options
	var fields string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Sign a user up, in and out at a running server",
		Long: "Sign a user up, in and out at a running server, ours or another Better-Auth, and say what to do about failures.\n\n" +
			"The user stays in the database. Exit code 0: everything works; 1: something failed; 2: the flags are wrong.",
		Example: "  authserver check --base-url http://localhost:3001\n" +
			"  authserver check --base-url https://auth.example.com --email me@example.com --custom-fields '{\"role\":\"user\"}'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("check takes no arguments, but has %q; give the address with --base-url", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := json.Unmarshal([]byte(fields), &options.CustomFields); err != nil {
				return usageError{fmt.Errorf(`--custom-fields must be a JSON object, such as '{"role":"user"}': %w`, err)}
			}
			return runCheck(cmd.Context(), options, asJSON, p)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	flags := cmd.Flags()
	flags.StringVar(&options.BaseURL, "base-url", "http://localhost:3001", "where the server is reached")
	flags.StringVar(&options.BasePath, "base-path", "/api/auth", "prefix of the auth endpoints")
	flags.StringVar(&options.Origin, "origin", "", "the server's public base URL, when that is not --base-url")
	flags.StringVar(&options.Email, "email", "", "e-mail address of the user (default: a new one)")
	flags.StringVar(&options.Password, "password", "", "password of the user (default: a random one)")
	flags.StringVar(&options.Name, "name", "Gatehouse Check", "name of a new user")
	flags.StringVar(&fields, "custom-fields", "{}", "custom fields of a new user, as a JSON object")
	flags.DurationVar(&options.Timeout, "timeout", 30*time.Second, "time for the whole check")
	flags.BoolVar(&asJSON, "json", false, "print one JSON object instead of text")
	return cmd
}

func runCheck(ctx context.Context, options check.Options, asJSON bool, p process) error {
	report, err := check.Run(ctx, options, func(step check.Step) {
		if !asJSON {
			step.WriteText(p.stdout)
		}
	})
	if err != nil {
		return usageError{err}
	}
	if asJSON {
		err = json.NewEncoder(p.stdout).Encode(report)
	} else {
		report.WriteSummary(p.stdout)
	}
	if err == nil && !report.Passed {
		err = errCheckFailed
	}
	return err
}
