package httpapi_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/openapi"
)

// everything switches on what adds endpoints.
const everything = unlimited + `
baseURL: https://auth.example.com
session: {deferRefresh: true}
user: {deleteUser: {enabled: true}, changeEmail: {enabled: true}}
email: {host: 127.0.0.1, port: 1, tls: None, from: no-reply@example.com}
features: {bearer: {}, jwt: {}, openAPI: {}}
`

const (
	documentPath = "/api/auth/open-api/generate-schema"
	pagePath     = "/api/auth/reference"
)

// document is what the tests read of an OpenAPI document.
type document struct {
	OpenAPI    string
	Servers    []struct{ URL string }
	Paths      map[string]map[string]json.RawMessage
	Components struct {
		Schemas, SecuritySchemes map[string]json.RawMessage
	}
}

type operation struct {
	OperationID, Summary string
	Tags                 []string
	Security             []map[string][]string
	Parameters           []struct {
		Name, In string
		Required bool
	}
	RequestBody struct {
		Required bool
		Content  map[string]struct {
			Schema struct {
				Properties map[string]json.RawMessage
				Required   []string
			}
		}
	}
	Responses map[string]struct {
		Description string
		Content     map[string]json.RawMessage
	}
}

func (d document) operations(t *testing.T) map[string]operation {
	t.Helper()
	found := map[string]operation{}
	for path, methods := range d.Paths {
		for method, data := range methods {
			if method == "servers" {
				continue
			}
			var o operation
			if err := json.Unmarshal(data, &o); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			found[strings.ToUpper(method)+" "+path] = o
		}
	}
	return found
}

func (o operation) body() []string {
	return slices.Sorted(maps.Keys(o.RequestBody.Content["application/json"].Schema.Properties))
}

func (h *harness) document() (d document) {
	h.t.Helper()
	got := h.get(documentPath)
	if err := json.Unmarshal([]byte(got.body), &d); err != nil || got.status != 200 || got.headers.Get("Content-Type") != "application/json" {
		h.t.Fatalf("%d %v %v", got.status, got.headers, err)
	}
	return d
}

// notUpstream are the differences between Better-Auth's document and ours.
var notUpstream = map[string]string{
	"GET /jwks":                 "is of the plugin jwt, which that document has not",
	"GET /token":                "is of the plugin jwt, which that document has not",
	"GET /jwt":                  "is the product's own",
	"GET /health":               "is the product's own",
	"GET /api/validate-session": "is the product's own",
	"GET /api/forward-auth":     "is the product's own",
}

// otherBodies are the bodies that the two documents describe differently, as ours has them.
var otherBodies = map[string][]string{
	// Better-Auth says that it is one of two objects.
	"POST /get-access-token": {"accountId", "useAccountCookie", "userId"},
	"POST /refresh-token":    {"accountId", "useAccountCookie", "userId"},
}

func TestTheDocumentIsCloseToBetterAuths(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/openapi-core.json")
	if err != nil {
		t.Fatal(err)
	}
	var upstream document
	if err := json.Unmarshal(data, &upstream); err != nil {
		t.Fatal(err)
	}
	h := start(t, everything)
	ours, theirs := h.document().operations(t), upstream.operations(t)
	parameter := regexp.MustCompile(`\{\w+\}`)
	unnamed := func(operations map[string]operation) map[string]operation {
		result := map[string]operation{}
		for key, o := range operations {
			result[parameter.ReplaceAllString(key, "{}")] = o
		}
		return result
	}
	ours, theirs = unnamed(ours), unnamed(theirs)
	for key, want := range theirs {
		got, served := ours[key]
		if !served {
			t.Errorf("%s is not served", key)
			continue
		}
		body := want.body()
		if other, differs := otherBodies[key]; differs {
			if slices.Equal(other, body) {
				t.Errorf("%s: the difference is not needed", key)
			}
			body = other
		}
		if diff := cmp.Diff(body, got.body()); diff != "" {
			t.Errorf("%s: body differs: %s", key, diff)
		}
		if got.OperationID != want.OperationID {
			t.Errorf("%s: operationId %q, want %q", key, got.OperationID, want.OperationID)
		}
	}
	for key := range ours {
		if _, known := theirs[key]; !known && notUpstream[key] == "" {
			t.Errorf("%s is not in Better-Auth's document, and not listed", key)
		}
	}
}

func TestTheDocumentHoldsTogether(t *testing.T) {
	t.Parallel()
	h := start(t, everything+"customFields: [{name: tier, type: enum, values: [free, pro], required: true}, {name: age, type: number}, {name: tags, type: 'string[]'}, "+
		"{name: level, type: number, default: '1', input: false}, {name: note, type: string, returned: false}]")
	d := h.document()
	if d.OpenAPI != "3.1.1" || len(d.Servers) != 1 || d.Servers[0].URL != "https://auth.example.com/api/auth" || len(d.Components.SecuritySchemes) != 2 {
		t.Errorf("%+v", d)
	}
	text := h.get(documentPath).body
	for _, reference := range regexp.MustCompile(`"#/components/schemas/(\w+)"`).FindAllStringSubmatch(text, -1) {
		if d.Components.Schemas[reference[1]] == nil {
			t.Errorf("%s is nowhere", reference[0])
		}
	}
	ids := map[string]bool{}
	for key, o := range d.operations(t) {
		if o.OperationID != "" && ids[o.OperationID] {
			t.Errorf("%s: the operationId %s is there twice", key, o.OperationID)
		}
		ids[o.OperationID] = true
		if o.Summary == "" || len(o.Tags) != 1 || o.Tags[0] == "" {
			t.Errorf("%s has no description; add one to notes", key)
		}
		for _, segment := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(key, -1) {
			if o.Parameters[0].Name != segment[1] || o.Parameters[0].In != "path" || !o.Parameters[0].Required {
				t.Errorf("%s: parameters %+v", key, o.Parameters)
			}
		}
		for status, response := range o.Responses {
			if response.Description == "" {
				t.Errorf("%s: %s has no description", key, status)
			}
		}
		others := []string{"POST /sign-in/email", "POST /sign-in/social", "GET /verify-email", "GET /delete-user/callback"}
		if _, refused := o.Responses["401"]; len(o.Security) > 0 != refused && !slices.Contains(others, key) {
			t.Errorf("%s: security %v, answers 401: %v", key, o.Security, refused)
		}
	}
	signUp := d.operations(t)["POST /sign-up/email"]
	content := signUp.RequestBody.Content["application/json"].Schema
	if want := []string{"name", "email", "password", "tier"}; !slices.Equal(content.Required, want) {
		t.Errorf("sign-up requires %q, want %q", content.Required, want)
	}
	if want := []string{"age", "callbackURL", "email", "image", "name", "note", "password", "rememberMe", "tags", "tier"}; !slices.Equal(signUp.body(), want) {
		t.Errorf("sign-up takes %q, want %q", signUp.body(), want)
	}
	if user := string(d.Components.Schemas["User"]); !strings.Contains(user, `"level"`) || strings.Contains(user, `"note"`) || !strings.Contains(user, `"enum":["free","pro"]`) {
		t.Errorf("User is %s", user)
	}
	// Without a session, and without what it needs, each endpoint answers as described.
	for key, o := range d.operations(t) {
		method, path, _ := strings.Cut(key, " ")
		if path != "/health" && !strings.HasPrefix(path, "/api/") {
			path = "/api/auth" + path
		}
		got := h.send(method, path, [][2]string{{"Host", "localhost"}, {"Content-Type", "application/json"}, {"Content-Length", "1"}}, "5")
		if _, described := o.Responses[itoa(got.status)]; !described {
			t.Errorf("%s answers %d, which is not described", key, got.status)
		}
	}
}

func itoa(n int) string { text, _ := json.Marshal(n); return string(text) }

func TestOnlyWhatIsSwitchedOnIsDescribed(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"features: {openAPI: {disableReferencePage: true}}\nemailAndPassword: {disableSignUp: true}")
	d := h.document()
	for _, key := range []string{"POST /sign-up/email", "POST /get-session", "POST /delete-user", "GET /delete-user/callback", "GET /token", "GET /jwks", "POST /change-email", "POST /request-password-reset"} {
		if _, described := d.operations(t)[key]; described {
			t.Errorf("%s is described", key)
		}
	}
	for _, key := range []string{"POST /sign-in/email", "GET /get-session"} {
		if _, described := d.operations(t)[key]; !described {
			t.Errorf("%s is not described", key)
		}
	}
	if len(d.Components.SecuritySchemes) != 1 {
		t.Error("bearer tokens are described")
	}
	if got := h.get(pagePath); got.status != 404 {
		t.Errorf("the page: %d", got.status)
	}
	off := start(t, unlimited)
	for _, path := range []string{documentPath, pagePath} {
		if got := off.get(path); got.status != 404 || got.body != "" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestTheReferencePageNeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	h := start(t, everything+`customFields: [{name: tier, type: enum, values: ["<script>alert(1)</script>", pro]}]`)
	got := h.get(pagePath)
	if got.status != 200 || got.headers.Get("Content-Type") != "text/html; charset=utf-8" || got.headers.Get("Content-Security-Policy") != openapi.Policy {
		t.Fatalf("%d %v", got.status, got.headers)
	}
	if found := regexp.MustCompile(`<script|\bsrc=|\bon\w+="|style="|url\(|@import|<link|<img|<iframe`).FindString(got.body); found != "" {
		t.Errorf("the page has %q", found)
	}
	for key, o := range h.document().operations(t) {
		method, path, _ := strings.Cut(key, " ")
		if !strings.Contains(got.body, `id="`+strings.ToLower(method)+strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)+`"`) {
			t.Errorf("the page has no %s", key)
		}
		for _, name := range o.body() {
			if !strings.Contains(got.body, "<code>"+name+"</code>") {
				t.Errorf("the page has no %s of %s", name, key)
			}
		}
	}
	for _, text := range []string{"INVALID_EMAIL_OR_PASSWORD", "needs a fresh session", "better-auth.session_token", documentPath, "&lt;script&gt;"} {
		if !strings.Contains(got.body, text) {
			t.Errorf("the page has no %s", text)
		}
	}
	anchors := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(got.body, -1) {
		if anchors[id[1]] {
			t.Errorf("the id %s is there twice", id[1])
		}
		anchors[id[1]] = true
	}
	for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(got.body, -1) {
		if !anchors[link[1]] {
			t.Errorf("a link leads to %s, which is not there", link[1])
		}
	}
}
