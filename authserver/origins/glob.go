package origins

// glob says whether the pattern matches the whole text: * is any run of characters, ? exactly one, and a backslash
// takes the next character as it is. It runs in time proportional to the product of both lengths.
func glob(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	pi, ti := 0, 0
	// star is the last * seen, and mark where the text it has not swallowed begins.
	star, mark := -1, 0
	for ti < len(t) {
		if pi < len(p) && p[pi] == '*' {
			star, mark = pi, ti
			pi++
			continue
		}
		if width := matchOne(p[pi:], t[ti]); width > 0 {
			pi += width
			ti++
			continue
		}
		if star < 0 {
			return false
		}
		mark++
		pi, ti = star+1, mark
	}
	for pi < len(p) && p[pi] == '*' {
		pi++
	}
	return pi == len(p)
}

// matchOne returns how many pattern characters the text character takes, 0 when it does not match.
func matchOne(p []rune, c rune) int {
	switch {
	case len(p) == 0:
		return 0
	case p[0] == '\\' && len(p) > 1:
		if p[1] == c {
			return 2
		}
		return 0
	case p[0] == '?' || p[0] == c:
		return 1
	}
	return 0
}

// Glob says whether the pattern (* any run of characters, ? exactly one) matches the whole text.
func Glob(pattern, text string) bool { return glob(pattern, text) }
