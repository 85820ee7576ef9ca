package plugin

import (
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// keys are shown by what they are for, never by what they are.
func keys(auth *v1alpha1.AuthService, now time.Time) *table {
	result := &table{header: []string{"KEY", "VERSION", "STATE", "AGE", "RETIRES"}}
	for _, key := range auth.Status.Keys {
		version, old := "-", "-"
		if key.Version > 0 {
			version = strconv.Itoa(int(key.Version))
		}
		if !key.CreatedAt.IsZero() {
			old = age(key.CreatedAt.Time, now)
		}
		result.add(key.Name, version, orDash(string(key.State)), old, retirement(key, now))
	}
	return result
}

func retirement(key v1alpha1.KeyStatus, now time.Time) string {
	words := ""
	if key.RetiresAt != nil {
		words = when(key.RetiresAt, now)
	}
	if len(key.Dependents) > 0 {
		words = strings.TrimPrefix(words+", for "+strings.Join(key.Dependents, ", "), ", ")
	}
	return orDash(words)
}

func when(t *metav1.Time, now time.Time) string {
	if t.After(now) {
		return "in " + age(now, t.Time)
	}
	return "now due"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
