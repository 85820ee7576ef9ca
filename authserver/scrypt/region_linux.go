package scrypt

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// region is memory outside the heap: the collector counts the heap that is in use to decide how much garbage it lets
// gather, and would let as much gather as this.
type region struct {
	mapped []byte
	words  []uint32
}

func (r *region) take(bytes int) (err error) {
	if r.mapped != nil {
		return nil
	}
	if r.mapped, err = unix.Mmap(-1, 0, bytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE); err != nil {
		return err
	}
	// Large pages, which not every system grants, make a table that is new a third faster.
	_ = unix.Madvise(r.mapped, unix.MADV_HUGEPAGE)
	r.words = unsafe.Slice((*uint32)(unsafe.Pointer(&r.mapped[0])), bytes/4) //nolint:gosec // G103: the kernel returns whole pages, and bytes of them
	return nil
}

func (r *region) release() {
	if r.mapped != nil {
		_ = unix.Munmap(r.mapped) // fails for nothing that was mapped
		*r = region{}
	}
}
