package passhash

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// nice is the priority of threads that hash, from 0, that of all others, to 19, the least.
const nice = 10

// aside does work on a thread that gives way to those of requests which do not hash: the kernel tells threads apart, where
// Go's scheduler would let each of them wait for 10 ms. The thread ends with the work, as it could not get its priority back.
func aside(work func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		// Where that is forbidden, the work is done all the same.
		_ = unix.Setpriority(unix.PRIO_PROCESS, 0, nice)
		work()
	}()
	<-done
}
