package tokens

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestMACsOfEveryKeyVerify(t *testing.T) {
	old, rotated := keyring(t, "old"), keyring(t, "new", "old")
	message := []byte("message")
	if !rotated.VerifyMAC(message, old.AppendMAC(nil, message)) {
		t.Error("a rotation loses what the old key made")
	}
	mac := rotated.AppendMAC([]byte("kept"), message)
	if !bytes.Equal(mac[:4], []byte("kept")) || !keyring(t, "new").VerifyMAC(message, mac[4:]) {
		t.Error("the newest key did not make the MAC")
	}
	if old.VerifyMAC(message, mac[4:]) || rotated.VerifyMAC(message[1:], mac[4:]) || rotated.VerifyMAC(message, mac[4:MACSize]) || rotated.VerifyMAC(message, nil) {
		t.Error("a forged MAC verifies")
	}
}

// The key is that of a recording of Better-Auth, contract 5.6.
func TestDeriveIsHKDFOfEachSecret(t *testing.T) {
	keys, err := keyring(t, "new", "reference-secret-0123456789abcdefghijklmnop").
		Derive("better-auth-session", "BetterAuth.js Generated Encryption Key", 64)
	if err != nil {
		t.Fatal(err)
	}
	const want = "87bec4be631c6036d3f9140db8f1011d1d07cf23de18696e0ed95824ec01dd47fd0375f359ff5ec59323f3945244a46eccd575b874ec233f10ba33ca23ee31c8"
	if len(keys) != 2 || hex.EncodeToString(keys[1]) != want || bytes.Equal(keys[0], keys[1]) {
		t.Errorf("keys %x", keys)
	}
	if _, err := keyring(t, "x").Derive("", "", 1<<20); err == nil {
		t.Error("a key of any length is derived")
	}
}
