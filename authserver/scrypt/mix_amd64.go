package scrypt

import "golang.org/x/sys/cpu"

// mixBlocks is scryptBlockMix of RFC 7914 of in XOR other, 2*r blocks each; nil where the processor lacks the instructions.
// It takes about a microsecond.
var mixBlocks = chosen(cpu.X86.HasAVX)

func chosen(avx bool) func(out, in, other *uint32, r int) {
	if avx {
		return mixAVX
	}
	return nil
}

//go:noescape
func mixAVX(out, in, other *uint32, r int)
