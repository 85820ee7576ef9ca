package main

import (
	"context"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

func TestRotateAsksForANewKey(t *testing.T) {
	t.Parallel()
	shop := newInstance(t, shop(newNamespace(t)))
	shop.ready()
	namespace := shop.auth.Namespace
	execute(t.Context(), namespace, "rotate", "shop").wants(t, 0, "New keys of shop are asked for")
	if got := shop.annotation(v1alpha1.AnnotationRotate); got != "2026-11-30T12:00:00Z" {
		t.Errorf("rotate: %q", got)
	}
	later := clock(kubectlTime().Add(time.Minute))
	execute(t.Context(), namespace, "rotate", "shop", later, "--wait=100ms").
		wants(t, 1, "waiting: Ready", "not so within the time: Ready; see kubectl gatehouse status shop")
	if got := shop.annotation(v1alpha1.AnnotationRotate); got != "2026-11-30T12:01:00Z" {
		t.Errorf("rotate again: %q", got)
	}
}

func TestRotateWaitsForTheNewKey(t *testing.T) {
	t.Parallel()
	shop := newInstance(t, shop(newNamespace(t)))
	shop.ready()
	terminal, screen := onScreen()
	ended := make(chan result, 1)
	go func() { ended <- execute(t.Context(), shop.auth.Namespace, "rotate", "shop", "--wait=1m", screen) }()
	terminal.shows(t, "waiting:")
	fresh := v1alpha1.KeyStatus{Name: "BETTER_AUTH_SECRET", Version: 3, Fingerprint: "3333333333333333", State: v1alpha1.KeyPublished}
	rotating := shop.condition(v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonRotating, "1 of 2 replicas know the new key")
	shop.say(func(status *v1alpha1.AuthServiceStatus) {
		status.Keys, status.Conditions = append(status.Keys, fresh), append(status.Conditions, rotating)
	})
	terminal.shows(t, "waiting: Rotating: 1 of 2 replicas know the new key")
	select {
	case early := <-ended:
		t.Fatalf("a published key does not sign yet: %+v", early)
	default:
	}
	shop.say(func(status *v1alpha1.AuthServiceStatus) { status.Keys[3].State = v1alpha1.KeyActive })
	select {
	case rotated := <-ended:
		rotated.wants(t, 0)
	case <-time.After(30 * time.Second):
		t.Fatal("the wait does not end")
	}
}

// An interrupt is no answer.
func TestRotateIsInterrupted(t *testing.T) {
	t.Parallel()
	shop := newInstance(t, shop(newNamespace(t)))
	shop.ready()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	terminal, screen := onScreen()
	ended := make(chan result, 1)
	go func() { ended <- execute(ctx, shop.auth.Namespace, "rotate", "shop", "--wait=1m", screen) }()
	terminal.shows(t, "waiting:")
	interrupt()
	select {
	case rotated := <-ended:
		rotated.wants(t, 2)
		terminal.shows(t, "error:", "context canceled")
	case <-time.After(30 * time.Second):
		t.Fatal("an interrupt does not end it")
	}
}

func TestRevokeSaysWhatItMeans(t *testing.T) {
	t.Parallel()
	shop := newInstance(t, shop(newNamespace(t)))
	shop.ready()
	namespace := shop.auth.Namespace
	execute(t.Context(), namespace, "rotate", "shop", "--revoke", input("y\n")).wants(t, 2, "everybody has to sign in again", "not agreed")
	if got := shop.annotation(v1alpha1.AnnotationRevoke); got != "" {
		t.Errorf("revoked: %q", got)
	}
	execute(t.Context(), namespace, "rotate", "shop", "--revoke", input("yes\n")).wants(t, 0)
	if got := shop.annotation(v1alpha1.AnnotationRevoke); got == "" || shop.annotation(v1alpha1.AnnotationRotate) != "" {
		t.Errorf("revoked: %q", got)
	}
}

func TestRotateRefusesWhatNobodyWouldDo(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*v1alpha1.AuthServiceSpec){
		"are yours, in the secret mine": func(s *v1alpha1.AuthServiceSpec) { s.Secrets.SecretRef = &v1alpha1.SecretReference{Name: "mine"} },
		"is suspended":                  func(s *v1alpha1.AuthServiceSpec) { s.Suspend = true },
	} {
		auth := shop(newNamespace(t))
		change(&auth.Spec)
		must(t, api.admin.Create(t.Context(), auth))
		for _, flag := range []string{"--yes", "--revoke"} {
			execute(t.Context(), auth.Namespace, "rotate", "shop", flag, input("yes\n")).wants(t, 2, want)
		}
	}
}
