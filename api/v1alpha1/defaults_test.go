package v1alpha1_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

const defaultSpec = `
basePath: /api/auth
database:
  maxConnections: 10
  pooler: None
  secretRef: {name: db}
emailAndPassword: {enabled: true, autoSignIn: true, minPasswordLength: 8, maxPasswordLength: 128}
jwt: {ttl: 168h, issuer: better-auth}
migration: {policy: Auto}
rateLimit: {enabled: true, max: 5, window: 15m}
replicas: 2
rollout: {canary: true}
session: {ttl: 168h, updateAge: 24h, freshAge: 24h}
`

var _ = Describe("defaults", func() {
	It("complete a spec that names its database only", func(ctx context.Context) {
		auth := manifest("auth", "")
		Expect(api.Create(ctx, auth, client.DryRunAll)).To(Succeed())
		Expect(spec(auth)).To(MatchYAML(defaultSpec))
	})

	It("keep what a section says", func(ctx context.Context) {
		auth := manifest("auth", `session: {updateAge: 1h}`)
		Expect(api.Create(ctx, auth, client.DryRunAll)).To(Succeed())
		Expect(auth.Object["spec"]).To(HaveKeyWithValue("session", map[string]any{"ttl": "168h", "updateAge": "1h", "freshAge": "24h"}))
	})

	It("let clients set custom fields and see them", func(ctx context.Context) {
		auth := manifest("auth", `customFields: [{name: role, type: string}]`)
		Expect(api.Create(ctx, auth, client.DryRunAll)).To(Succeed())
		Expect(auth.Object["spec"]).To(HaveKeyWithValue("customFields",
			[]any{map[string]any{"name": "role", "type": "string", "input": true, "returned": true}}))
	})

	It("do not undo what is switched off", func(ctx context.Context) {
		auth := manifest("auth", `{emailAndPassword: {enabled: false}, rateLimit: {enabled: false}, replicas: 0}`)
		Expect(api.Create(ctx, auth, client.DryRunAll)).To(Succeed())
		Expect(spec(auth)).To(And(ContainSubstring("replicas: 0"), ContainSubstring("enabled: false"), Not(ContainSubstring("enabled: true"))))
	})
})

func spec(auth *unstructured.Unstructured) string {
	GinkgoHelper()
	text, err := yaml.Marshal(auth.Object["spec"])
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}
