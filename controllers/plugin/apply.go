package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// CheckDatabaseURL says what is wrong with the URL of a database, without showing it.
func CheckDatabaseURL(text string) error {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme != "postgres" && parsed.Scheme != "postgresql" || parsed.Host == "" && parsed.Query().Get("host") == "" {
		return errors.New("the database URL is not one of PostgreSQL; write it as postgresql://user:password@host:5432/database, " +
			"with what is special in the password percent-encoded")
	}
	return nil
}

// CreateDatabaseSecret puts the URL of the database into a new secret. One that is there is not changed.
func (c *Cluster) CreateDatabaseSecret(ctx context.Context, name, key, value string) error {
	err := c.Client.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: c.Namespace},
		Data:       map[string][]byte{key: []byte(value)},
	}, client.FieldOwner(fieldOwner))
	if apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("the secret %s exists already in namespace %s; use it as it is with --database-secret %s/%s, or delete it first", name, c.Namespace, name, key)
	}
	return err
}

// Apply applies a manifest as kubectl apply --server-side would: unknown fields are errors, and so are fields that somebody
// else has set to other values. With dryRun it only finds out whether the API server would take it.
func (c *Cluster) Apply(ctx context.Context, manifest string, dryRun bool) error {
	object := &unstructured.Unstructured{}
	if err := yaml.UnmarshalStrict([]byte(manifest), &object.Object); err != nil {
		return err
	}
	object.SetNamespace(c.Namespace)
	options := []client.ApplyOption{client.FieldOwner(fieldOwner)}
	if dryRun {
		options = append(options, client.DryRunAll)
	}
	err := c.Client.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), options...)
	if apierrors.IsConflict(err) {
		return fmt.Errorf("%w; the AuthService exists already: write the manifest with --output instead, and apply it as these fields were applied", err)
	}
	return err
}
