package main

import (
	"log/slog"
	"math"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
)

// processors is how many the container may use; it is asked before divide adds to it.
var processors = runtime.GOMAXPROCS(0)

// garbagePercent collects garbage when the heap has grown by half. That takes a tenth of the requests that fit into a second, and
// keeps what is not hashes below 30 MiB. GOGC overrides it.
const garbagePercent = 50

// divide divides the processors and the memory that the container may use among hashes of passwords and everything else.
func divide(log *slog.Logger) (workers int, memory int64) {
	memory, err := memlimit.Set()
	if err != nil {
		log.Warn("the memory limit of the container is not known; set GOMEMLIMIT", "error", err)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if memory != math.MaxInt64 {
		// The collector does not see what hashes take outside the heap.
		debug.SetMemoryLimit(max(memory-passhash.Memory(processors, memory), memory/3))
	}
	// A goroutine that hashes keeps its place in Go's scheduler, so there have to be places for others. From here on Go does
	// not follow a change of the container's limit; the next start does.
	runtime.GOMAXPROCS(processors + passhash.Workers(processors, memory))
	return processors, memory
}
