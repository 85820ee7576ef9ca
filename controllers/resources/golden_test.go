package resources

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

var update = flag.Bool("update", false, "rewrite the goldens")

var inputs = Inputs{
	Image:          "docker.io/gatehouse/authserver:1.2.3",
	DatabaseSecret: "0a1b2c3d4e5f6071",
	Secrets:        "fedcba9876543210",
}

// cases are the AuthServices of the goldens.
var cases = map[string]func() *v1alpha1.AuthService{
	"minimal": minimal,
	"full":    full,
	"overlay": func() *v1alpha1.AuthService {
		auth := minimal()
		auth.Spec.Template = overlayOf(`
metadata:
  labels: {team: identity}
  annotations: {sidecar.istio.io/inject: "false"}
spec:
  nodeSelector: {disk: ssd}
  priorityClassName: important
  imagePullSecrets: [{name: registry}]
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{key: zone, operator: In, values: [a]}]
  initContainers: [{name: wait, image: wait:1}]
  containers:
  - name: authserver
    resources:
      limits: {memory: 1Gi}
    env: [{name: HTTPS_PROXY, value: "http://proxy:3128"}]
    readinessProbe: {periodSeconds: 2}
  - name: sidecar
    image: sidecar:1
`)
		return auth
	},
	"one-replica": func() *v1alpha1.AuthService {
		auth := minimal()
		auth.Spec.Replicas = ptr.To[int32](1)
		return auth
	},
}

func allCases() map[string]func() *v1alpha1.AuthService {
	all := maps.Clone(cases)
	maps.Copy(all, sections)
	return all
}

func minimal() *v1alpha1.AuthService {
	return &v1alpha1.AuthService{
		ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: "shop", UID: "8a4a1f5c-0001"},
		Spec: v1alpha1.AuthServiceSpec{
			Database: v1alpha1.DatabaseSpec{SecretRef: v1alpha1.DatabaseSecretReference{Name: "login-db"}},
		},
	}
}

func full() *v1alpha1.AuthService {
	auth := minimal()
	window := &metav1.Duration{Duration: 15 * time.Minute}
	auth.Spec = v1alpha1.AuthServiceSpec{
		BaseURL:  "https://auth.example.com",
		BasePath: "/api/auth",
		Image:    "registry.example.com/authserver:mine",
		Replicas: ptr.To[int32](3),
		Database: v1alpha1.DatabaseSpec{
			SecretRef:      v1alpha1.DatabaseSecretReference{Name: "login-db", Key: "url"},
			Schema:         "auth",
			MaxConnections: 20,
		},
		CustomFields: []v1alpha1.CustomField{
			{Name: "role", Type: "enum", Values: []string{"user", "admin"}, Required: true, Default: ptr.To("user"), Input: ptr.To(false), Index: true},
			{Name: "nick", Type: "string", Unique: true, Returned: ptr.To(true)},
		},
		AllowedOrigins: []string{"https://app.example.com", "https://*.example.com"},
		RateLimit: v1alpha1.RateLimitSpec{
			Enabled: ptr.To(true), Max: 7, Window: window, Storage: v1alpha1.RateLimitMemory,
			Rules:          []v1alpha1.RateLimitRule{{Path: "/get-session", Disabled: true}, {Path: "/sign-up/*", Max: 3, Window: window}},
			TrustedProxies: []string{"10.0.0.0/8"},
			IPHeaders:      []string{"cf-connecting-ip", "x-forwarded-for"},
		},
		Session: v1alpha1.SessionSpec{
			TTL:       &metav1.Duration{Duration: 24 * time.Hour},
			UpdateAge: &metav1.Duration{},
			FreshAge:  &metav1.Duration{Duration: 5 * time.Minute}, DeferRefresh: true, DisableRefresh: true,
			Cookie:      v1alpha1.CookieSpec{Prefix: "shop", Domain: "example.com", SameSite: "None", Secure: ptr.To(true)},
			CookieCache: v1alpha1.CookieCacheSpec{Enabled: true, Strategy: "JWE", MaxAge: window, Version: "2"},
		},
		JWT: v1alpha1.JWTSpec{TTL: window, Issuer: "shop", Audience: "api"},
		EmailAndPassword: v1alpha1.EmailAndPasswordSpec{
			Enabled: ptr.To(true), DisableSignUp: true, AutoSignIn: ptr.To(false), MinPasswordLength: 12, MaxPasswordLength: 64,
			Hash: v1alpha1.HashArgon2id,
		},
		User: v1alpha1.UserSpec{DeleteUser: v1alpha1.DeleteUserSpec{Enabled: true}},
	}
	return auth
}

func overlayOf(text string) *v1alpha1.PodTemplateOverlay {
	var parts struct {
		Metadata v1alpha1.TemplateMetadata `json:"metadata"`
		Spec     map[string]any            `json:"spec"`
	}
	if err := yaml.UnmarshalStrict([]byte(text), &parts); err != nil {
		panic(err)
	}
	overlay := &v1alpha1.PodTemplateOverlay{Metadata: parts.Metadata}
	if parts.Spec != nil {
		raw, err := yaml.Marshal(parts.Spec)
		if err != nil {
			panic(err)
		}
		if raw, err = yaml.YAMLToJSON(raw); err != nil {
			panic(err)
		}
		overlay.Spec = &runtime.RawExtension{Raw: raw}
	}
	return overlay
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, auth := range allCases() {
		in := inputs
		if slices.ContainsFunc(References(auth()), func(r Reference) bool { return r.Rolls }) {
			in.Mounts = "00112233445566aa"
		}
		if auth().Spec.Migration.Policy == v1alpha1.MigrationApprove {
			in.ApprovedPlan = "0123456789abcdef"
		}
		objects, err := Build(auth(), in)
		if err != nil {
			t.Fatal(err)
		}
		all := slices.Concat(objects.Foundation, []Object{objects.Migration, objects.Canary, objects.Probe}, objects.Rollout)
		if objects.Plan != nil {
			all = append(all, objects.Plan)
		}
		all = append(all, GeneratedSecret(auth(), Keys{BetterAuth: strings.Repeat("b", 43), JWT: strings.Repeat("j", 43)}))
		for _, object := range all {
			kind := strings.ToLower(object.GetObjectKind().GroupVersionKind().Kind)
			if object.GetName() == BindingName(auth()) {
				kind = "binding" // the other secret is the generated one
			}
			for label, suffix := range map[string]string{LabelPlan: "-plan", LabelCanary: "-canary", LabelProbe: "-probe"} {
				if object.GetLabels()[label] != "" {
					kind += suffix
				}
			}
			if sections[name] != nil && !slices.Contains(sectionKinds, kind) {
				continue // as that of minimal
			}
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				compareGolden(t, filepath.Join("testdata", kind, name+".yaml"), object)
			})
		}
	}
}

func compareGolden(t *testing.T, path string, object Object) {
	t.Helper()
	got, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./controllers/resources -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); rewrite it with -update if that is meant:\n%s", path, diff)
	}
}
