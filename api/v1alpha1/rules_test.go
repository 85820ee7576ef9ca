package v1alpha1_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// rule is one promise of the API: specs that it accepts, specs that it refuses, and what the user then reads.
type rule struct {
	message string
	// field at which every refusal points; of a list, any item.
	field string
	// before is the spec that accept and reject update; empty: they are created.
	before         string
	accept, reject []string
}

// rules of all sections; the files beside this one list them.
var rules = slices.Concat(topLevelRules, originRules, databaseRules, customFieldRules, customFieldDefaultRules,
	customFieldUpdateRules, rateLimitRules, sessionRules, mailRules, socialRules, storageRules, featureRules, otherRules, secretsRules,
	childRules, upgradeRules)

var _ = Describe("rules", func() {
	for _, rule := range rules {
		Context(rule.message, func() {
			for _, spec := range rule.accept {
				It("accepts "+spec, func(ctx context.Context) { Expect(submit(ctx, rule.before, spec)).To(Succeed()) })
			}
			for _, spec := range rule.reject {
				It("rejects "+spec, func(ctx context.Context) {
					expectRefusal(submit(ctx, rule.before, spec), rule)
				})
			}
		})
	}

	It("all have a test that accepts and one that rejects", func() {
		tested := map[string]bool{}
		for _, rule := range rules {
			tested[rule.message] = tested[rule.message] || len(rule.accept) > 0 && len(rule.reject) > 0
		}
		for _, message := range messagesOfCRD() {
			Expect(tested).To(HaveKeyWithValue(message, true))
		}
	})

	DescribeTable("of the name", func(ctx context.Context, name string, accepted bool) {
		err := api.Create(ctx, manifest(name, ""), client.DryRunAll)
		if accepted {
			Expect(err).NotTo(HaveOccurred())
			return
		}
		expectRefusal(err, rule{message: nameMessage})
	},
		Entry("accepts 40 characters", "a123456789-123456789-123456789-123456789", true),
		Entry("rejects 41 characters", "a123456789-123456789-123456789-1234567890", false),
		Entry("rejects a dot", "auth.example", false),
		Entry("rejects a digit first", "1auth", false),
	)
})

const nameMessage = "choose a name of at most 40 lower-case letters, digits and dashes that begins with a letter: " +
	"Services and Jobs are named after it"

// submit creates the spec, or updates one that was created before; nothing is kept.
func submit(ctx context.Context, before, spec string) error {
	GinkgoHelper()
	if before == "" {
		return api.Create(ctx, manifest("auth", spec), client.DryRunAll)
	}
	old := manifest("auth", before)
	Expect(api.Create(ctx, old)).To(Succeed())
	DeferCleanup(func(ctx context.Context) { Expect(api.Delete(ctx, old)).To(Succeed()) })

	updated := manifest("auth", spec)
	updated.SetResourceVersion(old.GetResourceVersion())
	return api.Update(ctx, updated, client.DryRunAll)
}

// expectRefusal wants exactly one complaint: a second one would be a rule that cannot be evaluated on bad input.
func expectRefusal(err error, rule rule) {
	GinkgoHelper()
	Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%v", err)
	var status apierrors.APIStatus
	Expect(errors.As(err, &status)).To(BeTrue())
	// The API server leaves CEL out when the schema is violated, and says so in a cause of its own.
	causes := slices.DeleteFunc(status.Status().Details.Causes, func(cause metav1.StatusCause) bool {
		return strings.Contains(cause.Message, "some validation rules were not checked")
	})
	Expect(causes).To(HaveLen(1), "%v", err)
	Expect(causes[0].Message).To(ContainSubstring(rule.message))
	if rule.field != "" {
		Expect(causes[0].Field).To(MatchRegexp(`^spec\.` + rule.field + `$`))
	}
}

// messagesOfCRD are the messages of every CEL rule of the generated CRD.
func messagesOfCRD() []string {
	GinkgoHelper()
	data, err := os.ReadFile(filepath.Join(crdDirectory, "gatehouse.dev_authservices.yaml"))
	Expect(err).NotTo(HaveOccurred())
	crd := &unstructured.Unstructured{}
	Expect(yaml.Unmarshal(data, &crd.Object)).To(Succeed())
	messages := collectMessages(crd.Object, nil)
	Expect(messages).NotTo(BeEmpty())
	return slices.DeleteFunc(messages, func(message string) bool { return message == nameMessage })
}

func collectMessages(node any, messages []string) []string {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			messages = collectMessages(item, messages)
		}
	case map[string]any:
		for key, value := range node {
			messages = collectMessages(value, messages)
			if key == "x-kubernetes-validations" {
				for _, validation := range value.([]any) {
					messages = append(messages, fmt.Sprint(validation.(map[string]any)["message"]))
				}
			}
		}
	}
	return messages
}
