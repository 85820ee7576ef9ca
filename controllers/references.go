package controllers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// ConfigMaps is a cache of the users' ConfigMaps: of their names and versions. That of the manager has only those of our own.
type ConfigMaps struct{ cache.Cache }

// GetCache makes the manager start it among its caches.
func (c ConfigMaps) GetCache() cache.Cache { return c.Cache }

// NewConfigMaps makes the cache and lets the manager start it. Without namespaces, all are watched.
func NewConfigMaps(mgr ctrl.Manager, namespaces []string) (ConfigMaps, error) {
	options := cache.Options{
		HTTPClient:        mgr.GetHTTPClient(),
		Scheme:            mgr.GetScheme(),
		Mapper:            mgr.GetRESTMapper(),
		DefaultTransform:  stripMetadata,
		DefaultNamespaces: watched(namespaces),
	}
	made, err := cache.New(mgr.GetConfig(), options)
	if err != nil {
		return ConfigMaps{}, err
	}
	configMaps := ConfigMaps{made}
	return configMaps, mgr.Add(configMaps)
}

// metadataOf is what names and versions of a kind are read into.
func metadataOf(kind string) *metav1.PartialObjectMetadata {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	return object
}

// +kubebuilder:rbac:groups="",resources=secrets;configmaps,verbs=list;watch

// readMetadata returns nil when there is no such object.
func (r *Reconciler) readMetadata(ctx context.Context, kind, namespace, name string) (*metav1.PartialObjectMetadata, error) {
	reader := r.Cache
	if kind == resources.KindConfigMap {
		reader = r.ConfigMaps
	}
	object := metadataOf(kind)
	err := reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return object, err
}

// readReferences looks for what the spec refers to besides the database secret.
func (r *Reconciler) readReferences(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	var rolling, migrating []string
	for _, reference := range resources.References(auth) {
		object, err := r.readMetadata(ctx, reference.Kind, auth.Namespace, reference.Name)
		switch {
		case err != nil:
			return err
		case object == nil:
			seen.missing = append(seen.missing, reference)
		case reference.Keys:
			seen.secrets = resources.Fingerprint([]byte(version(object)))
		case reference.Rolls:
			rolling = append(rolling, version(object))
		}
		if object != nil && reference.Migrates {
			migrating = append(migrating, version(object))
		}
	}
	seen.mounted, seen.migrating = joined(rolling), joined(migrating)
	return nil
}

// joined is one version for several; empty for none.
func joined(versions []string) string {
	if len(versions) == 0 {
		return ""
	}
	return resources.Fingerprint([]byte(strings.Join(versions, " ")))
}

// version changes when the object does, and when another one takes its place.
func version(object *metav1.PartialObjectMetadata) string {
	return string(object.UID) + "/" + object.ResourceVersion
}

// missingReferences says how to make the first object that is not there, and names the others.
func missingReferences(auth *v1alpha1.AuthService, missing []resources.Reference) (reason, message string) {
	first := missing[0]
	fields, from := []string{first.Field}, []string{first.From}
	var others []string
	for _, other := range missing[1:] {
		if other.Kind == first.Kind && other.Name == first.Name {
			fields, from = append(fields, other.Field), append(from, other.From)
		} else if name := fmt.Sprintf("%s %s (%s)", other.Kind, other.Name, other.Field); !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	reason, command := v1alpha1.ReasonSecretNotFound, "secret generic"
	if first.Kind == resources.KindConfigMap {
		reason, command = v1alpha1.ReasonConfigMapNotFound, "configmap"
	}
	message = fmt.Sprintf("%s %s (%s) does not exist. Create it: kubectl -n %s create %s %s %s",
		first.Kind, first.Name, strings.Join(fields, ", "), auth.Namespace, command, first.Name, strings.Join(from, " "))
	if len(others) > 0 {
		message += ". Also missing: " + strings.Join(others, ", ")
	}
	return reason, resources.Shorten(message)
}
