package scrypt

import (
	"bytes"
	"testing"

	"golang.org/x/crypto/scrypt"
)

func TestKeysAreThoseOfXCrypto(t *testing.T) {
	var core Core
	for _, password := range []string{"", "Password123!", "another, in the same memory"} {
		expectKey(t, &core, password)
	}
	core.Release()
	core.Release()
	expectKey(t, &core, "in new memory")
	core.Release()
}

func TestWithoutTheInstructionsXCryptoComputesKeys(t *testing.T) {
	defer func(mix func(out, in, other *uint32, r int)) { mixBlocks = mix }(mixBlocks)
	mixBlocks = nil
	var core Core
	expectKey(t, &core, "Password123!")
	if core.table.words != nil {
		t.Error("memory was taken that x/crypto does not use")
	}
}

func expectKey(t *testing.T, core *Core, password string) {
	t.Helper()
	salt := []byte("601ffa82220d24aadc1b7b706ca4ab5e")
	got, err := core.Key([]byte(password), salt)
	if err != nil {
		t.Fatal(err)
	}
	want, err := scrypt.Key([]byte(password), salt, costN, blockSize, 1, keyBytes)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("Key(%q) = %x, want %x", password, got, want)
	}
}

func BenchmarkKey(b *testing.B) {
	var core Core
	for b.Loop() {
		if _, err := core.Key([]byte("Password123!"), []byte("601ffa82220d24aadc1b7b706ca4ab5e")); err != nil {
			b.Fatal(err)
		}
	}
}
