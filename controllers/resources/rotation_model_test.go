package resources

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// model is an instance as far as keys go: the secret, the pods that may exist, and what users and the database hold. Its
// actions are those of the operator, of Kubernetes, of users and of whoever edits the secret, in any order.
type model struct {
	t       *testing.T
	rnd     *rand.Rand
	now     time.Time
	secret  *corev1.Secret
	life    time.Duration // of the spec
	asked   int
	every   time.Duration
	applied template
	pods    []*pod
	cookies []held
	stored  []string
	rekeyed *RekeyReport
	about   string // the version of the keys that it is about
	steps   map[Step]int
}

// template is what the Deployment makes pods from.
type template struct {
	version string
	life    time.Duration
}

// pod has the keys of the secret when its container started last.
type pod struct {
	template template
	keys     *tokens.Keyring
	ending   bool
}

type held struct {
	cookie string
	until  time.Time
}

const replicas = 3

func newModel(t *testing.T, seed uint64) *model {
	m := &model{
		t: t, rnd: rand.New(rand.NewPCG(seed, 0)), now: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), life: 12 * time.Hour,
		every: 60 * time.Hour, steps: map[Step]int{},
	}
	m.secret = GeneratedSecret(minimal(), Keys{BetterAuth: m.key(), JWT: m.key()})
	var err error
	if m.secret, _, err = NewRing(m.secret, m.progress()); err != nil {
		t.Fatal(err)
	}
	m.apply()
	for range replicas {
		m.start()
	}
	return m
}

func (m *model) key() string { return fmt.Sprintf("%043d", m.rnd.Uint64()) }

func (m *model) progress() Progress {
	p := Progress{Now: m.now, Life: m.life, Interval: m.every, Requests: Requests{requestTrigger: fmt.Sprint(m.asked)}}
	if m.about == SecretsVersion(m.secret) {
		p.Rekeyed = m.rekeyed
	}
	return p
}

func (m *model) ring() *Ring {
	m.t.Helper()
	ring, err := ReadRing(m.secret)
	if err != nil {
		m.t.Fatal(err)
	}
	return ring
}

// open makes the keyring of a pod that starts now, as the auth server does.
func (m *model) open() *tokens.Keyring {
	m.t.Helper()
	secrets, err := config.LoadSecrets(func(name string) string { return string(m.secret.Data[name]) })
	if err != nil {
		m.t.Fatal(err)
	}
	var o tokens.KeyringOptions
	for _, key := range secrets.Keys {
		o.Secrets = append(o.Secrets, tokens.Secret{Value: key.Value.Reveal(), Version: key.Version, Versioned: key.Versioned})
	}
	keys, err := tokens.OpenKeyring(o)
	if err != nil {
		m.t.Fatal(err)
	}
	return keys
}

func (m *model) settled() bool {
	version := SecretsVersion(m.secret)
	return m.applied.version == version && len(m.pods) > 0 &&
		!slices.ContainsFunc(m.pods, func(p *pod) bool { return p.template.version != version })
}

// operate is a reconcile: a step, then the rollout. It may die before or after the write, or lose a race with another writer.
func (m *model) operate() {
	ring, p := m.ring(), m.progress()
	step, settles := ring.Next(p)
	if settles && !m.settled() {
		step = StepNone
	}
	switch step {
	case StepNone:
	case StepNote:
		ring.Note(p, m.secret.CreationTimestamp.Time)
	case StepPublish:
		if err := ring.Publish(p, m.key()); err != nil {
			m.t.Fatal(err)
		}
	case StepActivate:
		ring.Activate(p)
	case StepRetire:
		ring.Retire(p)
	case StepRemove:
		ring.Remove(p)
	default:
		m.t.Fatalf("unexpected step %s", step)
	}
	if step != StepNone {
		if m.rnd.IntN(4) == 0 {
			return // before the write, or in vain
		}
		m.secret = ring.Write(m.secret)
		m.steps[step]++
	}
	if m.rnd.IntN(4) > 0 {
		m.apply()
	}
}

func (m *model) apply() { m.applied = template{version: SecretsVersion(m.secret), life: m.life} }

func (m *model) start() { m.pods = append(m.pods, &pod{template: m.applied, keys: m.open()}) }

// roll is what the Deployment's controller and the kubelets do next: pods begin, end, are gone, or are restarted, which gives
// them the keys of now whatever template they are of.
func (m *model) roll() {
	if len(m.pods) == 0 {
		m.start()
	}
	i := m.rnd.IntN(len(m.pods))
	switch p := m.pods[i]; {
	case p.ending:
		m.pods = slices.Delete(m.pods, i, i+1)
	case p.template != m.applied && len(m.pods) > replicas:
		p.ending = true
	case len(m.pods) <= replicas:
		m.start()
	default:
		p.keys = m.open()
	}
}

// use signs a cookie, and encrypts a value, with what one of the pods has.
func (m *model) use() {
	if len(m.pods) == 0 {
		return
	}
	p := m.pods[m.rnd.IntN(len(m.pods))]
	m.cookies = append(m.cookies, held{p.keys.Sign(fmt.Sprint(len(m.cookies))), m.now.Add(p.template.life)})
	value, err := p.keys.Encrypt(fmt.Sprint(len(m.stored)))
	if err != nil {
		m.t.Fatal(err)
	}
	m.stored = append(m.stored, value)
}

// rekey is the Job, which may leave something.
func (m *model) rekey() {
	if !m.ring().NeedsRekeying(m.now) || m.applied.version != SecretsVersion(m.secret) {
		return
	}
	keys, left := m.open(), m.rnd.IntN(3) == 0
	m.rekeyed, m.about = &RekeyReport{Done: true, Remaining: map[int]map[string]int{}}, SecretsVersion(m.secret)
	for i, value := range m.stored {
		plain, err := keys.Decrypt(value)
		if err != nil {
			m.t.Fatal(err)
		}
		if left && i%2 == 0 {
			version := unversioned
			_, _ = fmt.Sscanf(value, "$ba$%d$", &version)
			m.rekeyed.Remaining[version] = map[string]int{"values": 1}
			continue
		}
		if m.stored[i], err = keys.Encrypt(plain); err != nil {
			m.t.Fatal(err)
		}
	}
}

// edit adds a key that only verifies, or takes up one that the operator published.
func (m *model) edit() {
	ring := m.ring()
	if len(ring.keys) > 4 {
		return
	}
	list := string(m.secret.Data[KeyBetterAuthSecrets])
	m.secret = m.secret.DeepCopy()
	m.secret.Data[KeyBetterAuthSecrets] = []byte(list + fmt.Sprintf(", %d:%s", ring.next(), m.key()))
}

func (m *model) check(action string) {
	m.t.Helper()
	m.cookies = slices.DeleteFunc(m.cookies, func(h held) bool { return !h.until.After(m.now) })
	for i, keys := range append([]*tokens.Keyring{m.open()}, keyringsOf(m.pods)...) {
		for _, held := range m.cookies {
			if _, ok := keys.Verify(held.cookie); !ok {
				m.t.Fatalf("after %s, pod %d does not accept a cookie that is valid until %s, at %s", action, i, held.until, m.now)
			}
		}
		for _, value := range m.stored {
			if _, err := keys.Decrypt(value); err != nil {
				m.t.Fatalf("after %s, pod %d cannot decrypt a value", action, i)
			}
		}
	}
}

func keyringsOf(pods []*pod) []*tokens.Keyring {
	var keys []*tokens.Keyring
	for _, p := range pods {
		keys = append(keys, p.keys)
	}
	return keys
}

// Whatever the order of things, each pod that may exist accepts what any other has signed and encrypted, for as long as it
// lives.
func TestNoPodRefusesWhatAnotherSigned(t *testing.T) {
	t.Parallel()
	total := map[Step]int{}
	for seed := range uint64(100) {
		m := newModel(t, seed)
		for range 500 {
			action := []string{"operate", "operate", "operate", "roll", "roll", "roll", "use", "rekey", "rekey", "wait", "wait", "ask", "edit", "ttl"}[m.rnd.IntN(14)]
			switch action {
			case "operate":
				m.operate()
			case "roll":
				m.roll()
			case "use":
				m.use()
			case "rekey":
				m.rekey()
			case "wait":
				m.now = m.now.Add(time.Duration(m.rnd.IntN(600)) * time.Minute)
			case "ask":
				m.asked += m.rnd.IntN(6) / 5
			case "edit":
				if m.rnd.IntN(50) == 0 {
					m.edit()
				}
			case "ttl":
				m.life = time.Duration(1+m.rnd.IntN(12)) * time.Hour
			}
			m.check(action)
		}
		for step, n := range m.steps {
			total[step] += n
		}
	}
	for _, step := range []Step{StepNote, StepPublish, StepActivate, StepRetire, StepRemove} {
		if total[step] < 50 {
			t.Errorf("%s was made %d times only", step, total[step])
		}
	}
}
