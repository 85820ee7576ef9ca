package passhash

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argon2idScheme are the parameters of one hash.
type argon2idScheme struct {
	// kibibytes, passes and lanes are m, t and p of the hash.
	kibibytes, passes uint32
	lanes             uint8
	saltBytes         int
	tagBytes          uint32
}

// newArgon2id is the scheme of new hashes.
var newArgon2id = argon2idScheme{kibibytes: 19456, passes: 2, lanes: 1, saltBytes: saltBytes, tagBytes: 32}

const (
	// maxArgon2idText bounds what is parsed.
	maxArgon2idText = 256
	// minTag and maxTag are in bytes.
	minTag, maxTag = 16, 64
)

var phcEncoding = base64.RawStdEncoding

// parseArgon2id takes a hash whose parameters are in the bounds. What it overlooks of the text, such as zeros in front of
// a number, is not in the hash that Verify compares.
func parseArgon2id(hash string) (scheme, []byte, bool) {
	parts := strings.Split(hash, "$")
	if len(hash) > maxArgon2idText || len(parts) != 6 || parts[1] != "argon2id" {
		return nil, nil, false
	}
	var s argon2idScheme
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &s.kibibytes, &s.passes, &s.lanes); err != nil {
		return nil, nil, false
	}
	salt, saltErr := phcEncoding.DecodeString(parts[4])
	tag, tagErr := phcEncoding.DecodeString(parts[5])
	length := len(tag)
	if saltErr != nil || tagErr != nil || length < minTag || length > maxTag {
		return nil, nil, false
	}
	s.saltBytes, s.tagBytes = len(salt), uint32(length)
	return s, salt, s.bounded()
}

// bounded says whether a stored hash may be computed: whoever can write to the database must not exhaust the server.
func (s argon2idScheme) bounded() bool {
	return s.lanes >= 1 && s.lanes <= 4 && s.passes >= 1 && s.passes <= 8 &&
		s.kibibytes >= 8*uint32(s.lanes) && s.kibibytes <= 64<<10 &&
		s.saltBytes >= 8 && s.saltBytes <= 64
}

func (s argon2idScheme) memory() int64 { return int64(s.kibibytes) << 10 }

func (argon2idScheme) salt(drawn []byte) []byte { return drawn }

func (s argon2idScheme) hash(_ *cores, password, salt []byte) (string, error) {
	return s.encode(salt, argon2.IDKey(password, salt, s.passes, s.kibibytes, s.lanes, s.tagBytes)), nil
}

func (s argon2idScheme) encode(salt, tag []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.kibibytes, s.passes, s.lanes,
		phcEncoding.EncodeToString(salt), phcEncoding.EncodeToString(tag))
}
