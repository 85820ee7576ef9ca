package controllers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

// annotationHash on every applied object is the hash of what was applied. Fields that are no longer wanted differ from
// nothing that is, so it is by this annotation that their removal is seen.
const annotationHash = "gatehouse.dev/applied-hash"

// converter knows how server-side apply merges each kind: which lists are maps by key, which values are atomic.
var converter = sync.OnceValue(func() managedfields.TypeConverter {
	return applyconfigurations.NewTypeConverter(scheme.Scheme)
})

// applicable is an object as server-side apply takes it, with its hash.
func applicable(object client.Object) (*unstructured.Unstructured, error) {
	desired, err := toUnstructured(object)
	if err != nil {
		return nil, err
	}
	unstructured.RemoveNestedField(desired.Object, "status")
	data, err := json.Marshal(desired.Object)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	annotations := desired.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[annotationHash] = hex.EncodeToString(sum[:8])
	desired.SetAnnotations(annotations)
	return desired, nil
}

// differences names the fields of desired that live lacks or has other values of; empty when there are none. What only
// live has, such as defaults and the additions of others, is no difference, exactly as for server-side apply.
func differences(desired *unstructured.Unstructured, live client.Object) (string, error) {
	current, err := toUnstructured(live)
	if err != nil {
		return "", err
	}
	if _, untyped := live.(*unstructured.Unstructured); untyped {
		return lacking("", desired.Object, current.Object), nil
	}
	current.SetGroupVersionKind(desired.GroupVersionKind()) // typed reads leave it empty
	want, err := converter().ObjectToTyped(desired)
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", desired.GetKind(), desired.GetName(), err)
	}
	have, err := converter().ObjectToTyped(current, typed.AllowDuplicates)
	if err != nil {
		return "", fmt.Errorf("%s %s as it is: %w", desired.GetKind(), desired.GetName(), err)
	}
	comparison, err := have.Compare(want)
	if err != nil {
		return "", err
	}
	if drift := comparison.Modified.Union(comparison.Added); !drift.Empty() {
		return drift.String(), nil
	}
	return "", nil
}

// lacking is the comparison for the optional kinds, which the converter does not know. It is the path of the first value of
// want that have lacks or has another of. Maps are compared by their keys and lists, which are atomic in these kinds, item by
// item; what only have says within an item are defaults.
func lacking(path string, want, have any) string {
	switch want := want.(type) {
	case map[string]any:
		have, ok := have.(map[string]any)
		if !ok {
			return path
		}
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if found := lacking(path+"."+key, want[key], have[key]); found != "" {
				return found
			}
		}
		return ""
	case []any:
		have, ok := have.([]any)
		if path == ".metadata.ownerReferences" && ok {
			return lackingOwner(path, want, have)
		}
		if !ok || len(have) != len(want) {
			return path
		}
		for i := range want {
			if found := lacking(fmt.Sprintf("%s[%d]", path, i), want[i], have[i]); found != "" {
				return found
			}
		}
		return ""
	default:
		if want != have {
			return path
		}
		return ""
	}
}

// lackingOwner lets others own an object too.
func lackingOwner(path string, want, have []any) string {
	for _, owner := range want {
		if !slices.ContainsFunc(have, func(other any) bool { return lacking("", owner, other) == "" }) {
			return path
		}
	}
	return ""
}

func toUnstructured(object client.Object) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, err
	}
	return &unstructured.Unstructured{Object: content}, nil
}
