package httpapi

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// mediaTypes are the body types that an endpoint reads.
type mediaTypes int

const (
	noBody mediaTypes = iota
	jsonOnly
	jsonOrForm
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
	// maxFormFields bounds a form; looking for duplicates is quadratic.
	maxFormFields = 1024
)

var (
	errBodyTimeout  = &authserver.Error{Kind: authserver.TooSlow, Code: "REQUEST_TIMEOUT", Message: "The request body did not arrive in time"}
	errBodyAborted  = &authserver.Error{Kind: authserver.Invalid, Code: "BAD_REQUEST", Message: "The request body ended early"}
	errTooManyParts = &authserver.Error{Kind: authserver.Invalid, Code: "BAD_REQUEST", Message: "Too many form fields"}
)

// decode reads the body into c.body, which stays Undefined without one. As in Better-Auth's Node adapter, a request
// without a content type has no body, whatever follows its headers.
func (c *call) decode(accepted mediaTypes) error {
	contentType := c.r.Header.Get("Content-Type")
	if accepted == noBody || contentType == "" || c.r.ContentLength == 0 {
		return nil
	}
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	if mediaType != jsonType && (mediaType != formType || accepted != jsonOrForm) {
		return unsupported(contentType, accepted)
	}
	data, err := readBody(c.r)
	if err != nil {
		return err
	}
	if mediaType == formType {
		c.body, err = parseForm(string(data))
		return err
	}
	if c.body, err = ecma.Parse(data); err != nil {
		return authserver.ErrInvalidJSON
	}
	return nil
}

func unsupported(contentType string, accepted mediaTypes) *authserver.Error {
	allowed := jsonType
	if accepted == jsonOrForm {
		allowed = formType + ", " + jsonType
	}
	return &authserver.Error{
		Kind: authserver.UnsupportedType, Code: "UNSUPPORTED_MEDIA_TYPE",
		Message: `Content-Type "` + validText(contentType) + `" is not allowed. Allowed types: ` + allowed,
	}
}

func readBody(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return data, nil
	case errors.As(err, &tooLarge):
		return nil, authserver.ErrPayloadTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errBodyTimeout
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errBodyAborted
	case r.Context().Err() != nil:
		return nil, fmt.Errorf("reading a body: %w", r.Context().Err())
	default:
		return nil, errBodyAborted
	}
}

// parseForm reads a form as URLSearchParams does: of equal names the last counts, and a broken escape stays as it is.
func parseForm(text string) (ecma.Value, error) {
	if strings.Count(text, "&") >= maxFormFields {
		return ecma.Value{}, errTooManyParts
	}
	var names []string
	var values []ecma.Value
	for name, value := range parameters(text) {
		names = append(names, name)
		values = append(values, ecma.StringValue(value))
	}
	return ecma.ObjectValue(names, values), nil
}

// parseQuery reads a query as URLSearchParams does; net/url would leave out what it finds malformed.
func parseQuery(text string) map[string][]string {
	query := map[string][]string{}
	for name, value := range parameters(text) {
		query[name] = append(query[name], value)
	}
	return query
}

// parameters are the decoded parts of a form or a query.
func parameters(text string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for pair := range strings.SplitSeq(text, "&") {
			name, value, _ := strings.Cut(pair, "=")
			if pair != "" && !yield(formText(name), formText(value)) {
				return
			}
		}
	}
}

func formText(text string) string {
	text = strings.ReplaceAll(text, "+", " ")
	decoded, err := url.PathUnescape(text)
	if err != nil {
		decoded = decodeGood(text)
	}
	return validText(decoded)
}

// decodeGood decodes the escapes of a text that also has broken ones.
func decodeGood(text string) string {
	var decoded strings.Builder
	for text != "" {
		length := 1
		if text[0] == '%' && len(text) > 2 {
			length = 3
		}
		part, err := url.PathUnescape(text[:length])
		if err != nil {
			part, length = text[:1], 1
		}
		decoded.WriteString(part)
		text = text[length:]
	}
	return decoded.String()
}

// validText replaces what is not UTF-8, which the database would refuse.
func validText(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
