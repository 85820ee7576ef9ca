package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"time"
)

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// writeCertificates makes all keys of the cluster, as files in pki.
func (c *Cluster) writeCertificates() error {
	cluster, err := c.writeAuthority("ca")
	if err != nil {
		return err
	}
	frontProxy, err := c.writeAuthority("front-proxy-ca")
	if err != nil {
		return err
	}
	if _, err := c.writeKey("service-account"); err != nil {
		return err
	}
	for _, leaf := range []struct {
		file    string
		signer  authority
		name    string
		group   string
		servers []string
	}{
		{"kube-apiserver", cluster, "kube-apiserver", "", []string{"127.0.0.1", apiIP, nodeIP, "localhost",
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"}},
		{"kubelet", cluster, "system:node:" + nodeName, "system:nodes", []string{nodeIP, nodeName}},
		{"kubelet-client", cluster, "kube-apiserver-kubelet-client", "system:masters", nil},
		{"admin", cluster, "admin", "system:masters", nil},
		{"kube-controller-manager", cluster, "system:kube-controller-manager", "", nil},
		{"kube-scheduler", cluster, "system:kube-scheduler", "", nil},
		{"kube-proxy", cluster, "system:kube-proxy", "", nil},
		{"front-proxy-client", frontProxy, "front-proxy-client", "", nil},
	} {
		template := certificate(leaf.name, leaf.group, leaf.servers)
		if err := c.writeLeaf(leaf.file, template, leaf.signer); err != nil {
			return err
		}
	}
	return nil
}

func certificate(name, group string, servers []string) *x509.Certificate {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	if group != "" {
		template.Subject.Organization = []string{group}
	}
	for _, server := range servers {
		if ip := net.ParseIP(server); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, server)
		}
	}
	return template
}

func (c *Cluster) writeAuthority(name string) (authority, error) {
	key, err := c.writeKey(name)
	if err != nil {
		return authority{}, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := sign(template, template, key, key)
	if err != nil {
		return authority{}, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{}, err
	}
	return authority{parsed, key}, c.writePEM(name+".crt", "CERTIFICATE", der)
}

func (c *Cluster) writeLeaf(file string, template *x509.Certificate, signer authority) error {
	key, err := c.writeKey(file)
	if err != nil {
		return err
	}
	der, err := sign(template, signer.certificate, key, signer.key)
	if err != nil {
		return err
	}
	return c.writePEM(file+".crt", "CERTIFICATE", der)
}

// sign begins the validity in the past, for the clocks of machines that were just started.
func sign(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().AddDate(1, 0, 0)
	return x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
}

func (c *Cluster) writeKey(name string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, c.writePEM(name+".key", "EC PRIVATE KEY", der)
}

func (c *Cluster) writePEM(file, kind string, der []byte) error {
	return os.WriteFile(c.path("pki", file), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
