package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// The chart's metrics.clientCASecretName, which needs no right of the cluster's.
func TestMetricsForClientCertificates(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t), newAuthority(t)
	file := filepath.Join(t.TempDir(), "ca.crt")
	must(t, os.WriteFile(file, ca.pem, 0o600))
	address := freeAddress(t)
	served, err := metricsOptions(options{metricsAddress: address, metricsClientCA: file})
	must(t, err)
	// Without a client for the API server: nothing may ask it.
	server, err := metricsserver.NewServer(served, &rest.Config{Host: "https://127.0.0.1:1"}, nil)
	must(t, err)
	go func() { _ = server.Start(t.Context()) }()

	known, stranger := ca.certificate(t), other.certificate(t)
	eventually(t, func() error { return scrapeWith(t, address, known) })
	for name, certificate := range map[string]*tls.Certificate{"no certificate": nil, "one of another CA": stranger} {
		if err := scrapeWith(t, address, certificate); err == nil {
			t.Errorf("metrics are served to a client with %s", name)
		}
	}

	must(t, os.WriteFile(file, other.pem, 0o600))
	must(t, scrapeWith(t, address, stranger))
	if err := scrapeWith(t, address, known); err == nil {
		t.Error("metrics are served to a client of a CA that was replaced")
	}
	must(t, os.WriteFile(file, nil, 0o600))
	if err := scrapeWith(t, address, stranger); err == nil {
		t.Error("metrics are served while there is no CA")
	}
}

func TestMetricsOptionsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "ca.crt")
	must(t, os.WriteFile(empty, []byte("none"), 0o600))
	for path, want := range map[string]string{
		empty:        "--metrics-client-ca: " + empty + " holds no certificate in PEM",
		"/no/ca.crt": "--metrics-client-ca: open /no/ca.crt: no such file",
	} {
		if _, err := metricsOptions(options{metricsClientCA: path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

// scrapeWith makes a connection of its own.
func scrapeWith(t *testing.T, address string, certificate *tls.Certificate) error {
	t.Helper()
	config := &tls.Config{InsecureSkipVerify: true}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	transport := &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/metrics", nil)
	must(t, err)
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("metrics: %s", response.Status)
	}
	return nil
}

// authority signs certificates of clients.
type authority struct {
	pem       []byte
	certified *x509.Certificate
	key       *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, der := sign(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil)
	certified, err := x509.ParseCertificate(der)
	must(t, err)
	return authority{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), certified, key}
}

func (a *authority) certificate(t *testing.T) *tls.Certificate {
	t.Helper()
	key, der := sign(t, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, a)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// sign makes a key, and its certificate by an authority, or by itself.
func sign(t *testing.T, template *x509.Certificate, by *authority) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template.SerialNumber = big.NewInt(1)
	template.Subject = pkix.Name{CommonName: t.Name()}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	issuer, signer := template, key
	if by != nil {
		issuer, signer = by.certified, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, signer)
	must(t, err)
	return key, der
}
