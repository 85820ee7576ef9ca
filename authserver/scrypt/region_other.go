//go:build !linux

package scrypt

// region is memory of the heap.
type region struct{ words []uint32 }

func (r *region) take(bytes int) error {
	if r.words == nil {
		r.words = make([]uint32, bytes/4)
	}
	return nil
}

func (r *region) release() { *r = region{} }
