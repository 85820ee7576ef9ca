package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/authserver/canary"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// canaryRun is one run of the command.
type canaryRun struct {
	process
	file, report, baseURL, publicURL string
	timeout                          time.Duration
}

func canaryCommand(p process) *cobra.Command {
	c := canaryRun{process: p, report: existing(terminationLog)}
	cmd := &cobra.Command{
		Use:   "canary",
		Short: "Sign a reserved user up and in at a running server, and delete the user again",
		Long: "Sign a reserved user up and in at a running server, and delete the user again.\n\n" +
			"It needs the configuration file and the environment of the server: it connects to the same database, and Redis.\n" +
			"The user is gatehouse-canary-<random>@canary.invalid; no mail is sent to it. With --public-url it also finds out\n" +
			"whether the server sees the addresses of its clients there. Exit code 0: the server works; 1: it does not.",
		Example: "  authserver canary --config /etc/gatehouse/config.yaml --base-url http://shop.default.svc",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&c.file, "config", "", "configuration file (YAML or JSON)")
	cmd.Flags().StringVar(&c.baseURL, "base-url", "http://localhost:3001", "where the server is reached")
	cmd.Flags().StringVar(&c.publicURL, "public-url", "", "where clients reach it through its proxies")
	cmd.Flags().StringVar(&c.report, "report", c.report, "file for the result, as one line of JSON")
	cmd.Flags().DurationVar(&c.timeout, "timeout", time.Minute, "time for sign-up and sign-in, waiting for the server included")
	return cmd
}

// run leaves a report, however it ends.
func (c canaryRun) run(ctx context.Context) error {
	report := c.try(ctx)
	for _, text := range []string{"Canary: " + string(report.Canary), report.Message, report.ClientIP, report.ClientIPMessage} {
		if text != "" {
			fmt.Fprintln(c.stdout, text)
		}
	}
	var err error
	if report.Canary != config.CanaryPassed {
		err = errors.New(report.Message)
	}
	return errors.Join(err, leave(c.report, report))
}

func (c canaryRun) try(ctx context.Context) config.CanaryReport {
	options, err := load(c.file, c.getenv)
	if err != nil {
		return config.CanaryReport{Canary: config.CanaryFailed, Message: config.OneLine("configuration: " + err.Error())}
	}
	backstage, err := server.OpenBackstage(ctx, options)
	if err != nil {
		return config.CanaryReport{Canary: config.CanaryFailed, Message: config.OneLine("configuration: " + err.Error())}
	}
	defer backstage.Close()
	report := canary.Run(ctx, canary.Options{
		Config: options.Config, BaseURL: c.baseURL, Users: backstage, Timeout: c.timeout, Now: time.Now, Wait: server.Wait,
		Explain: func(err error) string { _, message := schema.Failure(err, options.DatabaseURL); return message },
	})
	if c.publicURL != "" {
		report.ClientIP, report.ClientIPMessage = canary.Probe(ctx, canary.ProbeOptions{
			PublicURL: c.publicURL, BasePath: options.Config.BasePath, IPHeaders: options.Config.IPHeaders, Probes: backstage.Probes(), Own: ownAddresses(), Now: time.Now,
		})
	}
	return report
}

// ownAddresses are those that other machines may see.
func ownAddresses() (own []netip.Addr) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil // they only help to recognise a connection without a proxy
	}
	for _, address := range addresses {
		if prefix, err := netip.ParsePrefix(address.String()); err == nil && !prefix.Addr().IsLoopback() {
			own = append(own, prefix.Addr())
		}
	}
	return own
}
