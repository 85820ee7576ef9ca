package passhash

import (
	"sync"

	"github.com/gatehouse-auth/gatehouse/authserver/scrypt"
)

// cores lends the memory of scrypt. There is as much as there were hashes at a time, and none after a spell of them.
type cores struct {
	mu     sync.Mutex
	unused []*scrypt.Core
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
