package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// metricsOptions serve metrics to those who may read them. The API server checks tokens and permissions, for which the
// operator needs a ClusterRole; with a CA of client certificates, it needs none.
func metricsOptions(opts options) (metricsserver.Options, error) {
	served := metricsserver.Options{BindAddress: opts.metricsAddress, SecureServing: true}
	if opts.metricsClientCA == "" {
		served.FilterProvider = filters.WithAuthenticationAndAuthorization
		return served, nil
	}
	if _, err := readCA(opts.metricsClientCA); err != nil {
		return metricsserver.Options{}, fmt.Errorf("--metrics-client-ca: %w", err)
	}
	served.TLSOpts = []func(*tls.Config){func(config *tls.Config) { demandCertificate(config, opts.metricsClientCA) }}
	return served, nil
}

// demandCertificate lets in whoever shows a certificate of a CA in the file, which is read again for each connection:
// the kubelet replaces it when the secret changes.
func demandCertificate(config *tls.Config, path string) {
	config.ClientAuth = tls.RequireAndVerifyClientCert
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		authorities, err := readCA(path)
		if err != nil {
			return nil, err
		}
		current := config.Clone()
		current.ClientCAs = authorities
		// A session that is resumed was verified by the CAs of then.
		current.SessionTicketsDisabled = true
		return current, nil
	}
}

func readCA(path string) (*x509.CertPool, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", path)
	}
	return pool, nil
}
