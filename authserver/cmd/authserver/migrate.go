package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

// terminationLog is where Kubernetes reads the last words of a container.
const terminationLog = "/dev/termination-log"

func migrateCommand(p process) *cobra.Command {
	m := migrator{process: p, report: existing(terminationLog)}
	var planOnly bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to the schema of the configuration",
		Long: "Bring the database to the schema of the configuration.\n\n" +
			"Only adds, so servers may keep running; may be killed and run again at any time; several at once wait for each other.\n" +
			"Databases of Better-Auth 1.0 to 1.7.25 are adapted. The URL comes from the configuration's\n" +
			"database.migrationDirectory or database.directory, or from DATABASE_URL. --approved applies a plan only while it is the one with the hash that --plan reports.",
		Example: "  authserver migrate --plan\n  authserver migrate --config /etc/gatehouse/config.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if planOnly {
				return m.plan(cmd.Context())
			}
			return m.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&m.file, "config", "", "configuration file (YAML or JSON)")
	cmd.Flags().BoolVar(&planOnly, "plan", false, "print the SQL with its locks, and change nothing")
	cmd.Flags().StringVar(&m.approved, "approved", "", "hash of the plan that may be applied; if there is another one, nothing is changed")
	cmd.Flags().StringVar(&m.report, "report", m.report, "file for the result, as one line of JSON")
	cmd.Flags().DurationVar(&m.patience, "wait", 30*time.Second, "time to wait for a database that does not answer yet")
	return cmd
}

func existing(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

type migrator struct {
	process
	file, report, approved string
	patience               time.Duration
}

// plan prints and reports what run would do.
func (m migrator) plan(ctx context.Context) error {
	migration, failed := m.load()
	if failed != nil {
		return m.conclude(*failed)
	}
	plan, err := migration.Plan(ctx)
	if err != nil {
		reason, message := schema.Failure(err, migration.URL, migration.ServingURL)
		return m.conclude(config.MigrationReport{Reason: reason, Message: message})
	}
	script := plan.SQL()
	if len(plan.Statements) > 0 {
		script += "\n-- Hash of this plan: " + plan.Hash() + "\n"
	}
	_, err = fmt.Fprint(m.stdout, script)
	return errors.Join(err, m.conclude(config.MigrationReport{
		Reason: config.Planned, SchemaHash: schema.Desired(migration.Config).Hash(), Plan: config.PackPlan(plan.Report()),
	}))
}

// run migrates and leaves a report, however it ends.
func (m migrator) run(ctx context.Context) error {
	migration, failed := m.load()
	if failed != nil {
		return m.conclude(*failed)
	}
	start := migration.Clock.Now()
	result, err := migration.Run(ctx)
	report := config.MigrationReport{Statements: result.Statements}
	if err != nil {
		report.Reason, report.Message = schema.Failure(err, migration.URL, migration.ServingURL)
	} else {
		report.Reason, report.SchemaHash = config.Migrated, schema.Desired(migration.Config).Hash()
		fmt.Fprintf(m.stdout, "The schema is up to date (%s): %d statements in %s.\n",
			report.SchemaHash, result.Statements, since(migration.Clock, start))
	}
	if report.Reason == config.PlanChanged || err == nil && result.Statements > 0 {
		report.Plan = config.PackPlan(result.Plan.Report())
	}
	return m.conclude(report)
}

// load prepares a migration, or says why it cannot.
func (m migrator) load() (schema.Migration, *config.MigrationReport) {
	cfg, err := config.Load(m.file, m.getenv)
	if err != nil {
		return schema.Migration{}, &config.MigrationReport{Reason: config.InvalidConfiguration, Message: oneLine(err)}
	}
	url, err := config.MigrationURL(cfg.Database, m.getenv)
	var servingURL config.Redacted
	if err == nil && cfg.Database.MigrationDirectory != "" {
		servingURL, err = config.DatabaseURL(cfg.Database, m.getenv)
	}
	switch {
	case errors.As(err, new(*config.CertificatesError)):
		return schema.Migration{}, &config.MigrationReport{Reason: config.DatabaseTLSFailed, Message: oneLine(err)}
	case err != nil:
		return schema.Migration{}, &config.MigrationReport{Reason: config.DatabaseSecretMalformed, Message: oneLine(err)}
	}
	clock := schema.SystemClock()
	return schema.Migration{
		URL: url, ServingURL: servingURL, Config: cfg, Patience: m.patience, Approved: m.approved, Clock: clock, Progress: m.progress(clock),
	}, nil
}

func (m migrator) progress(clock schema.Clock) schema.Progress {
	var started time.Time
	return schema.Progress{
		Waiting: func(reason string) { fmt.Fprintf(m.stdout, "Waiting: %s\n", reason) },
		Started: func(index, total int, statement schema.Statement) {
			started = clock.Now()
			fmt.Fprintf(m.stdout, "[%d/%d] %s\n", index+1, total, statement.Reason)
		},
		Finished: func(index, total int, _ schema.Statement) {
			fmt.Fprintf(m.stdout, "[%d/%d] done in %s\n", index+1, total, since(clock, started))
		},
	}
}

// conclude writes the report and turns a failure into the command's error.
func (m migrator) conclude(report config.MigrationReport) error {
	var err error
	if report.Reason != config.Migrated && report.Reason != config.Planned {
		err = errors.New(report.Message)
	}
	line, encoding := report.Line()
	if encoding != nil {
		return errors.Join(err, encoding)
	}
	return errors.Join(err, leaveLine(m.report, line))
}

func since(clock schema.Clock, start time.Time) time.Duration {
	return clock.Now().Sub(start).Round(time.Millisecond)
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
