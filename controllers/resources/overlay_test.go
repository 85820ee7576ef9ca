package resources

import (
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Every overlay that takes away what the service relies on is refused with a message that names it.
func TestOverlayThatBreaksAGuarantee(t *testing.T) {
	t.Parallel()
	container := func(fields string) string {
		return "spec: {containers: [{name: authserver, " + fields + "}]}"
	}
	for overlay, want := range map[string]string{
		"spec: {containers: [{name: authserver, $patch: delete}]}":                       "keep the container authserver",
		"spec: {containers: [{$patch: replace}, {name: a}]}":                             "keep the container authserver",
		"spec: {contaners: []}":                                                          `unknown field "spec.contaners"`,
		"spec: {containers: 7}":                                                          "wrong type",
		"spec: {nodeSelector: {a: 1}}":                                                   "wrong type",
		"metadata: {labels: {app.kubernetes.io/instance: b}}":                            "keep the label app.kubernetes.io/instance",
		"metadata: {annotations: {gatehouse.dev/database-secret-version: b}}":            "keep the annotation gatehouse.dev/database-secret-version",
		"spec: {hostNetwork: true}":                                                      "leave hostNetwork",
		"spec: {containers: [{name: s, image: s, securityContext: {privileged: true}}]}": "remove privileged from the container s",
		"spec: {restartPolicy: OnFailure}":                                               "leave restartPolicy out",
		"spec: {securityContext: {runAsNonRoot: false}}":                                 "keep securityContext.runAsNonRoot",
		"spec: {securityContext: {seccompProfile: {type: Unconfined}}}":                  "seccompProfile",
		"spec: {volumes: [{name: database, $patch: delete}]}":                            "keep the volume database",
		"spec: {volumes: [{name: host, hostPath: {path: /}}]}":                           "remove the hostPath of volume host",
		container("image: b:2"):                                                          "set spec.image instead",
		container("args: [version]"):                                                     "leave out the command and args",
		container("command: [sh]"):                                                       "leave out the command and args",
		container("ports: [{containerPort: 3001, name: web}]"):                           "keep the port http",
		container("volumeMounts: [{mountPath: /etc/gatehouse, name: other}]"):            "keep the volume mount config",
		container("envFrom: [{secretRef: {name: mine}}]"):                                "repeat {secretRef: {name: login-secrets}}",
		container("env: [{name: BETTER_AUTH_SECRET, value: x}]"):                         "remove BETTER_AUTH_SECRET",
		container("env: [{name: GITHUB_CLIENT_SECRET, value: x}]"):                       "remove GITHUB_CLIENT_SECRET",
		container("env: [{name: REDIS_URL, value: x}]"):                                  "remove REDIS_URL",
		container("env: [{name: SMTP_PASSWORD, value: x}]"):                              "remove SMTP_PASSWORD",
		container("env: [{name: PORT, value: '1'}]"):                                     "remove PORT",
		container("securityContext: {privileged: true}"):                                 "keep the securityContext",
		container("securityContext: {runAsNonRoot: false}"):                              "keep the securityContext",
		container("securityContext: {readOnlyRootFilesystem: false}"):                    "keep the securityContext",
		container("securityContext: {capabilities: {add: [NET_ADMIN]}}"):                 "keep the securityContext",
	} {
		t.Run(overlay, func(t *testing.T) {
			t.Parallel()
			auth := minimal()
			auth.Spec.Template = overlayOf(overlay)
			_, err := Build(auth, inputs)
			var invalid *TemplateError
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want a TemplateError with %q", err, want)
			}
		})
	}
}

func TestOverlayOfNotAnObject(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`[]`, `"x"`, `7`, `{`} {
		auth := minimal()
		auth.Spec.Template = &v1alpha1.PodTemplateOverlay{Spec: &runtime.RawExtension{Raw: []byte(raw)}}
		var invalid *TemplateError
		if _, err := Build(auth, inputs); !errors.As(err, &invalid) {
			t.Errorf("%s: got %v, want a TemplateError", raw, err)
		}
	}
}

func TestOverlayThatIsFine(t *testing.T) {
	t.Parallel()
	for _, overlay := range []string{
		"{}",
		"spec: {}",
		"metadata: {labels: {team: a}}",
		"spec: {containers: [{name: authserver, envFrom: [{secretRef: {name: login-secrets}}, {configMapRef: {name: mine}}]}]}",
		"spec: {containers: [{name: authserver, securityContext: {runAsUser: 1000}}]}",
		"spec: {volumes: [{name: ca, configMap: {name: ca}}], containers: [{name: authserver, volumeMounts: [{name: ca, mountPath: /ca}]}]}",
		"spec: {serviceAccountName: workload-identity, securityContext: {fsGroup: 7}}",
		"spec: {topologySpreadConstraints: [{topologyKey: kubernetes.io/hostname, maxSkew: 1, whenUnsatisfiable: DoNotSchedule}]}",
	} {
		auth := minimal()
		auth.Spec.Template = overlayOf(overlay)
		if _, err := Build(auth, inputs); err != nil {
			t.Errorf("%s: %v", overlay, err)
		}
	}
}
