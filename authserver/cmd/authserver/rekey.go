package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// rekeyRun is one run of the command.
type rekeyRun struct {
	process
	file, report string
}

func rekeyCommand(p process) *cobra.Command {
	r := rekeyRun{process: p, report: existing(terminationLog)}
	cmd := &cobra.Command{
		Use:   "rekey",
		Short: "Encrypt with the newest key what older keys encrypted in the database",
		Long: "Encrypt with the newest key what older keys encrypted in the database: private keys of tokens, tokens of accounts\n" +
			"and links of waiting mails.\n\n" +
			"It needs the configuration file and the environment of the server. Servers may keep running, once all of them know the\n" +
			"newest key; may be killed and run again at any time. What none of the keys decrypts is left as it is.",
		Example: "  BETTER_AUTH_SECRETS=2:<new>,1:<old> authserver rekey --config /etc/gatehouse/config.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return r.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&r.file, "config", "", "configuration file (YAML or JSON)")
	cmd.Flags().StringVar(&r.report, "report", r.report, "file for the result, as one line of JSON")
	return cmd
}

// run leaves a report, however it ends.
func (r rekeyRun) run(ctx context.Context) error {
	report := r.rekey(ctx)
	if !report.Rekeyed {
		return errors.Join(errors.New(report.Message), leave(r.report, report))
	}
	fmt.Fprintf(r.stdout, "%d values were encrypted anew.\n", report.Values)
	for _, version := range slices.Sorted(maps.Keys(report.Remaining)) {
		for _, kind := range slices.Sorted(maps.Keys(report.Remaining[version])) {
			fmt.Fprintf(r.stdout, "Left with the key %s, run it again: %d %s\n", version, report.Remaining[version][kind], kind)
		}
	}
	if report.Message != "" {
		fmt.Fprintln(r.stdout, report.Message)
	}
	return leave(r.report, report)
}

func (r rekeyRun) rekey(ctx context.Context) config.RekeyReport {
	options, err := load(r.file, r.getenv)
	if err != nil {
		return config.RekeyReport{Message: config.OneLine("configuration: " + err.Error())}
	}
	backstage, err := server.OpenBackstage(ctx, options)
	if err != nil {
		return config.RekeyReport{Message: config.OneLine("configuration: " + err.Error())}
	}
	defer backstage.Close()
	result, err := backstage.Rekey(ctx)
	report := config.RekeyReport{Rekeyed: err == nil, Message: result.Message(), Values: result.Values, Remaining: result.Remaining}
	if err != nil {
		_, message := schema.Failure(err, options.DatabaseURL)
		report.Message, report.Remaining = config.OneLine(message), nil
	}
	return report
}
