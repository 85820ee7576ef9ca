package resources

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// reservedEnv are the variables that would override the generated secret or the configuration, or add to it.
var reservedEnv = append([]string{
	config.EnvDatabaseURL, config.EnvBetterAuthSecret, config.EnvAuthSecret, config.EnvBetterAuthSecrets, config.EnvJWTSecret,
	config.EnvBetterAuthURL, config.EnvAllowedOrigins, config.EnvTrustedOrigins, config.EnvBetterAuthTrustedOrigins, config.EnvPort,
	config.EnvCustomFields, config.EnvSMTPUsername, config.EnvSMTPPassword, config.EnvRedisURL,
}, config.BuiltInProviderVariables()...)

// brokenGuarantees names what an overlay took away from base that the service, or its safety, relies on.
func brokenGuarantees(base, merged *corev1.PodTemplateSpec) []string {
	var broken []string
	for key, value := range base.Labels {
		if merged.Labels[key] != value {
			broken = append(broken, "keep the label "+key)
		}
	}
	for key, value := range base.Annotations {
		if merged.Annotations[key] != value {
			broken = append(broken, "keep the annotation "+key)
		}
	}
	broken = append(broken, brokenPod(&base.Spec, &merged.Spec)...)
	i := slices.IndexFunc(merged.Spec.Containers, func(c corev1.Container) bool { return c.Name == ContainerName })
	if i < 0 {
		return append(broken, "keep the container "+ContainerName)
	}
	broken = append(broken, brokenContainer(&base.Spec.Containers[0], &merged.Spec.Containers[i])...)
	slices.Sort(broken)
	return broken
}

func brokenPod(base, merged *corev1.PodSpec) []string {
	var broken []string
	if base.RestartPolicy != merged.RestartPolicy {
		broken = append(broken, "leave restartPolicy out")
	}
	if context := merged.SecurityContext; context == nil ||
		!equality.Semantic.DeepEqual(context.RunAsNonRoot, base.SecurityContext.RunAsNonRoot) ||
		!equality.Semantic.DeepEqual(context.SeccompProfile, base.SecurityContext.SeccompProfile) {
		broken = append(broken, "keep securityContext.runAsNonRoot and seccompProfile: pods run under Pod Security restricted")
	}
	for _, volume := range base.Volumes {
		if !slices.ContainsFunc(merged.Volumes, func(v corev1.Volume) bool { return equality.Semantic.DeepEqual(v, volume) }) {
			broken = append(broken, "keep the volume "+volume.Name)
		}
	}
	return append(broken, unrestricted(merged)...)
}

// unrestricted names what Pod Security "restricted" forbids and an overlay can add.
func unrestricted(merged *corev1.PodSpec) []string {
	var broken []string
	if merged.HostNetwork || merged.HostPID || merged.HostIPC {
		broken = append(broken, "leave hostNetwork, hostPID and hostIPC out: pods run under Pod Security restricted")
	}
	for _, container := range slices.Concat(merged.InitContainers, merged.Containers) {
		if context := container.SecurityContext; context != nil && context.Privileged != nil && *context.Privileged {
			broken = append(broken, "remove privileged from the container "+container.Name+": pods run under Pod Security restricted")
		}
	}
	for _, volume := range merged.Volumes {
		if volume.HostPath != nil {
			broken = append(broken, fmt.Sprintf("remove the hostPath of volume %s: pods run under Pod Security restricted", volume.Name))
		}
	}
	return broken
}

func brokenContainer(base, merged *corev1.Container) []string {
	var broken []string
	must := func(holds bool, advice string) {
		if !holds {
			broken = append(broken, advice+" of the container "+ContainerName)
		}
	}
	must(merged.Image == base.Image, "set spec.image instead of the image")
	must(len(merged.Command) == 0 && slices.Equal(merged.Args, base.Args), "leave out the command and args")
	for _, port := range base.Ports {
		must(slices.Contains(merged.Ports, port), "keep the port "+port.Name)
	}
	for _, mount := range base.VolumeMounts {
		must(slices.ContainsFunc(merged.VolumeMounts, func(m corev1.VolumeMount) bool {
			return equality.Semantic.DeepEqual(m, mount)
		}), "keep the volume mount "+mount.Name)
	}
	for _, source := range base.EnvFrom {
		must(slices.ContainsFunc(merged.EnvFrom, func(s corev1.EnvFromSource) bool {
			return equality.Semantic.DeepEqual(s, source)
		}), "repeat {secretRef: {name: "+source.SecretRef.Name+"}} in the envFrom")
	}
	for _, variable := range merged.Env {
		must(!slices.Contains(reservedEnv, variable.Name), "remove "+variable.Name+", which the spec decides, from the env")
	}
	must(holdsSecurity(base.SecurityContext, merged.SecurityContext), "keep the securityContext (Pod Security restricted)")
	return broken
}

func holdsSecurity(base, merged *corev1.SecurityContext) bool {
	return merged != nil &&
		equality.Semantic.DeepEqual(base.AllowPrivilegeEscalation, merged.AllowPrivilegeEscalation) &&
		equality.Semantic.DeepEqual(base.ReadOnlyRootFilesystem, merged.ReadOnlyRootFilesystem) &&
		equality.Semantic.DeepEqual(base.Capabilities, merged.Capabilities) &&
		(merged.Privileged == nil || !*merged.Privileged) &&
		(merged.RunAsNonRoot == nil || *merged.RunAsNonRoot)
}
