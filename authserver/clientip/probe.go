package clientip

import (
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// Headers of a probe. They change nothing about a request or its answer.
const (
	QuestionHeader = "Gatehouse-Probe"
	AnswerHeader   = "Gatehouse-Probe-Answer"
)

const (
	// probePurpose is that of the keys of probes.
	probePurpose = "gatehouse-client-probe"
	// questionLife is how long, and how much too early, a question is answered: clocks differ.
	questionLife = time.Minute
	// maxQuestion bounds what is looked at of a header that anybody may send.
	maxQuestion = 256
)

var encoding = base64.RawURLEncoding.Strict()

// Probes let those who have the secrets of a server ask how it finds the address of a client: whether the peer is trusted,
// whether there was a header with addresses, and whether the address is from there. Nobody else gets an answer, and it holds no
// address, only what lets the asker recognise an address of its own.
type Probes struct{ keys *tokens.Keyring }

// NewProbes returns Probes with keys derived from those of a server.
func NewProbes(keys *tokens.Keyring) *Probes { return &Probes{keys.ForPurpose(probePurpose)} }

// Question returns the value of QuestionHeader; the nonce has letters and digits only.
func (p *Probes) Question(nonce string, now time.Time) string {
	text := strconv.FormatInt(now.Unix(), 10) + "." + nonce
	return text + "." + p.mac("question", text)
}

// Answer returns the value of AnswerHeader, unless the question is none of ours or is not of this minute.
func (p *Probes) Answer(question string, now time.Time, path Path) (answer string, ok bool) {
	nonce, ok := p.nonce(question, now)
	if !ok {
		return "", false
	}
	flags := []byte{digit(path.Trusted), digit(path.Forwarded), digit(path.Read), digit(path.Beyond)}
	return string(flags) + "." + p.mac("client", nonce+"."+path.Client.String()), true
}

func (p *Probes) nonce(question string, now time.Time) (string, bool) {
	dot := strings.LastIndexByte(question, '.')
	if dot < 0 || len(question) > maxQuestion {
		return "", false
	}
	text := question[:dot]
	if mac, err := encoding.DecodeString(question[dot+1:]); err != nil || !p.keys.VerifyMAC(message("question", text), mac) {
		return "", false
	}
	seconds, nonce, _ := strings.Cut(text, ".")
	at, err := strconv.ParseInt(seconds, 10, 64)
	return nonce, err == nil && now.Sub(time.Unix(at, 0)).Abs() <= questionLife
}

// Read returns what an answer says; Client is set only when it is one of own. Its ok is false for what is no answer.
func (p *Probes) Read(answer, nonce string, own []netip.Addr) (path Path, ok bool) {
	flags, text, _ := strings.Cut(answer, ".")
	mac, err := encoding.DecodeString(text)
	if err != nil || len(mac) != tokens.MACSize || len(flags) != 4 || strings.Trim(flags, "01") != "" {
		return Path{}, false
	}
	path = Path{Trusted: flags[0] == '1', Forwarded: flags[1] == '1', Read: flags[2] == '1', Beyond: flags[3] == '1'}
	for _, addr := range own {
		if addr = plain(addr); p.keys.VerifyMAC(message("client", nonce+"."+addr.String()), mac) {
			path.Client = addr
		}
	}
	return path, true
}

func (p *Probes) mac(what, text string) string {
	return encoding.EncodeToString(p.keys.AppendMAC(nil, message(what, text)))
}

func message(what, text string) []byte { return []byte(what + "." + text) }

func digit(truth bool) byte {
	if truth {
		return '1'
	}
	return '0'
}
