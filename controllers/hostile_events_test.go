package controllers_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// disturbances are what happens in a hostile world besides failing requests.
var disturbances = []struct {
	name   string
	weight int
	happen func(*world)
}{
	{"the spec changes", 6, (*world).changeSpec},
	{"Kubernetes goes on", 8, func(w *world) { w.driveOn() }},
	{"a Job fails", 3, (*world).failAJob},
	{"the rollout gets stuck", 2, (*world).stickRollout},
	{"somebody edits a child", 4, (*world).edit},
	{"a child is deleted", 4, (*world).deleteChild},
	{"a child loses its owner", 2, (*world).orphan},
	{"a child belongs to somebody else", 1, (*world).alienate},
	{"a user's object is deleted", 2, (*world).deleteUsers},
	{"a user's object changes", 2, (*world).touchUsers},
	{"the generated secret is lost", 1, (*world).loseSecret},
	{"the keys are revoked", 1, (*world).revoke},
	{"the generated secret is damaged", 1, (*world).damageSecret},
	{"time passes", 3, (*world).pass},
	{"the operator starts anew", 3, (*world).begin},
	{"the AuthService is deleted and made again", 1, (*world).startOver},
}

// sections are changes of a spec, each valid on most others.
var sections = []func(*rand.Rand, *v1alpha1.AuthServiceSpec){
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) { s.Replicas = new(int32(r.IntN(4))) },
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.BaseURL = pickOf(r, "", "https://auth.example.com", "http://localhost:3001")
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Image = pickOf(r, "", "authserver:2", "authserver:3")
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) { s.Database.Schema = pickOf(r, "", "a", "b") },
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Session.TTL = &metav1.Duration{Duration: time.Duration(1+r.IntN(4)) * 24 * time.Hour}
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.AllowedOrigins = pickOf(r, nil, []string{"https://app.example.com"}, []string{"https://*.example.org"})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.CustomFields = append(slices.Clone(s.CustomFields[:min(len(s.CustomFields), 3)]), v1alpha1.CustomField{Name: fmt.Sprint("f", r.IntN(9)), Type: "string"})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Redis = pickOf(r, nil, &v1alpha1.RedisSpec{SecretRef: keyReference("redis")}, &v1alpha1.RedisSpec{SecretRef: keyReference("missing")})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.SocialProviders = pickOf(r, nil, []v1alpha1.SocialProvider{{ID: "google", ClientID: "x", ClientSecretRef: keyReference("google")}})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Email = pickOf(r, nil, &v1alpha1.EmailSpec{Host: "smtp.example.com", From: "a@example.com", TemplatesConfigMapRef: &v1alpha1.ConfigMapReference{Name: "templates"}})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Template = pickOf(r, nil, overlay(`{"nodeSelector":{"disk":"ssd"}}`), overlay(`{"hostNetwork":true}`), overlay(`{"containers":[{"name":"sidecar","image":"x"}]}`))
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) { s.Suspend = r.IntN(4) == 0 },
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Autoscaling = pickOf(r, nil, &v1alpha1.AutoscalingSpec{MaxReplicas: int32(2 + r.IntN(3))})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Ingress = pickOf(r, nil, &v1alpha1.IngressSpec{Host: pickOf(r, "auth.example.com", "id.example.com")})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.HTTPRoute = pickOf(r, nil, &v1alpha1.HTTPRouteSpec{ParentRefs: []v1alpha1.ParentReference{{Name: "gateway"}}, Hostnames: []string{"auth.example.com"}})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.NetworkPolicy = pickOf(r, nil, &v1alpha1.NetworkPolicySpec{})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Monitoring = pickOf(r, v1alpha1.MonitoringSpec{}, v1alpha1.MonitoringSpec{
			ServiceMonitor: &v1alpha1.ServiceMonitorSpec{}, GrafanaDashboard: &v1alpha1.GrafanaDashboardSpec{},
		})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.PodDisruptionBudget = pickOf(r, nil, &v1alpha1.PodDisruptionBudgetSpec{Enabled: new(r.IntN(2) == 0)})
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) { s.Rollout.Canary = new(r.IntN(2) == 0) },
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Migration.Policy = pickOf(r, v1alpha1.MigrationAuto, v1alpha1.MigrationApprove)
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Secrets.Rotation.Trigger = pickOf(r, "", "a", "b", "c")
	},
	func(r *rand.Rand, s *v1alpha1.AuthServiceSpec) {
		s.Secrets.Rotation.Interval = pickOf(r, nil, &metav1.Duration{Duration: 24 * time.Hour}, &metav1.Duration{Duration: 480 * time.Hour})
	},
}

func pickOf[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func keyReference(name string) v1alpha1.SecretKeyReference {
	return v1alpha1.SecretKeyReference{SecretReference: v1alpha1.SecretReference{Name: name}}
}

func overlay(spec string) *v1alpha1.PodTemplateOverlay {
	return &v1alpha1.PodTemplateOverlay{Spec: &runtime.RawExtension{Raw: []byte(spec)}}
}

func (w *world) changeSpec() {
	for range 1 + w.random.IntN(3) {
		w.change(func(auth *v1alpha1.AuthService) { pickOf(w.random, sections...)(w.random, &auth.Spec) })
	}
	if w.random.IntN(3) == 0 {
		w.approve()
	}
}

// approve approves the plan at hand.
func (w *world) approve() {
	w.change(func(auth *v1alpha1.AuthService) {
		if plan := auth.Status.Schema.Plan; plan != nil {
			metav1.SetMetaDataAnnotation(&auth.ObjectMeta, v1alpha1.AnnotationApprovePlan, plan.Hash)
		}
	})
}

// owned are the children that are there, and what has taken their places.
func (w *world) owned() []client.Object {
	var all []client.Object
	for _, list := range []client.ObjectList{
		&corev1.ServiceAccountList{}, &corev1.ServiceList{}, &corev1.ConfigMapList{}, &appsv1.DeploymentList{}, &batchv1.JobList{},
		&policyv1.PodDisruptionBudgetList{}, &autoscalingv2.HorizontalPodAutoscalerList{}, &networkingv1.IngressList{}, &networkingv1.NetworkPolicyList{},
	} {
		Expect(admin.List(ctx, list, client.InNamespace(w.namespace))).To(Succeed())
		items, err := metaItems(list)
		Expect(err).NotTo(HaveOccurred())
		for _, item := range items {
			if strings.HasPrefix(item.GetName(), "login") {
				all = append(all, item)
			}
		}
	}
	binding := &corev1.Secret{}
	if admin.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: "login-binding"}, binding) == nil {
		all = append(all, binding)
	}
	return all
}

func (w *world) aChild() client.Object {
	all := w.owned()
	if len(all) == 0 {
		return nil
	}
	return pickOf(w.random, all...)
}

func (w *world) deleteChild() {
	if child := w.aChild(); child != nil {
		w.delete(child)
	}
}

// edit changes what a child is: its labels, or its spec.
func (w *world) edit() {
	child := w.aChild()
	if child == nil {
		return
	}
	switch typed := child.(type) {
	case *appsv1.Deployment:
		typed.Spec.Replicas = new(int32(w.random.IntN(5)))
		typed.Spec.Template.Spec.Containers[0].Env = append(typed.Spec.Template.Spec.Containers[0].Env, corev1.EnvVar{Name: "BY_HAND", Value: "1"})
	case *corev1.Service:
		typed.Spec.Ports[0].Port = int32(80 + w.random.IntN(2))
		typed.Spec.Selector = map[string]string{"by": "hand"}
	case *batchv1.Job:
		typed.Spec.Suspend = new(true)
	case *corev1.ServiceAccount:
		typed.AutomountServiceAccountToken = new(true)
	}
	labels := child.GetLabels()
	if w.random.IntN(2) == 0 && labels != nil {
		delete(labels, pickOf(w.random, "app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/managed-by"))
		child.SetLabels(labels)
	}
	_ = admin.Update(ctx, child) // not every edit is allowed
}

func (w *world) orphan() {
	if child := w.aChild(); child != nil {
		child.SetOwnerReferences(nil)
		_ = admin.Update(ctx, child) // it may be gone
	}
}

// alienate puts an object of somebody else's in the place of a child.
func (w *world) alienate() {
	child := w.aChild()
	if child == nil {
		return
	}
	child.SetOwnerReferences([]metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "somebody", UID: types.UID("alien"), Controller: new(true)}})
	_ = admin.Update(ctx, child) // it may be gone
}

var usersObjects = []struct {
	name string
	kind func() client.Object
}{
	{"db", func() client.Object { return &corev1.Secret{} }}, {"redis", func() client.Object { return &corev1.Secret{} }},
	{"google", func() client.Object { return &corev1.Secret{} }}, {"templates", func() client.Object { return &corev1.ConfigMap{} }},
}

func (w *world) deleteUsers() {
	pick := pickOf(w.random, usersObjects...)
	object := pick.kind()
	object.SetNamespace(w.namespace)
	object.SetName(pick.name)
	w.delete(object)
}

func (w *world) touchUsers() {
	pick := pickOf(w.random, usersObjects...)
	object := pick.kind()
	if admin.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: pick.name}, object) == nil {
		object.SetAnnotations(map[string]string{"touched": fmt.Sprint(w.steps)})
		Expect(admin.Update(ctx, object)).To(Succeed())
	}
}

func (w *world) loseSecret() {
	w.secretTouched = true
	w.delete(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "login-secrets", Namespace: w.namespace}})
}

func (w *world) revoke() {
	w.secret = nil // what it holds next is not what it held
	w.change(func(auth *v1alpha1.AuthService) {
		metav1.SetMetaDataAnnotation(&auth.ObjectMeta, v1alpha1.AnnotationRevoke, fmt.Sprint(w.steps))
	})
}

func (w *world) damageSecret() {
	secret := &corev1.Secret{}
	if admin.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: "login-secrets"}, secret) != nil {
		return
	}
	w.secretTouched = true
	switch w.random.IntN(3) {
	case 0:
		delete(secret.Data, "JWT_SECRET")
	case 1:
		secret.Data["BETTER_AUTH_SECRET"] = []byte("short")
	case 2:
		secret.Data["BETTER_AUTH_SECRETS"] = []byte("not, a list")
	}
	Expect(admin.Update(ctx, secret)).To(Succeed())
}

func (w *world) pass() {
	w.timePassed = true
	w.clock.advance(time.Duration(w.random.IntN(72*60)) * time.Minute)
}

// startOver deletes the AuthService, lets the garbage collector of Kubernetes take what it owned, and makes it again.
func (w *world) startOver() {
	auth := w.auth()
	w.delete(auth)
	everything := append(w.owned(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "login-secrets", Namespace: w.namespace}})
	for _, object := range everything {
		if owner := metav1.GetControllerOfNoCopy(object); owner == nil || owner.UID == auth.UID {
			w.delete(object)
		}
	}
	w.secret, w.secretTouched = nil, false
	w.create()
}
