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

// processors is how many the container may use; it is asked before yield adds to it.
var processors = runtime.GOMAXPROCS(0)

// While passwords are hashed, garbage is collected when the heap has grown by so much: it keeps what is not hashes at about 30 MiB, and
// costs a tenth of the requests that fit into a second otherwise. GOGC overrides both.
const hashingGarbagePercent, garbagePercent = 50, 100

// divide divides the memory that the container may use among hashes of passwords and everything else.
func divide(log *slog.Logger) (workers int, memory int64) {
	memory, err := memlimit.Set()
	if err != nil {
		log.Warn("the memory limit of the container is not known; set GOMEMLIMIT", "error", err)
	}
	if memory != math.MaxInt64 {
		// The collector does not see what hashes take outside the heap.
		debug.SetMemoryLimit(max(memory-passhash.Memory(processors, memory), memory/3))
	}
	return processors, memory
}

// yield makes room for requests that do not hash while others do. A goroutine that hashes keeps its place in Go's scheduler, so
// there have to be places for others; without hashes, more places than processors cost time.
func yield(hashers int) func(hashing bool) {
	return func(hashing bool) {
		places, percent := processors, garbagePercent
		if hashing {
			places, percent = processors+hashers, hashingGarbagePercent
		}
		runtime.GOMAXPROCS(places)
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(percent)
		}
	}
}
