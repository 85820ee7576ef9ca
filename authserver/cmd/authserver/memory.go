package main

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitMemory tells the garbage collector what the container may use, unless GOMEMLIMIT does: password hashes leave
// 33 MB of garbage each, and the default collector would let the kernel kill the process first.
func limitMemory(getenv func(string) string) {
	if getenv("GOMEMLIMIT") != "" {
		return
	}
	text, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return
	}
	if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && limit > 0 {
		debug.SetMemoryLimit(limit / 10 * 9)
	}
}
