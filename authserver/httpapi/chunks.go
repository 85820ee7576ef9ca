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

// maxAccount bounds the value of an account's cookie, so that both fit into a request.
const maxAccount = maxHeaderBytes / 4

// chunked is what the request carries of a value: one cookie, or numbered chunks. "" is none.
func (c cookies) chunked(r *http.Request, name string) string {
	headers := r.Header["Cookie"]
	if value, _ := cookieValue(headers, name); value != "" {
		return value
	}
	names := sent(r, name)
	slices.SortFunc(names, func(a, b string) int { return chunk(name, a) - chunk(name, b) })
	var value strings.Builder
	for _, name := range names {
		piece, _ := cookieValue(headers, name)
		value.WriteString(piece)
	}
	return value.String()
}

// setChunked sets the cookie of a value, in chunks when it is too large for one, and expires what the request carries of an
// older one besides. It returns false when the value has more than most bytes; then the old one only ends.
func (c cookies) setChunked(header http.Header, r *http.Request, name, value, maxAge string, most int) bool {
	names, pieces := c.split(name, value, maxAge, most)
	carried := sent(r, name)
	for _, name := range carried {
		if i := slices.Index(names, name); i >= 0 {
			c.set(header, name, pieces[i], maxAge)
		} else {
			c.set(header, name, "", expired)
		}
	}
	for i, name := range names {
		if !slices.Contains(carried, name) {
			c.set(header, name, pieces[i], maxAge)
		}
	}
	return len(names) > 0
}

// fits says whether the cookies of a cache can hold a value.
func (c cookies) fits(value, maxAge string) bool {
	names, _ := c.split(c.sessionData, value, maxAge, maxCache)
	return len(names) > 0
}

// split returns the cookies of a value. Chunks are sized as Better-Auth's are, all for a number of two digits.
func (c cookies) split(name, value, maxAge string, most int) (names, pieces []string) {
	size := maxCookie - len(name) - len(".99=") - len(maxAge) - len(c.domain) - len(c.attributes)
	if len(value) <= size {
		return []string{name}, []string{value}
	}
	if size <= 0 || len(value) > most {
		return nil, nil
	}
	for number := 0; value != ""; number++ {
		end := min(size, len(value))
		names = append(names, name+"."+strconv.Itoa(number))
		pieces = append(pieces, value[:end])
		value = value[end:]
	}
	return names, pieces
}

// expireSent expires what the request carries of a value.
func (c cookies) expireSent(header http.Header, r *http.Request, name string) {
	for _, name := range sent(r, name) {
		c.set(header, name, "", expired)
	}
}

// sent are the names of the cookies in the request that are one of a value, each once.
func sent(r *http.Request, of string) (names []string) {
	for pair := range pairs(r.Header["Cookie"]) {
		name, _, found := strings.Cut(pair, "=")
		name = strings.TrimSpace(name)
		if found && (name == of || chunk(of, name) >= 0) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// chunk is the number of a chunk of a value by its name, -1 for other cookies.
func chunk(of, name string) int {
	digits, found := strings.CutPrefix(name, of)
	if !found || !strings.HasPrefix(digits, ".") {
		return -1
	}
	number, err := strconv.Atoi(digits[1:])
	if err != nil || number < 0 || number >= maxChunks || strconv.Itoa(number) != digits[1:] {
		return -1
	}
	return number
}
