package scrypt

import "golang.org/x/sys/unix"

// endTurn lets the kernel run another thread that waits for the processor.
func endTurn() { _, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
