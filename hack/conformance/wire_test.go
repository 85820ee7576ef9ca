package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// text is the request as it goes over the wire. It is written by hand because net/http would mend some of it.
func (r request) text(server servers.Server) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s%s HTTP/1.1\r\nHost: auth.example.com\r\nConnection: close\r\n", r.method, server.Settings.BasePath, r.target)
	for _, header := range r.header {
		fmt.Fprintf(&b, "%s: %s\r\n", header[0], header[1])
	}
	if r.body != "" || r.method == http.MethodPost {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.body))
	}
	return b.String() + "\r\n" + r.body
}

// answer is what is compared: ids, tokens and times are masked.
type answer struct {
	status  int
	header  map[string][]string
	cookies []string
	body    any
}

// send returns the answer of one server.
func (r request) send(server servers.Server) (answer, error) {
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(server.Address, "http://"), time.Minute)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return answer{}, err
	}
	if _, err := io.WriteString(conn, r.text(server)); err != nil {
		return answer{}, err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.method})
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", server.Name, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", server.Name, err)
	}
	return masked(response, body), nil
}

// transport headers say nothing about the answer.
var transport = []string{"Connection", "Content-Length", "Date", "Keep-Alive", "Transfer-Encoding", "Set-Cookie"}

func masked(response *http.Response, body []byte) answer {
	a := answer{status: response.StatusCode, header: map[string][]string{}}
	for name, values := range response.Header {
		if !slices.Contains(transport, name) {
			for i, value := range values {
				values[i] = maskText(value)
			}
			a.header[name] = values
		}
	}
	for _, cookie := range response.Header.Values("Set-Cookie") {
		a.cookies = append(a.cookies, signedValue.ReplaceAllString(cookie, "=<token>.<signature>"))
	}
	if err := json.Unmarshal(body, &a.body); err != nil {
		a.body = string(body)
	}
	a.body = mask(a.body)
	if list, isList := a.body.([]any); isList {
		// Better-Auth leaves the order of its lists to the database.
		slices.SortFunc(list, func(x, y any) int { return strings.Compare(fmt.Sprint(x), fmt.Sprint(y)) })
	}
	return a
}

var (
	signedValue = regexp.MustCompile(`=[A-Za-z0-9_-]{32}\.[A-Za-z0-9%]+`)
	parameter   = regexp.MustCompile(`\b(state|code_challenge|nonce|token)=[A-Za-z0-9_.-]{24,}`)
	identifier  = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)
	instant     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`)
)

// volatile are the members whose times differ from server to server.
var volatile = []string{"createdAt", "updatedAt", "expiresAt"}

func mask(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			text, _ := member.(string)
			if slices.Contains(volatile, name) && instant.MatchString(text) {
				value[name] = "<time>"
				continue
			}
			value[name] = mask(member)
		}
	case []any:
		for i := range value {
			value[i] = mask(value[i])
		}
	case string:
		if identifier.MatchString(value) {
			return "<id>"
		}
		return maskText(value)
	}
	return value
}

// maskText masks what is drawn anew in URLs.
func maskText(text string) string { return parameter.ReplaceAllString(text, "$1=<drawn>") }
