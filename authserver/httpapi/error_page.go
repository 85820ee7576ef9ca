package httpapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the page
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"strings"
)

//go:embed error_page.html
var errorPageText string

var (
	errorPage = template.Must(template.New("error").Parse(errorPageText))
	// errorPagePolicy lets a browser use the style of the page, and nothing else.
	errorPagePolicy = "default-src 'none'; style-src 'sha256-" + styleHash(errorPageText) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

	errorCodeForm = regexp.MustCompile(`^['A-Za-z0-9_-]+$`)
)

const (
	unknownError = "UNKNOWN"
	// maxErrorText bounds what others may write on a page of ours, in characters.
	maxErrorText = 300
)

// explanations are for what goes wrong most often and comes without a description.
var explanations = map[string]string{
	unknownError:         "The server could not do what was asked for.",
	"access_denied":      "The other service did not let you in, or you did not agree.",
	"account_not_linked": "There is a user with this e-mail address already. Sign in as before, then link the account.",
	"email_not_found":    "The other service did not tell your e-mail address, without which you cannot sign in.",
	"signup_disabled":    "New users cannot sign up.",
	"state_mismatch":     "The sign-in took too long, or it was begun in another browser.",
	"state_not_found":    "The sign-in took too long, or it was begun in another browser.",
	"INVALID_TOKEN":      "The link is wrong, or it was used before.",
	"TOKEN_EXPIRED":      "The link is too old. Ask for a new one.",
}

// errorPage answers GET /error, where browsers end up when something fails that has no page of its own. With ErrorURL, the
// page is another one. Both get the code, and the description, only if it looks like one.
func (a *api) errorPage(c *call) error {
	code, description := c.first("error"), c.first("error_description")
	if !errorCodeForm.MatchString(code) {
		code = unknownError
	}
	if a.ErrorURL != "" {
		target := appendQuery(a.ErrorURL, "error", code)
		if description != "" {
			target = appendQuery(target, "error_description", description)
		}
		c.Header().Set("Location", target)
		c.WriteHeader(http.StatusFound)
		return nil
	}
	if description == "" {
		description = explanations[code]
	}
	if description == "" {
		description = explanations[unknownError]
	}
	var page bytes.Buffer
	err := errorPage.Execute(&page, struct{ Code, Description string }{shortened(code), shortened(description)})
	if err != nil {
		return fmt.Errorf("rendering the error page: %w", err)
	}
	c.page(page.Bytes(), errorPagePolicy)
	return nil
}

// first is the first value of a parameter of the query.
func (c *call) first(name string) string {
	if values := c.query[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxErrorText {
		return string(runes[:maxErrorText]) + "…"
	}
	return text
}

// page answers with HTML that may do only what the policy says.
func (x *exchange) page(html []byte, policy string) {
	x.noStore()
	header := x.Header()
	header.Set("Content-Type", "text/html")
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	x.WriteHeader(http.StatusOK)
	// A failed write means that the client is gone; there is nobody to tell.
	_, _ = x.Write(html)
}

// styleHash is how a policy names the style of a page.
func styleHash(page string) string {
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}
