package mailer

import (
	"regexp"
	"strings"
	"unicode"
)

// longestName is more than what greets anybody.
const longestName = 80

// linked is what mail programs make a link of without being asked.
var linked = regexp.MustCompile(`(?i)://|www\.|[\pL\pN-]\.\pL{2}`)

// greeted is a name as it may stand in a mail. Whoever signs up with the address of somebody else chooses what that somebody
// reads, so it is one line of what can be seen, and nothing at all when it would become a link.
func greeted(name string) string {
	name = strings.Join(strings.Fields(strings.Map(visible, name)), " ")
	if linked.MatchString(name) {
		return ""
	}
	if runes := []rune(name); len(runes) > longestName {
		name = string(runes[:longestName]) + "…"
	}
	return name
}

// visible leaves out what changes lines or directions; some scripts need the joiners.
func visible(r rune) rune {
	const nonJoiner, joiner = '\u200c', '\u200d'
	if unicode.IsGraphic(r) || r == nonJoiner || r == joiner {
		return r
	}
	return ' '
}
