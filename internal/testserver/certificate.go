package testserver

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
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority is a certificate authority made for one test, with one certificate
// for each way a server's identity can be right or wrong.
type Authority struct {
	CAFile string         // PEM, for programs that take a file
	Pool   *x509.CertPool // the same, for this process

	Good       Certificate // localhost, 127.0.0.1, 127.0.0.2 and ServerName, valid now
	Expired    Certificate // localhost, ended yesterday
	OtherName  Certificate // other.example.test only
	SelfSigned Certificate // localhost, signed by nobody else

	root Certificate
}

// Certificate is one server identity, as files and ready for crypto/tls.
type Certificate struct {
	CertFile, KeyFile string
	TLS               tls.Certificate
}

// ServerConfig is what a Go server presents this certificate with.
func (c Certificate) ServerConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c.TLS}, MinVersion: tls.VersionTLS12}
}

// Certificates creates an authority and its certificates in a directory of the
// test.
func Certificates(t testing.TB) *Authority {
	t.Helper()
	a, err := newAuthority(t.TempDir())
	if err != nil {
		t.Fatalf("make test certificates: %v", err)
	}
	return a
}

// TLS is a client configuration that trusts this authority and nothing else.
func (a *Authority) TLS() *tls.Config {
	return &tls.Config{RootCAs: a.Pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}
}

// Issue makes one more certificate, for hosts of the test's choice.
func (a *Authority) Issue(t testing.TB, hosts ...string) Certificate {
	t.Helper()
	now := time.Now()
	r := request{file: filepath.Join(t.TempDir(), "issued"), name: hosts[0], hosts: hosts, from: now.AddDate(0, -1, 0), until: now.AddDate(1, 0, 0)}
	c, err := r.sign(&a.root)
	if err != nil {
		t.Fatalf("make a certificate for %v: %v", hosts, err)
	}
	return c
}

func newAuthority(dir string) (*Authority, error) {
	now := time.Now()
	ca := request{
		file: filepath.Join(dir, "ca"), name: "postroom test authority", isCA: true,
		from: now.Add(-time.Hour), until: now.AddDate(1, 0, 0),
	}
	root, err := ca.sign(nil)
	if err != nil {
		return nil, err
	}
	a := &Authority{CAFile: root.CertFile, Pool: x509.NewCertPool(), root: root}
	a.Pool.AddCert(root.TLS.Leaf)

	local := []string{"localhost", "127.0.0.1", "127.0.0.2", ServerName}
	for _, c := range []struct {
		into   *Certificate
		file   string
		hosts  []string
		until  time.Time
		signer *Certificate
	}{
		{&a.Good, "good", local, now.AddDate(1, 0, 0), &root},
		{&a.Expired, "expired", local, now.AddDate(0, 0, -1), &root},
		{&a.OtherName, "other-name", []string{"other.example.test"}, now.AddDate(1, 0, 0), &root},
		{&a.SelfSigned, "self-signed", local, now.AddDate(1, 0, 0), nil},
	} {
		r := request{
			file: filepath.Join(dir, c.file), name: c.hosts[0], hosts: c.hosts,
			from: now.AddDate(0, -1, 0), until: c.until,
		}
		if *c.into, err = r.sign(c.signer); err != nil {
			return nil, err
		}
	}
	return a, nil
}

type request struct {
	file, name  string
	hosts       []string
	isCA        bool
	from, until time.Time
}

// sign makes key and certificate; without a signer it signs itself.
func (r request) sign(signer *Certificate) (Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: r.name},
		NotBefore: r.from, NotAfter: r.until,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if r.isCA {
		template.IsCA, template.BasicConstraintsValid = true, true
		template.KeyUsage = x509.KeyUsageCertSign
		template.ExtKeyUsage = nil
	}
	for _, host := range r.hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	parent, parentKey := template, any(key)
	if signer != nil {
		parent, parentKey = signer.TLS.Leaf, signer.TLS.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return Certificate{}, fmt.Errorf("sign %s: %w", r.name, err)
	}
	return r.write(der, key)
}

func (r request) write(der []byte, key *ecdsa.PrivateKey) (Certificate, error) {
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Certificate{}, err
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	c := Certificate{CertFile: r.file + ".pem", KeyFile: r.file + ".key"}
	if err := os.WriteFile(c.CertFile, certPEM, 0o644); err != nil {
		return Certificate{}, err
	}
	if err := os.WriteFile(c.KeyFile, keyPEM, 0o600); err != nil {
		return Certificate{}, err
	}
	c.TLS, err = tls.X509KeyPair(certPEM, keyPEM)
	return c, err
}
