// Package config is the one contract between the two halves of Gatehouse: the operator renders a Config,
// the auth server loads it. It owns the file format, the environment names, the defaults, strict validation,
// and the report that a migration leaves behind. It does not open connections and knows no rules.
//
//	operator:   AuthService ──► Config ──► ConfigMap (config.yaml)
//	auth server: Load(file, environment) ──► Config, Secrets
//
// An unknown key or a bad value is an error that names the key, the value and the fix. Secrets come from
// the environment or from mounted files only; a Config never holds one.
package config
