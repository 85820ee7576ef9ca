package redisstore

import "regexp"

// The beginnings of keys, after the configured prefix.
const (
	listKey         = "active-sessions-"
	markerKey       = "revoked-sessions-before-"
	verificationKey = "verification:"
)

// maxIdentifier bounds the identifiers of verification values, which clients send parts of.
const maxIdentifier = 1024

// tokenForm is that of every version of Better-Auth. Keys of other things have another form, or another kind of value.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{8,128}$`)

func (s *Store) key(parts ...string) string {
	key := s.prefix
	for _, part := range parts {
		key += part
	}
	return key
}

// userKeys are those of the list of a user's sessions, and of the moment before which they are revoked.
func (s *Store) userKeys(userID string) (list, marker string) {
	return s.key(listKey, userID), s.key(markerKey, userID)
}
