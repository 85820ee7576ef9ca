package cookiecache

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// Strategy is a form of the values.
type Strategy string

// The forms of values. Clients can read Compact and JWT; JWE hides the content.
const (
	Compact Strategy = "Compact"
	JWT     Strategy = "JWT"
	JWE     Strategy = "JWE"
)

// Options configure a Cache.
type Options struct {
	Strategy Strategy
	// MaxAge is the life of a value of a remembered session, Brief that of others; 0 is Better-Auth's for the strategy.
	MaxAge, Brief time.Duration
	// Version is in every value; values of another version are not accepted.
	Version string
	// Keys are those of the session cookie: the newest seals, all open.
	Keys *tokens.Keyring
	// Random is the source of ids; nil is crypto/rand.
	Random io.Reader
	// Now is the clock.
	Now func() time.Time
}

// Cache seals and opens values. It is safe for concurrent use.
type Cache struct {
	Options
	form form
	// end is `,"version":"…"}`, which ends every payload.
	end string
}

// form is one way to protect a payload, a JSON object, from clients.
type form interface {
	// seal takes the payload for itself.
	seal(payload []byte, now time.Time, life time.Duration) (string, error)
	// open returns the payload with the end of its life, whether that is over or not.
	open(value string) (payload ecma.Value, expiresAt time.Time, ok bool)
	// brief is the life of a value of a session that is not remembered.
	brief() time.Duration
}

// New returns a Cache, or the error of an unknown strategy.
func New(o Options) (*Cache, error) {
	c := &Cache{Options: o, end: `,"version":` + string(ecma.AppendString(nil, o.Version)) + "}"}
	var err error
	switch o.Strategy {
	case Compact:
		c.form = compact{o.Keys}
	case JWT:
		c.form = signed{o.Keys}
	case JWE:
		c.form, err = newEncrypted(o.Keys, o.Random)
	default:
		err = fmt.Errorf("the cookie cache has no strategy %q; use Compact, JWT or JWE", o.Strategy)
	}
	return c, err
}

// Seal returns the value for `"session":{…},"user":{…}`, the text of JSON members as JSON.stringify writes them: Better-Auth
// writes them anew before it verifies a Compact value.
func (c *Cache) Seal(members []byte, remember bool) (string, error) {
	life := c.MaxAge
	if !remember {
		life = cmp.Or(c.Brief, c.form.brief())
	}
	now := c.Now()
	// Each form appends a few members of its own.
	payload := make([]byte, 0, len(members)+len(c.end)+128)
	payload = append(append(append(payload, '{'), members...), `,"updatedAt":`...)
	payload = append(strconv.AppendInt(payload, now.UnixMilli(), 10), c.end...)
	value, err := c.form.seal(payload, now, life)
	if err != nil {
		return "", fmt.Errorf("sealing a cookie cache: %w", err)
	}
	return value, nil
}

// Open returns the payload of a value that one of the keys sealed, if its life is not over and its version is ours. The
// payload has the members that were sealed, among others.
func (c *Cache) Open(value string) (payload ecma.Value, ok bool) {
	payload, expiresAt, ok := c.form.open(value)
	if !ok || expiresAt.Before(c.Now()) || version(payload) != c.Version {
		return ecma.Value{}, false
	}
	return payload, true
}

// version is that of a payload; Better-Auth takes one without for the first.
func version(payload ecma.Value) string {
	if text := payload.Get("version").Text(); text != "" {
		return text
	}
	return "1"
}
