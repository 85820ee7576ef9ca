package resources

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

var (
	start = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	day   = Progress{Now: start, Life: 24 * time.Hour}
)

func keyOf(letter string) string { return strings.Repeat(letter, 43) }

// secretOf has keys in short: "2:b,1:a" for BETTER_AUTH_SECRETS, "a" for BETTER_AUTH_SECRET.
func secretOf(versions, single string) *corev1.Secret {
	secret := GeneratedSecret(minimal(), Keys{BetterAuth: keyOf(single), JWT: keyOf("j")})
	secret.CreationTimestamp = metav1.NewTime(start.Add(-time.Hour))
	delete(secret.Data, KeyBetterAuthSecrets)
	if versions != "" {
		secret.Data[KeyBetterAuthSecrets] = []byte(long(versions))
	}
	return secret
}

func long(versions string) string {
	var entries []string
	for _, entry := range strings.Split(versions, ",") {
		version, letter, _ := strings.Cut(entry, ":")
		entries = append(entries, version+":"+keyOf(letter))
	}
	return strings.Join(entries, ",")
}

func read(t *testing.T, secret *corev1.Secret) *Ring {
	t.Helper()
	ring, err := ReadRing(secret)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// adopt reads a secret and notes what is in it.
func adopt(t *testing.T, versions, single string) *Ring {
	t.Helper()
	secret := secretOf(versions, single)
	ring := read(t, secret)
	ring.Note(day, secret.CreationTimestamp.Time)
	return read(t, ring.Write(secret))
}

// states are the keys in short, newest first.
func states(r *Ring) string {
	var all []string
	for _, key := range r.Status(day) {
		if key.Name == KeyBetterAuthSecret {
			all = append(all, fmt.Sprint(key.Version, " ", key.State))
		}
	}
	return strings.Join(all, ", ")
}

func after(p Progress, passed time.Duration) Progress {
	p.Now = p.Now.Add(passed)
	return p
}

func TestARotationStepByStep(t *testing.T) {
	t.Parallel()
	secret := secretOf("1:a", "a")
	p := day
	p.Requests = Requests{requestTrigger: "x"}
	// take makes the step that is due, and returns it with what the data has become.
	take := func(want Step) string {
		t.Helper()
		ring := read(t, secret)
		step, _ := ring.Next(p)
		if step != want {
			t.Fatalf("next is %q, want %q", step, want)
		}
		switch step {
		case StepNote:
			ring.Note(p, secret.CreationTimestamp.Time)
		case StepPublish:
			if err := ring.Publish(p, keyOf("b")); err != nil {
				t.Fatal(err)
			}
		case StepActivate:
			ring.Activate(p)
		case StepRetire:
			ring.Retire(p)
		case StepRemove:
			ring.Remove(p)
		}
		secret = ring.Write(secret)
		return strings.NewReplacer(keyOf("a"), "a", keyOf("b"), "b").Replace(
			string(secret.Data[KeyBetterAuthSecrets]) + " " + string(secret.Data[KeyBetterAuthSecret]))
	}
	for _, phase := range []struct {
		step Step
		wait time.Duration
		want string
	}{
		{step: StepNote, want: "1:a a"},
		{step: StepPublish, want: "1:a,2:b a"},
		{step: StepActivate, want: "2:b,1:a a"}, // what was encrypted before versions is decrypted with a
		{step: StepRetire, wait: time.Hour, want: "2:b,1:a a"},
		{step: StepNone, wait: 24*time.Hour - time.Second, want: "2:b,1:a a"},
		{step: StepNone, wait: time.Second, want: "2:b,1:a a"}, // nothing is known of the database
	} {
		p = after(p, phase.wait)
		if got := take(phase.step); got != phase.want {
			t.Errorf("after %q: %s, want %s", phase.step, got, phase.want)
		}
	}
	if !read(t, secret).NeedsRekeying(p.Now) || read(t, secret).NeedsRekeying(p.Now.Add(-time.Second)) {
		t.Error("the database is to be encrypted anew from the end of the last cookie on")
	}
	p.Rekeyed = &RekeyReport{Done: true, Remaining: map[int]map[string]int{1: {"waiting mails": 2}}}
	take(StepNone)
	if diff := cmp.Diff([]string{"2 waiting mails"}, read(t, secret).Status(p)[1].Dependents); diff != "" {
		t.Error(diff)
	}
	p.Rekeyed = &RekeyReport{Done: true}
	if got := take(StepRemove); got != "2:b b" {
		t.Errorf("after the end: %s", got)
	}
	p.Rekeyed = nil
	take(StepNone)
}

func TestKeysThatWerePutByHand(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ versions, single, want string }{
		"generated":                 {"1:a", "a", "1 Active"},
		"without versions":          {"", "a", "-1 Active"},
		"published":                 {"1:a,2:b", "a", "2 Published, 1 Active"},
		"activated":                 {"2:b,1:a", "a", "2 Active, 1 Retiring"},
		"the older without version": {"2:b", "a", "2 Active, -1 Retiring"},
		"two at once":               {"3:c,2:b,1:a", "a", "3 Active, 2 Retiring, 1 Retiring"},
		"two to come":               {"1:a,3:c,2:b", "a", "3 Published, 2 Published, 1 Active"},
		"one value twice":           {"2:a,1:a", "a", "2 Active, 1 Retiring"},
		"version 0":                 {"0:b", "a", "0 Active, -1 Retiring"},
	} {
		ring := adopt(t, test.versions, test.single)
		if got := states(ring); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
		want := StepNone
		if strings.Contains(test.want, "Retiring") {
			want = StepRetire
		}
		if step, _ := ring.Next(day); step != want {
			t.Errorf("%s: next is %q, want %q: nobody but the user activates what the user published", name, step, want)
		}
	}
}

func TestEditsDuringARotation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edited string
		next   Step // after it was noted
		want   string
	}{
		"activated by hand":    {"2:b,1:a", StepRetire, "2 Active, 1 Retiring"},
		"taken back by hand":   {"1:a", StepNone, "1 Active"},
		"one more":             {"1:a,2:b,7:c", StepActivate, "7 Published, 2 Published, 1 Active"},
		"another in its place": {"1:a,2:c", StepNone, "2 Published, 1 Active"},
	} {
		ring := adopt(t, "1:a", "a")
		if err := ring.Publish(day, keyOf("b")); err != nil {
			t.Fatal(err)
		}
		secret := ring.Write(secretOf("1:a", "a"))
		secret.Data[KeyBetterAuthSecrets] = []byte(long(test.edited))
		ring = read(t, secret)
		if ring.Note(day, start) {
			secret = ring.Write(secret)
		}
		if string(secret.Data[KeyBetterAuthSecrets]) != long(test.edited) {
			t.Errorf("%s: the edit was undone", name)
		}
		ring = read(t, secret)
		if step, _ := ring.Next(day); step != test.next || states(ring) != test.want {
			t.Errorf("%s: next is %q with %s", name, step, states(ring))
		}
	}
}

func TestNotingLeavesTheDataAlone(t *testing.T) {
	t.Parallel()
	secret := secretOf("2:b,1:a", "a")
	secret.Data[KeyBetterAuthSecrets] = []byte(" 2:" + keyOf("b") + " , 01:" + keyOf("a") + "\n")
	secret.Data[KeyBetterAuthSecret] = []byte(keyOf("a") + "\n")
	ring := read(t, secret)
	if !ring.Note(day, start) {
		t.Fatal("nothing was noted")
	}
	written := ring.Write(secret)
	if diff := cmp.Diff(secret.Data, written.Data); diff != "" {
		t.Errorf("pods would roll for nothing:\n%s", diff)
	}
	if strings.Contains(written.Annotations[annotationKeys], keyOf("a")[:8]) {
		t.Error("the notes hold a key")
	}
	if again := read(t, written); again.Note(day, start) {
		t.Error("what is noted is noted again")
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	rotated := adopt(t, "1:a", "a")
	if err := rotated.Publish(day, keyOf("b")); err != nil {
		t.Fatal(err)
	}
	published := rotated.Status(day)
	rotated.Activate(day)
	rotated.Retire(day)
	recorded := rotated.Status(day)
	later := after(day, 48*time.Hour)
	later.Rekeyed = &RekeyReport{Done: true}
	removed := read(t, rotated.Write(secretOf("1:a", "a")))
	removed.Remove(later)
	revoked := read(t, removed.Write(secretOf("1:a", "a")))
	revoked.Revoke(later, Keys{BetterAuth: keyOf("c"), JWT: keyOf("k")})
	former := []v1alpha1.KeyStatus{ // as operators wrote it that did not rotate
		{Name: KeyBetterAuthSecret, Fingerprint: Fingerprint([]byte(keyOf("a")))}, {Name: KeyJWTSecret, Fingerprint: Fingerprint([]byte(keyOf("j")))},
	}
	for name, test := range map[string]struct {
		ring     *Ring
		recorded []v1alpha1.KeyStatus
		want     bool
	}{
		"nothing recorded":                       {adopt(t, "1:a", "a"), nil, true},
		"the same":                               {rotated, recorded, true},
		"a rotation that the status has not yet": {rotated, published, true},
		"an older backup":                        {adopt(t, "1:a", "a"), recorded, false},
		"a backup from before the publication":   {adopt(t, "1:a", "a"), published, true},
		"a removal that the status has not yet":  {removed, recorded, true},
		"a revocation that it has not yet":       {revoked, recorded, true},
		"two steps that it has not yet":          {removed, published, true},
		"another JWT_SECRET":                     {func() *Ring { r := adopt(t, "1:a", "a"); r.jwt = keyOf("x"); return r }(), former, false},
		"a former status":                        {adopt(t, "1:a", "a"), former, true},
		"a former status, rotated by hand":       {adopt(t, "2:b,1:a", "a"), former, true},
		"a former status, and other keys":        {adopt(t, "2:b", "b"), former, false},
		"a retiring key that was taken out":      {adopt(t, "2:b", "b"), recorded, true},
	} {
		if got := test.ring.Covers(test.recorded); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	for _, versions := range []string{"1:a", "1:a,2:b", "2:b,1:a", "7:c,2:b,1:a"} {
		ring := adopt(t, versions, "a")
		p := day
		p.Requests = Requests{requestRevoke: "y", requestTrigger: "x"}
		if step, settles := ring.Next(p); step != StepRevoke || settles {
			t.Fatalf("%s: next is %q", versions, step)
		}
		highest := ring.next()
		ring.Revoke(p, Keys{BetterAuth: keyOf("n"), JWT: keyOf("m")})
		secret := ring.Write(secretOf(versions, "a"))
		want := map[string][]byte{
			KeyBetterAuthSecret: []byte(keyOf("n")), KeyBetterAuthSecrets: []byte(fmt.Sprint(highest) + ":" + keyOf("n")), KeyJWTSecret: []byte(keyOf("m")),
		}
		if diff := cmp.Diff(want, secret.Data); diff != "" {
			t.Errorf("%s: %s", versions, diff)
		}
		ring = read(t, secret)
		if step, settles := ring.Next(p); step != StepEndRevocation || !settles || !ring.Revoking() {
			t.Errorf("%s: next is %q: the request counts once", versions, step)
		}
		ring.EndRevocation()
		if step, _ := ring.Next(p); step != StepNone {
			t.Errorf("%s: next is %q: the revocation was a rotation too", versions, step)
		}
	}
}

func TestRequestsCountOnce(t *testing.T) {
	t.Parallel()
	ask := func(requests Requests) Progress { p := day; p.Requests = requests; return p }
	ring := adopt(t, "1:a", "a")
	if step, _ := ring.Next(ask(Requests{requestTrigger: "x", requestAnnotation: "y"})); step != StepPublish {
		t.Fatalf("next is %q", step)
	}
	if err := ring.Publish(ask(Requests{requestTrigger: "x", requestAnnotation: "y"}), keyOf("b")); err != nil {
		t.Fatal(err)
	}
	during := ask(Requests{requestTrigger: "z", requestAnnotation: "y"})
	if step, _ := ring.Next(during); step != StepActivate {
		t.Errorf("next is %q: a request during a rotation waits", step)
	}
	ring.Activate(during)
	ring.Retire(during)
	if step, _ := ring.Next(during); step != StepPublish {
		t.Errorf("next is %q: the rotation that began before the request does not meet it", step)
	}
	for _, met := range []Requests{nil, {requestTrigger: "x"}, {requestAnnotation: "y"}} {
		if step, _ := ring.Next(ask(met)); step != StepNone {
			t.Errorf("next is %q with %v", step, met)
		}
	}

	secret, fresh, err := NewRing(secretOf("1:a", "a"), ask(Requests{requestTrigger: "x", requestRevoke: "y"}))
	if err != nil {
		t.Fatal(err)
	}
	if step, _ := fresh.Next(ask(Requests{requestTrigger: "x", requestRevoke: "y"})); step != StepNone {
		t.Errorf("next is %q: new keys were asked for before there were any", step)
	}
	delete(secret.Annotations, annotationKeys)
	restored := read(t, secret)
	restored.Forget(Requests{requestRevoke: "y"})
	restored.Note(day, start)
	if step, _ := restored.Next(ask(Requests{requestRevoke: "y"})); step != StepNone {
		t.Errorf("next is %q for a secret that was restored without its notes", step)
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	p := day
	p.Interval = 2 * time.Hour
	ring := adopt(t, "1:a", "a") // an hour old
	if step, _ := ring.Next(p); step != StepNone || !ring.Due(p).Equal(start.Add(time.Hour)) {
		t.Errorf("next is %q, due %s", step, ring.Due(p))
	}
	p = after(p, time.Hour)
	if step, _ := ring.Next(p); step != StepPublish {
		t.Errorf("next is %q", step)
	}
	for i := range maxKeys - 1 {
		if err := ring.Publish(p, keyOf(fmt.Sprintf("%c", 'b'+i))); err != nil {
			t.Fatal(err)
		}
		ring.Activate(p)
		ring.Retire(p)
	}
	p = after(p, 3*time.Hour)
	if step, _ := ring.Next(p); step != StepNone || !ring.Due(p).Equal(start.Add(25*time.Hour)) {
		t.Errorf("next is %q, due %s: a rotation waits for the oldest of %d keys", step, ring.Due(p), maxKeys)
	}
}

func TestPublishGivesAVersion(t *testing.T) {
	t.Parallel()
	ring := adopt(t, "", "a")
	if err := ring.Publish(day, keyOf("b")); err != nil {
		t.Fatal(err)
	}
	secret := ring.Write(secretOf("", "a"))
	if got := string(secret.Data[KeyBetterAuthSecrets]); got != long("1:a,2:b") {
		t.Errorf("got %s", got)
	}
	comma := secretOf("", "a")
	comma.Data[KeyBetterAuthSecret] = []byte("first," + keyOf("a"))
	if err := read(t, comma).Publish(day, keyOf("b")); !errors.Is(err, ErrComma) || strings.Contains(err.Error(), "first") {
		t.Errorf("got %v", err)
	}
}

func TestReadRingSaysWhatIsWrongWithoutValues(t *testing.T) {
	t.Parallel()
	for versions, want := range map[string]string{
		"hunter2":                        "BETTER_AUTH_SECRETS entry 1: must be a version",
		"1:hunter2":                      "BETTER_AUTH_SECRETS entry 1: has 7 characters",
		long("1:a,1:b"):                  "version 1 is there twice",
		"2147483647:" + keyOf("hunter2"): "a version in BETTER_AUTH_SECRETS that leaves no higher one",
	} {
		secret := secretOf("", "a")
		secret.Data[KeyBetterAuthSecrets] = []byte(versions)
		_, err := ReadRing(secret)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v", want, err)
		}
	}
}

func TestKeyLifeFollowsTheSpec(t *testing.T) {
	t.Parallel()
	auth := minimal()
	auth.Spec.Session.TTL = &metav1.Duration{Duration: 9600 * time.Hour}
	if got := KeyLife(minimal()); got != 168*time.Hour+5*time.Minute {
		t.Errorf("default: %s", got)
	}
	if got := KeyLife(auth); got != 9600*time.Hour+5*time.Minute {
		t.Errorf("got %s", got)
	}
}
