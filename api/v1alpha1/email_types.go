package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// EmailTLS says how the connection to the SMTP server is encrypted.
//
// +kubebuilder:validation:Enum=StartTLS;Implicit;None
type EmailTLS string

// The ways to encrypt the connection to the SMTP server.
const (
	// EmailStartTLS demands the STARTTLS command of the server.
	EmailStartTLS EmailTLS = "StartTLS"
	// EmailImplicit speaks TLS from the first byte.
	EmailImplicit EmailTLS = "Implicit"
	// EmailNone sends in clear, for a server inside the cluster.
	EmailNone EmailTLS = "None"
)

// Mailbox is an address, or a name and an address: Shop <no-reply@example.com>.
//
// +kubebuilder:validation:MaxLength=320
// +kubebuilder:validation:XValidation:rule=`self.matches(r'^((\x22[^\x22\\[:cntrl:]]*\x22|[^\x22()<>@,;:=\\\[\][:cntrl:]]*) *<[A-Za-z0-9!#$%&\x27*+/=?^_{|}~-]+([.][A-Za-z0-9!#$%&\x27*+/=?^_{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*>|[A-Za-z0-9!#$%&\x27*+/=?^_{|}~-]+([.][A-Za-z0-9!#$%&\x27*+/=?^_{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*)$')`,message="write it as one address, such as no-reply@example.com or Shop <no-reply@example.com>; quote a name with punctuation"
type Mailbox string

// EmailSpec says how mail is sent: to verify addresses, to reset passwords, and to confirm changes. Without it there is
// none, and what needs mail is not served. Mails wait in a table of the database, so none is lost while the SMTP server
// is away.
//
// +kubebuilder:validation:XValidation:rule=`!has(self.secretRef) || !has(self.tls) || self.tls != 'None'`,message="choose tls StartTLS or Implicit, or remove secretRef: a password must not travel in clear",fieldPath=".tls"
// +kubebuilder:validation:XValidation:rule=`!has(self.caSecretRef) || !has(self.caConfigMapRef)`,message="keep one of caSecretRef and caConfigMapRef",fieldPath=".caConfigMapRef"
type EmailSpec struct {
	// host of the SMTP server: a name, or an IP address.
	// +required
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`(isIP(self) && self.matches('^[A-Za-z0-9].*[A-Za-z0-9]$')) || self.matches('^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$')`,message="write host as a name or an IP address, without scheme and port, such as smtp.example.com"
	Host string `json:"host"`

	// port of the SMTP server. Default: 587, or 465 with tls Implicit.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port,omitempty"`

	// tls of the connection: StartTLS (a server without it is refused), Implicit, or None for a server inside the
	// cluster. Default: StartTLS.
	// +optional
	TLS EmailTLS `json:"tls,omitempty"`

	// from is the sender of every mail: an address, or a name and an address.
	// +required
	From Mailbox `json:"from"`

	// replyTo is where answers go. Default: from.
	// +optional
	ReplyTo Mailbox `json:"replyTo,omitempty"`

	// secretRef names a secret with the keys username and password, as of type kubernetes.io/basic-auth. Default: mail is
	// sent without signing in. New values reach running pods within a few minutes, without a rollout.
	// +optional
	SecretRef *SecretReference `json:"secretRef,omitempty"`

	// caSecretRef names a secret with the PEM certificates that the server's is checked against, under key ca.crt unless
	// key says otherwise. Default: the certificates of the image. A change rolls the pods.
	// +optional
	CASecretRef *SecretKeyReference `json:"caSecretRef,omitempty"`

	// caConfigMapRef is caSecretRef for a ConfigMap.
	// +optional
	CAConfigMapRef *ConfigMapKeyReference `json:"caConfigMapRef,omitempty"`

	// templatesConfigMapRef names a ConfigMap whose keys replace the built-in texts: verify-email, reset-password,
	// confirm-email-change, verify-new-email and delete-user, each with .txt (the first line is Subject: and the subject) and
	// .html, and page.html, the frame of all. They are Go templates with .Name, .Email, .URL, .Host and .Expires. A change
	// rolls the pods: texts that cannot be used stop the rollout, not the service.
	// +optional
	TemplatesConfigMapRef *ConfigMapReference `json:"templatesConfigMapRef,omitempty"`
}

// EmailVerificationSpec says when users prove by a link in a mail that an address is theirs.
type EmailVerificationSpec struct {
	// sendOnSignUp sends the mail at sign-up. Default: as emailAndPassword.requireEmailVerification.
	// +optional
	SendOnSignUp *bool `json:"sendOnSignUp,omitempty"`

	// sendOnSignIn sends the mail again when a sign-in is refused because the address is not verified.
	// +optional
	SendOnSignIn bool `json:"sendOnSignIn,omitempty"`

	// autoSignInAfterVerification begins a session when the link is opened.
	// +optional
	AutoSignInAfterVerification bool `json:"autoSignInAfterVerification,omitempty"`

	// tokenTTL is the life of a link. Default: 1h.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write the life of the link in hours, minutes and seconds, at least 1s and at most 87600h, such as 1h"
	TokenTTL *metav1.Duration `json:"tokenTTL,omitempty"`
}
