package passhash

import (
	"sync"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/scrypt"
)

// coresKept is how long memory is kept for the next hash.
const coresKept = 2 * time.Second

// cores lends the memory of scrypt. There is as much as there were hashes at a time, and none some time after the last hash.
type cores struct {
	mu     sync.Mutex
	unused []*scrypt.Core
	expiry *time.Timer
}

func (c *cores) take() *scrypt.Core {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.unused) - 1
	if last < 0 {
		return new(scrypt.Core)
	}
	core := c.unused[last]
	c.unused = c.unused[:last]
	return core
}

func (c *cores) put(core *scrypt.Core) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unused = append(c.unused, core)
	if c.expiry == nil {
		c.expiry = time.AfterFunc(coresKept, c.release)
	} else {
		c.expiry.Reset(coresKept)
	}
}

// release gives back what no hash uses.
func (c *cores) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, core := range c.unused {
		core.Release()
	}
	c.unused = nil
}
