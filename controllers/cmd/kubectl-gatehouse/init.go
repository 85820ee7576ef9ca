package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

type initOptions struct {
	setup    plugin.Setup
	database database
	port     int
	output   string
	apply    bool
}

func initCommand(s session) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write the manifest of an auth service",
		Long: "Write the manifest of an auth service, with comments. The URL of the database is never in it: it goes into a Secret, by --apply or by the\n" +
			"command that is shown. Give it in a file or on standard input; on a command line, others on this machine can see it.",
		Example: "  kubectl gatehouse init --project-name shop --custom-fields \"role:string tier:string\" --allowed-origins https://app.example.com\n" +
			"  pass shop-db | kubectl gatehouse init --project-name shop --database-url-file - --apply",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.init(cmd.Context(), o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.setup.Name, "project-name", "auth-service", "name of the AuthService")
	flags.StringVar(&o.setup.Fields, "custom-fields", "", `columns of your own on the user, such as "role:string tier:string"`)
	flags.StringSliceVar(&o.setup.Origins, "allowed-origins", nil, "origins of your front ends, separated by commas (default: ALLOWED_ORIGINS)")
	flags.StringVar(&o.setup.BaseURL, "base-url", "", "where browsers reach the service (default: http://localhost and --port)")
	flags.IntVar(&o.port, "port", 3001, "port of localhost that a port-forward leads to the service, without --base-url")
	flags.StringVar(&o.database.url, "database-url", "", "URL of the database; others on this machine can see it, so prefer --database-url-file")
	flags.StringVar(&o.database.file, "database-url-file", "", "file with the URL of the database, or - for standard input (default: DATABASE_URL)")
	flags.StringVar(&o.database.secret, "database-secret", "", "existing secret with the URL of the database: NAME/KEY, or NAME for one of CloudNativePG or Service Binding")
	flags.StringVar(&o.output, "output", "", "file to write (default: standard output)")
	flags.BoolVar(&o.apply, "apply", false, "create the secret and the AuthService too")
	cmd.MarkFlagsMutuallyExclusive("database-url", "database-url-file", "database-secret")
	return cmd
}

func (s session) init(ctx context.Context, o initOptions) error {
	if o.port < 1 || o.port > 65535 {
		return fmt.Errorf("--port %d: give one from 1 to 65535", o.port)
	}
	s.complete(&o)
	manifest, err := o.setup.Manifest()
	if err != nil {
		return err
	}
	databaseURL, err := s.databaseURL(o.database)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(o.output); o.output != "" && err == nil {
		return fmt.Errorf("--output: %s exists already; remove it, or choose another file", o.output)
	}
	if o.apply {
		if err := s.apply(ctx, o, manifest, databaseURL); err != nil {
			return err
		}
	}
	if err := s.write(o.output, manifest); err != nil {
		return err
	}
	s.next(o)
	return nil
}

// write makes a new file, or writes to standard output.
func (s session) write(name, manifest string) error {
	if name == "" {
		_, err := fmt.Fprint(s.stdout, manifest)
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(manifest)
	return errors.Join(err, file.Close())
}

// complete fills in what the flags leave to defaults.
func (s session) complete(o *initOptions) {
	if o.setup.BaseURL == "" {
		o.setup.BaseURL = fmt.Sprintf("http://localhost:%d", o.port)
	}
	if len(o.setup.Origins) == 0 {
		o.setup.Origins = strings.FieldsFunc(s.getenv("ALLOWED_ORIGINS"), func(r rune) bool { return r == ',' || r == ' ' })
	}
	o.setup.Namespace = *s.flags.Namespace
	o.setup.DatabaseSecret, o.setup.DatabaseKey = o.setup.Name+"-db", "uri"
	if o.database.secret != "" {
		o.setup.DatabaseSecret, o.setup.DatabaseKey, _ = strings.Cut(o.database.secret, "/")
	}
}

// apply finds out first whether the API server takes the manifest, so that it does both or nothing.
func (s session) apply(ctx context.Context, o initOptions, manifest, databaseURL string) error {
	if databaseURL == "" && o.database.secret == "" {
		return errors.New("--apply needs the database: --database-url-file, DATABASE_URL or --database-secret")
	}
	cluster, err := s.cluster()
	if err != nil {
		return err
	}
	if err := cluster.Apply(ctx, manifest, true); err != nil {
		return err
	}
	if databaseURL != "" {
		if err := cluster.CreateDatabaseSecret(ctx, o.setup.DatabaseSecret, o.setup.DatabaseKey, databaseURL); err != nil {
			return err
		}
		fmt.Fprintf(s.stderr, "secret/%s created\n", o.setup.DatabaseSecret)
	}
	if err := cluster.Apply(ctx, manifest, false); err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "authservice.gatehouse.dev/%s applied\n", o.setup.Name)
	return nil
}
