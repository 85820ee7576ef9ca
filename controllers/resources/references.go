package resources

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// The kinds of objects that a spec refers to.
const (
	KindSecret    = "Secret"
	KindConfigMap = "ConfigMap"
)

// Keys of referenced objects where the spec names none, and files that they become.
const (
	emailUsernameKey = "username"
	emailPasswordKey = "password"
	clientSecretKey  = "clientSecret"
	redisKey         = "uri"
	databaseKey      = "uri"
	authorityKey     = "ca.crt"
)

// Reference is a Secret or ConfigMap of the user's, besides the database secret, that pods mount. Its content is the auth
// server's business: the operator sees name and version only.
type Reference struct {
	// Kind is KindSecret or KindConfigMap.
	Kind string
	Name string
	// Field of the spec that names it.
	Field string
	// From are the arguments with which kubectl create fills it.
	From string
	// Rolls says that a new version rolls the pods, because the auth server reads it once, at its start. It reads others
	// again when it needs them, so that a rotation reaches running pods without a rollout.
	Rolls bool
	// Keys says that it is the environment of the pods instead of files: the secret with the keys.
	Keys bool
	// Migrates says that migrations use it: a new version needs a new one, which proves that it works.
	Migrates bool

	// unserved keeps it from the pods that serve.
	unserved bool
	volume   string
	path     string // below mountDirectory
	items    []corev1.KeyToPath
}

// References are in the order in which the spec has them.
func References(auth *v1alpha1.AuthService) []Reference {
	all := databaseReferences(&auth.Spec.Database)
	if email := auth.Spec.Email; email != nil {
		all = append(all, emailReferences(email)...)
	}
	for i := range auth.Spec.SocialProviders {
		all = append(all, socialReference(&auth.Spec.SocialProviders[i]))
	}
	if redis := auth.Spec.Redis; redis != nil {
		all = append(all, Reference{
			Kind: KindSecret, Name: redis.SecretRef.Name, Field: "spec.redis.secretRef",
			From:   literal(cmp.Or(redis.SecretRef.Key, redisKey), "redis://user:password@host:6379/0"),
			volume: "redis", path: redisPath,
		})
		if ca := redis.CASecretRef; ca != nil {
			all = append(all, authority(KindSecret, ca.Name, ca.Key, "spec.redis.caSecretRef", redisCAPath))
		}
	}
	if ref := auth.Spec.Secrets.SecretRef; ref != nil {
		all = append(all, Reference{
			Kind: KindSecret, Name: ref.Name, Field: "spec.secrets.secretRef", Keys: true,
			From: random(KeyBetterAuthSecret) + " " + random(KeyJWTSecret),
		})
	}
	return all
}

func databaseReferences(database *v1alpha1.DatabaseSpec) []Reference {
	var all []Reference
	if tls := database.TLS; tls != nil {
		if ca := tls.CASecretRef; ca != nil {
			all = append(all, authority(KindSecret, ca.Name, ca.Key, "spec.database.tls.caSecretRef", databaseCAPath))
		}
		if ca := tls.CAConfigMapRef; ca != nil {
			all = append(all, authority(KindConfigMap, ca.Name, ca.Key, "spec.database.tls.caConfigMapRef", databaseCAPath))
		}
	}
	if ref := database.MigrationSecretRef; ref != nil {
		all = append(all, Reference{
			Kind: KindSecret, Name: ref.Name, Field: "spec.database.migrationSecretRef",
			From:     literal(cmp.Or(ref.Key, databaseKey), "postgres://user:password@host:5432/database"),
			unserved: true, volume: migrationPath, path: migrationPath,
		})
	}
	for i := range all {
		all[i].Migrates = true
	}
	return all
}

func emailReferences(email *v1alpha1.EmailSpec) []Reference {
	var all []Reference
	if ref := email.SecretRef; ref != nil {
		all = append(all, Reference{
			Kind: KindSecret, Name: ref.Name, Field: "spec.email.secretRef",
			From:   literal(emailUsernameKey, "USERNAME") + " " + literal(emailPasswordKey, "PASSWORD"),
			volume: "email", path: emailPath,
		})
	}
	if ca := email.CASecretRef; ca != nil {
		all = append(all, authority(KindSecret, ca.Name, ca.Key, "spec.email.caSecretRef", emailCAPath))
	}
	if ca := email.CAConfigMapRef; ca != nil {
		all = append(all, authority(KindConfigMap, ca.Name, ca.Key, "spec.email.caConfigMapRef", emailCAPath))
	}
	if ref := email.TemplatesConfigMapRef; ref != nil {
		all = append(all, Reference{
			Kind: KindConfigMap, Name: ref.Name, Field: "spec.email.templatesConfigMapRef", From: "--from-file=DIRECTORY/",
			Rolls: true, volume: emailTemplatesPath, path: emailTemplatesPath,
		})
	}
	return all
}

// authority is a reference to the certificates that a server's is checked against. Only they are mounted: the secrets of
// cert-manager hold a private key beside them.
func authority(kind, name, key, field, path string) Reference {
	key = cmp.Or(key, authorityKey)
	return Reference{
		Kind: kind, Name: name, Field: field, From: file(key, "ca.pem"), Rolls: true,
		volume: path, path: path, items: []corev1.KeyToPath{{Key: key, Path: authorityKey}},
	}
}

func socialReference(provider *v1alpha1.SocialProvider) Reference {
	ref := provider.ClientSecretRef
	from := literal(cmp.Or(ref.Key, clientSecretKey), "SECRET")
	if provider.ID == "apple" {
		from = file(cmp.Or(ref.Key, clientSecretKey), "AuthKey.p8")
	}
	return Reference{
		Kind: KindSecret, Name: ref.Name, Field: "spec.socialProviders[" + provider.ID + "].clientSecretRef", From: from,
		volume: socialVolume(provider.ID), path: socialPath + "/" + provider.ID,
	}
}

// socialVolume is named by the provider where that makes a name of a volume.
func socialVolume(id string) string {
	if name := "social-" + id; validation.IsDNS1123Label(name) == nil {
		return name
	}
	return "social-" + digest([]byte(id))[:16]
}

func literal(key, value string) string { return "--from-literal=" + key + "='" + value + "'" }

// random lets the shell make the value.
func random(key string) string { return "--from-literal=" + key + `="$(openssl rand -base64 32)"` }

func file(key, name string) string { return "--from-file=" + key + "=" + name }

// mountReferences adds the volumes of what the spec refers to and the pod wants. They are not optional: the kubelet then keeps
// what running pods have when the object, or the key, is deleted.
func mountReferences(auth *v1alpha1.AuthService, pod *corev1.PodSpec, wanted func(Reference) bool) {
	for _, reference := range References(auth) {
		if !wanted(reference) {
			continue
		}
		pod.Volumes = append(pod.Volumes, corev1.Volume{Name: reference.volume, VolumeSource: reference.source()})
		pod.Containers[0].VolumeMounts = append(pod.Containers[0].VolumeMounts, corev1.VolumeMount{
			Name: reference.volume, MountPath: mountDirectory + "/" + reference.path, ReadOnly: true,
		})
	}
}

// everywhere: pods of every kind connect to the database. The others say who wants what is not everywhere.
func (r Reference) everywhere() bool { return r.Migrates && !r.unserved }

func (r Reference) serves() bool { return !r.Migrates && !r.Keys }

func (r Reference) migrates() bool { return r.unserved }

// source has files that the user of the image can read, whatever its group is: which one owns the files, if any, is the
// cluster's choice.
func (r Reference) source() corev1.VolumeSource {
	mode := ptr.To[int32](0o444)
	if r.Kind == KindConfigMap {
		return corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: r.Name}, Items: r.items, DefaultMode: mode,
		}}
	}
	return corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: r.Name, Items: r.items, DefaultMode: mode}}
}
