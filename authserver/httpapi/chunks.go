package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxCookie bounds a Set-Cookie header in bytes. Browsers drop larger ones, Safari those from 4093 bytes.
const maxCookie = 4050

// maxChunks bounds the numbers of chunks.
const maxChunks = 100

// maxCache bounds the value of a cache. Browsers send all of it with each request: Better-Auth would lock a user with more
// out, because no server takes such headers.
const maxCache = maxHeaderBytes / 2

// cacheValue is what the request carries of a cookie cache: one cookie, or numbered chunks. "" is none.
func (c cookies) cacheValue(r *http.Request) string {
	headers := r.Header["Cookie"]
	if value, _ := cookieValue(headers, c.sessionData); value != "" {
		return value
	}
	names := c.sentCache(r)
	slices.SortFunc(names, func(a, b string) int { return c.chunk(a) - c.chunk(b) })
	var value strings.Builder
	for _, name := range names {
		piece, _ := cookieValue(headers, name)
		value.WriteString(piece)
	}
	return value.String()
}

// setCache sets the cookie of a cache, in chunks when it is too large for one, and expires what the request carries of
// an older one besides. It returns false when the value is too large; then the cache only ends.
func (c cookies) setCache(header http.Header, r *http.Request, value, maxAge string) bool {
	names, pieces := c.split(value, maxAge)
	sent := c.sentCache(r)
	for _, name := range sent {
		if i := slices.Index(names, name); i >= 0 {
			c.set(header, name, pieces[i], maxAge)
		} else {
			c.set(header, name, "", expired)
		}
	}
	for i, name := range names {
		if !slices.Contains(sent, name) {
			c.set(header, name, pieces[i], maxAge)
		}
	}
	return len(names) > 0
}

// fits says whether the cookies of a cache can hold a value.
func (c cookies) fits(value, maxAge string) bool {
	names, _ := c.split(value, maxAge)
	return len(names) > 0
}

// split returns the cookies of a value. Chunks are sized as Better-Auth's are, all for a number of two digits.
func (c cookies) split(value, maxAge string) (names, pieces []string) {
	size := maxCookie - len(c.sessionData) - len(".99=") - len(maxAge) - len(c.domain) - len(c.attributes)
	if len(value) <= size {
		return []string{c.sessionData}, []string{value}
	}
	if size <= 0 || len(value) > maxCache {
		return nil, nil
	}
	for number := 0; value != ""; number++ {
		end := min(size, len(value))
		names = append(names, c.sessionData+"."+strconv.Itoa(number))
		pieces = append(pieces, value[:end])
		value = value[end:]
	}
	return names, pieces
}

// expireCache expires what the request carries of a cookie cache.
func (c cookies) expireCache(header http.Header, r *http.Request) {
	for _, name := range c.sentCache(r) {
		c.set(header, name, "", expired)
	}
}

// sentCache are the names of the cookies in the request that are one of a cache, each once.
func (c cookies) sentCache(r *http.Request) (names []string) {
	for pair := range pairs(r.Header["Cookie"]) {
		name, _, found := strings.Cut(pair, "=")
		name = strings.TrimSpace(name)
		if found && (name == c.sessionData || c.chunk(name) >= 0) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// chunk is the number of a chunk by its name, -1 for other cookies.
func (c cookies) chunk(name string) int {
	digits, found := strings.CutPrefix(name, c.sessionData)
	if !found || !strings.HasPrefix(digits, ".") {
		return -1
	}
	number, err := strconv.Atoi(digits[1:])
	if err != nil || number < 0 || number >= maxChunks || strconv.Itoa(number) != digits[1:] {
		return -1
	}
	return number
}
