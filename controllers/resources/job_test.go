package resources

import (
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// What a migration depends on makes a new Job; what it does not must not.
func TestMigrationHash(t *testing.T) {
	t.Parallel()
	everything := func() *v1alpha1.AuthService {
		auth := full()
		auth.Spec.Email, auth.Spec.Features = withEmail().Spec.Email, stateless().Spec.Features
		auth.Spec.Session.Fields = withRedis().Spec.Session.Fields
		auth.Spec.Database = withDatabase().Spec.Database
		return auth
	}
	base, err := MigrationHash(everything(), inputs)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*v1alpha1.AuthService, *Inputs)
		same   bool
	}{
		"image":                    {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Image = "b:2" }},
		"database secret version":  {change: func(_ *v1alpha1.AuthService, in *Inputs) { in.DatabaseSecret = "b" }},
		"database secret":          {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.SecretRef.Name = "b" }},
		"database key":             {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.SecretRef.Key = "b" }},
		"database schema":          {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.Schema = "b" }},
		"migration secret":         {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.MigrationSecretRef.Name = "b" }},
		"migration key":            {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.MigrationSecretRef.Key = "b" }},
		"no migration secret":      {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.MigrationSecretRef = nil }},
		"migration secret version": {change: func(_ *v1alpha1.AuthService, in *Inputs) { in.MigrationMounts = "b" }},
		"TLS mode":                 {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.TLS.Mode = v1alpha1.DatabaseTLSVerifyCA }},
		"authority":                {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.TLS.CASecretRef.Name = "b" }},
		"pooler":                   {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.Pooler = v1alpha1.PoolerNone }},
		"lock timeout":             {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Migration.LockTimeout = &metav1.Duration{Duration: 1} }},
		"custom field":             {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.CustomFields[1].Index = true }},
		"rate limit storage":       {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.RateLimit.Storage = v1alpha1.RateLimitDatabase }},
		"session storage":          {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Session.Storage = v1alpha1.SessionRedis }},
		"session field":            {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Session.Fields[0].Index = true }},
		"mail":                     {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Email = nil }},
		"tokens with public keys":  {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Features.JWT = nil }},
		"template":                 {change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Template = overlayOf("spec: {nodeSelector: {a: b}}") }},
		"origins":                  {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.AllowedOrigins = nil }},
		"connections":              {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Database.MaxConnections = 99 }},
		"input of a field":         {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.CustomFields[0].Input = ptr.To(true) }},
		"input of a session field": {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Session.Fields[0].Input = ptr.To(false) }},
		"SMTP server":              {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Email.Host = "b.example.com" }},
		"algorithm of tokens":      {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Features.JWT.Algorithm = "RS256" }},
		"features without tables":  {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Features.OpenAPI = nil }},
		"social providers": {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) {
			a.Spec.SocialProviders = withSocialProviders().Spec.SocialProviders
		}},
		"replicas":                             {same: true, change: func(a *v1alpha1.AuthService, _ *Inputs) { a.Spec.Replicas = nil }},
		"default image, when the spec has one": {same: true, change: func(_ *v1alpha1.AuthService, in *Inputs) { in.Image = "b:2" }},
		"generated secret":                     {same: true, change: func(_ *v1alpha1.AuthService, in *Inputs) { in.Secrets = "b" }},
		"what is mounted":                      {same: true, change: func(_ *v1alpha1.AuthService, in *Inputs) { in.Mounts = "b" }},
		"approval":                             {same: true, change: func(a *v1alpha1.AuthService, in *Inputs) { a.Spec.Migration.Policy, in.ApprovedPlan = "Approve", "b" }},
	} {
		auth, in := everything(), inputs
		test.change(auth, &in)
		got, err := MigrationHash(auth, in)
		if err != nil {
			t.Fatal(err)
		}
		if (got == base) != test.same {
			t.Errorf("%s changed: hash %s, before %s", name, got, base)
		}
	}
}

func TestAttempt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 1, "3": 3, "0": 1, "-2": 1, "many": 1} {
		job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{AnnotationAttempt: text}}}
		if got := Attempt(job); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	job, err := MigrationJob(minimal(), inputs, "config")
	if err != nil {
		t.Fatal(err)
	}
	first := job.Name
	SetAttempt(job, 1)
	if job.Name != first || Attempt(job) != 1 {
		t.Errorf("attempt 1 became %d, %s", Attempt(job), job.Name)
	}
	SetAttempt(job, 4)
	if job.Name != first+"-4" || Attempt(job) != 4 || Attempt(&corev1.Pod{ObjectMeta: job.Spec.Template.ObjectMeta}) != 4 {
		t.Errorf("attempt 4 became %d, %s", Attempt(job), job.Name)
	}
}

func TestBuildWithoutDatabaseSecret(t *testing.T) {
	t.Parallel()
	in := inputs
	in.DatabaseSecret = ""
	objects, err := Build(minimal(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(objects.Foundation) != 5 || objects.Migration != nil || objects.Plan != nil || objects.Canary != nil || objects.Probe != nil || objects.Rollout != nil {
		t.Errorf("want the foundation only, got %+v", objects)
	}
}
