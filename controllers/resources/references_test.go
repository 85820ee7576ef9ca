package resources

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// The condition that misses a reference quotes these.
func TestReferences(t *testing.T) {
	t.Parallel()
	auth := withEmail()
	auth.Spec.Database = withDatabase().Spec.Database
	auth.Spec.Email.CASecretRef, auth.Spec.SocialProviders, auth.Spec.Redis = nil, withSocialProviders().Spec.SocialProviders, withRedis().Spec.Redis
	var got []string
	for _, r := range References(auth) {
		rolls := ""
		if r.Rolls {
			rolls = " rolls"
		}
		if r.Migrates {
			rolls += " migrates"
		}
		got = append(got, r.Kind+" "+r.Name+" "+r.Field+" "+r.From+rolls)
	}
	want := []string{
		"Secret login-db-ca spec.database.tls.caSecretRef --from-file=ca.crt=ca.pem rolls migrates",
		"Secret login-db-superuser spec.database.migrationSecretRef --from-literal=fqdn-uri='postgres://user:password@host:5432/database' migrates",
		"Secret smtp spec.email.secretRef --from-literal=username='USERNAME' --from-literal=password='PASSWORD'",
		"ConfigMap company-ca spec.email.caConfigMapRef --from-file=root.pem=ca.pem rolls",
		"ConfigMap mail-texts spec.email.templatesConfigMapRef --from-file=DIRECTORY/ rolls",
		"Secret oauth spec.socialProviders[google].clientSecretRef --from-literal=google='SECRET'",
		"Secret oauth spec.socialProviders[microsoft].clientSecretRef --from-literal=microsoft='SECRET'",
		"Secret apple spec.socialProviders[apple].clientSecretRef --from-file=clientSecret=AuthKey.p8",
		"Secret okta spec.socialProviders[Okta_Prod].clientSecretRef --from-literal=clientSecret='SECRET'",
		"Secret redis spec.redis.secretRef --from-literal=url='redis://user:password@host:6379/0'",
		"Secret redis-tls spec.redis.caSecretRef --from-file=ca.crt=ca.pem rolls",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if all := References(minimal()); len(all) != 0 {
		t.Errorf("a minimal spec refers to %+v", all)
	}
}

// Whatever ids the API allows, a pod must be able to have the volumes.
func TestVolumesAreNamedApart(t *testing.T) {
	t.Parallel()
	auth := withRedis()
	auth.Spec.Email = withEmail().Spec.Email
	for _, id := range []string{"google", "Google", "a.b", "a_b", "a-b", "a-", "email", "redis", "0", strings.Repeat("a", 63), strings.Repeat("a", 62) + "b"} {
		auth.Spec.SocialProviders = append(auth.Spec.SocialProviders, v1alpha1.SocialProvider{ID: id, ClientSecretRef: secretKey("oauth", id)})
	}
	objects, err := Build(auth, inputs)
	if err != nil {
		t.Fatal(err)
	}
	pod := serverTemplate(auth, inputs, "config").Spec
	volumes, paths := map[string]bool{}, map[string]bool{}
	for i, volume := range pod.Volumes {
		mount := pod.Containers[0].VolumeMounts[i]
		if problems := validation.IsDNS1123Label(volume.Name); problems != nil || volumes[volume.Name] || paths[mount.MountPath] {
			t.Errorf("volume %s at %s: %v, or there twice", volume.Name, mount.MountPath, problems)
		}
		if mount.Name != volume.Name || !mount.ReadOnly {
			t.Errorf("volume %s is mounted by %+v", volume.Name, mount)
		}
		volumes[volume.Name], paths[mount.MountPath] = true, true
	}
	if len(pod.Volumes) != 2+3+2+11 || len(pod.Containers[0].VolumeMounts) != len(pod.Volumes) {
		t.Errorf("%d volumes, %d mounts", len(pod.Volumes), len(pod.Containers[0].VolumeMounts))
	}
	if volumes := objects.Migration.Spec.Template.Spec.Volumes; len(volumes) != 2 {
		t.Errorf("a migration needs nothing but its configuration and the database, and has %+v", volumes)
	}
}

// What may change the schema stays out of the pods that strangers talk to.
func TestOnlyMigrationsHaveTheirCredentials(t *testing.T) {
	t.Parallel()
	objects, err := Build(withDatabase(), inputs)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		pod  corev1.PodSpec
		want []string
	}{
		"server":    {serverTemplate(withDatabase(), inputs, "config").Spec, []string{"config", "database", "database-ca"}},
		"migration": {objects.Migration.Spec.Template.Spec, []string{"config", "database", "database-ca", "migration"}},
	} {
		var got []string
		for _, volume := range test.pod.Volumes {
			got = append(got, volume.Name)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s mounts %v, want %v", name, got, test.want)
		}
	}
}

// A secret of cert-manager has a private key beside the certificates: it has no business in the pod.
func TestOnlyTheCertificatesOfAnAuthorityAreMounted(t *testing.T) {
	t.Parallel()
	auth := withEmail()
	auth.Spec.Email.CAConfigMapRef = nil
	ref := secretKey("smtp-tls", "")
	auth.Spec.Email.CASecretRef = &ref
	for _, volume := range serverTemplate(auth, inputs, "config").Spec.Volumes {
		if volume.Name == emailCAPath {
			want := corev1.KeyToPath{Key: "ca.crt", Path: "ca.crt"}
			if items := volume.Secret.Items; volume.Secret.SecretName != "smtp-tls" || len(items) != 1 || items[0] != want {
				t.Errorf("mounts %+v", volume.Secret)
			}
			return
		}
	}
	t.Error("there is no such volume")
}
