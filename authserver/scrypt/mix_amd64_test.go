package scrypt

import (
	"bytes"
	"encoding/hex"
	"testing"

	"golang.org/x/crypto/scrypt"
)

// blockOfRFC7914 is the input of its sections 9 and 10, where r is 1.
const blockOfRFC7914 = "f7ce0b653d2d72a4108cf5abe912ffdd777616dbbb27a70e8204f3ae2d0f6fad89f68f4811d1e87bcc3bd7400a9ffd29094f0184639574f39ae5a1315217bcd7" +
	"894991447213bb226c25b54da86370fbcd984380374666bb8ffcb5bf40c254b067d27c51ce4ad5fed829c90b505a571b7f4d1cad6a523cda770e67bceaaf7e89"

func TestBlockMixOfRFC7914(t *testing.T) {
	const want = "a41f859c6608cc993b81cacb020cef05044b2181a2fd337dfd7b1c6396682f29b4393168e3c9e6bcfe6bc5b7a06d96bae424cc102c91745c24ad673dc7618f81" +
		"20edc975323881a80540f64c162dcd3c21077cfe5f8d5fe2b1a4168f953678b77d3b3d803b60e4ab920996e59b4d53b65d2a225877d5edf5842cb9f14eefe425"
	block := fromHex(t, blockOfRFC7914)
	var in, out, zero [32]uint32
	arrange(in[:], block)
	mixAVX(&out[0], &in[0], &zero[0], 1)
	restore(block, out[:])
	if got := hex.EncodeToString(block); got != want {
		t.Errorf("got %s", got)
	}
	// The XOR of two inputs counts.
	for i := range in {
		zero[i] = in[i] ^ uint32(i)<<20
		in[i] ^= zero[i]
	}
	mixAVX(&out[0], &in[0], &zero[0], 1)
	restore(block, out[:])
	if got := hex.EncodeToString(block); got != want {
		t.Errorf("got %s of two inputs", got)
	}
}

func TestROMixOfRFC7914(t *testing.T) {
	const want = "79ccc193629debca047f0b70604bf6b62ce3dd4a9626e355fafc6198e6ea2b46d58413673b99b029d665c357601fb426a0b2f4bba200ee9f0a43d19b571a9c71" +
		"ef1142e65d5a266fddca832ce59faa7cac0b9cf1be2bffca300d01ee387619c4ae12fd4438f203a0e4e1c47ec314861f4e9087cb33396a6873e8f9d2539a4b8e"
	block := fromHex(t, blockOfRFC7914)
	mix(block, 16, 1, make([]uint32, 32*16))
	if got := hex.EncodeToString(block); got != want {
		t.Errorf("got %s", got)
	}
}

func TestKeysOfRFC7914(t *testing.T) {
	for _, c := range []struct {
		password, salt string
		n, r           int
		want           string
	}{
		{"", "", 16, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
		{"pleaseletmein", "SodiumChloride", 16384, 8, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
	} {
		got, err := key([]byte(c.password), []byte(c.salt), c.n, c.r, 64, make([]uint32, 32*c.n*c.r))
		if err != nil || hex.EncodeToString(got) != c.want {
			t.Errorf("key(%q, %q) = %x, %v", c.password, c.salt, got, err)
		}
	}
}

// FuzzKey compares with x/crypto, with little memory so that many inputs are tried.
func FuzzKey(f *testing.F) {
	f.Add([]byte("Password123!"), []byte("601ffa82220d24aadc1b7b706ca4ab5e"), uint8(3), uint8(16))
	f.Add([]byte(nil), []byte(nil), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, password, salt []byte, logN, r uint8) {
		n, blocks := 1<<(1+logN%8), 1+int(r%32)
		got, err := key(password, salt, n, blocks, 64, make([]uint32, 32*n*blocks))
		if err != nil {
			t.Fatal(err)
		}
		want, err := scrypt.Key(password, salt, n, blocks, 1, 64)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("n %d, r %d: %x, want %x", n, blocks, got, want)
		}
	})
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	block, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return block
}
