package resources

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// hash8 identifies values by 8 hexadecimal digits of the SHA-256 of their JSON.
func hash8(values ...any) (string, error) {
	data, err := json.Marshal(values)
	if err != nil {
		return "", err
	}
	return digest(data)[:8], nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
