package main

import (
	"errors"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// drainDelay is what Kubernetes takes to stop sending requests to a pod that is going.
const drainDelay = 5 * time.Second

func serveCommand(p process) *cobra.Command {
	var file, level, report string
	var drain, shutdown time.Duration
	if p.getenv("KUBERNETES_SERVICE_HOST") != "" {
		drain = drainDelay
	}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer requests until SIGTERM",
		Long: "Answer requests until SIGTERM.\n\n" +
			"Secrets come from the environment: DATABASE_URL, BETTER_AUTH_SECRET (or BETTER_AUTH_SECRETS) and JWT_SECRET;\n" +
			"GOOGLE_CLIENT_ID with GOOGLE_CLIENT_SECRET, and likewise for the other social providers; REDIS_URL where sessions or\n" +
			"the rate limit are kept in Redis.\n" +
			"Everything else comes from the configuration file, or from BETTER_AUTH_URL, ALLOWED_ORIGINS, TRUSTED_ORIGINS,\n" +
			"PORT and CUSTOM_FIELDS, which override it.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := load(file, p.getenv)
			if err != nil {
				return explained(report, err)
			}
			if options.Log, err = logger(p, level); err != nil {
				return err
			}
			options.DrainDelay, options.ShutdownTimeout = drain, shutdown
			options.HashWorkers, options.MemoryLimit = divide(options.Log)
			options.Hashing = yield(passhash.Workers(options.HashWorkers, options.MemoryLimit))
			s, err := server.New(cmd.Context(), options)
			if err != nil {
				return explained(report, err)
			}
			if err := s.Listen(cmd.Context()); err != nil {
				return errors.Join(err, s.Close())
			}
			return s.Run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "configuration file (YAML or JSON)")
	cmd.Flags().StringVar(&report, "report", existing(terminationLog), "file for the cause when it cannot start, as one line of JSON")
	cmd.Flags().StringVar(&level, "log-level", "info", "least level of log lines: debug, info, warn or error")
	cmd.Flags().DurationVar(&drain, "drain-delay", drain, "time between not being ready and refusing connections, on SIGTERM")
	cmd.Flags().DurationVar(&shutdown, "shutdown-timeout", 30*time.Second, "time that requests have to end, after the drain delay")
	return cmd
}

// explained leaves the cause where the operator finds it, in the file at path if there is one.
func explained(path string, cause error) error {
	return errors.Join(cause, leave(path, config.StartReport{StartFailure: config.OneLine(cause.Error())}))
}

// load reads all that the server is told, and reports every problem at once.
func load(file string, getenv func(string) string) (server.Options, error) {
	cfg, configErr := config.Load(file, getenv)
	secrets, secretsErr := config.LoadSecrets(getenv)
	options := server.Options{
		Config: cfg, Secrets: secrets,
		MailCredentials: func() (string, string, error) { return cfg.Email.Credentials(getenv) },
	}
	var urlErr, socialErr, redisErr error
	if cfg != nil {
		options.RenewedDatabaseURL = func() (config.Redacted, error) { return config.DatabaseURL(cfg.Database, getenv) }
		options.DatabaseURL, urlErr = options.RenewedDatabaseURL()
		options.SocialSecrets, socialErr = config.LoadSocialSecrets(cfg.SocialProviders, getenv)
		if cfg.NeedsRedis() {
			options.RedisURL = func() (config.Redacted, error) { return config.RedisURL(cfg.Redis, getenv) }
			_, redisErr = options.RedisURL()
		}
	}
	return options, errors.Join(configErr, secretsErr, urlErr, socialErr, redisErr)
}

func logger(p process, text string) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return nil, errors.New("--log-level must be debug, info, warn or error")
	}
	return slog.New(slog.NewJSONHandler(p.stdout, &slog.HandlerOptions{Level: level})), nil
}
