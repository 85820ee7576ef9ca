package operator

import (
	"fmt"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

const (
	// inEachNamespace is how many AuthServices share a namespace.
	inEachNamespace = 10
	databaseSecret  = "db"
	// workers is how many AuthServices the operator works on at a time, and how many requests the bare client makes at a time.
	workers = 10
)

func namespaceOf(i int) string { return fmt.Sprintf("bench-%03d", i/inEachNamespace) }

// addNamespaces also makes the secret that the AuthServices of a namespace share.
func (p *plane) addNamespaces(t *testing.T, n int) {
	t.Helper()
	atOnce(t, (n+inEachNamespace-1)/inEachNamespace, func(i int) error {
		name := namespaceOf(i * inEachNamespace)
		if err := p.admin.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}); err != nil {
			return err
		}
		return p.admin.Create(t.Context(), &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: databaseSecret},
			StringData: map[string]string{"uri": "postgres://nowhere"},
		})
	})
}

// addAuthServices makes them as in config/samples/minimal.yaml.
func (p *plane) addAuthServices(t *testing.T, n int) {
	t.Helper()
	atOnce(t, n, func(i int) error {
		return p.admin.Create(t.Context(), &v1alpha1.AuthService{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespaceOf(i), Name: fmt.Sprintf("auth-%d", i)},
			Spec:       v1alpha1.AuthServiceSpec{Database: v1alpha1.DatabaseSpec{SecretRef: v1alpha1.DatabaseSecretReference{Name: databaseSecret}}},
		})
	})
}

// atOnce does n things, as many at a time as there are workers.
func atOnce(t *testing.T, n int, do func(i int) error) {
	t.Helper()
	numbers := make(chan int)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := range numbers {
				if err := do(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
}
