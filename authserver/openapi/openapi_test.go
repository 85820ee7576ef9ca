package openapi_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/openapi"
)

func TestSchemasAreJSONSchema(t *testing.T) {
	for want, s := range map[string]openapi.Schema{
		`{}`:                                     openapi.Any,
		`{"type":"string"}`:                      openapi.Text,
		`{"type":"string","format":"date-time"}`: openapi.Moment,
		`{"type":["string","null"]}`:             openapi.Nullable(openapi.Text),
		`{"$ref":"#/components/schemas/User"}`:   openapi.Ref("User"),
		`{"anyOf":[{"$ref":"#/components/schemas/User"},{"type":"null"}]}`:                openapi.Nullable(openapi.Ref("User")),
		`{"type":"array","items":{"type":"number"}}`:                                      openapi.List(openapi.Number),
		`{"type":"object","properties":{}}`:                                               openapi.Object(),
		`{"type":"object","properties":{"z":{},"a":{"type":"integer"}},"required":["z"]}`: openapi.Object(openapi.Member("z", openapi.Any), openapi.Optional("a", openapi.Integer)),
		`{"type":"string","enum":["a","b"]}`:                                              openapi.Field(authserver.Field{Type: authserver.FieldEnum, Values: []string{"a", "b"}}),
		`{"type":["string","null"],"enum":["a",null]}`:                                    openapi.Nullable(openapi.Schema{Type: "string", Enum: []string{"a"}}),
		`{"type":"boolean","default":true}`:                                               {Type: "boolean", Default: true},
	} {
		got, err := json.Marshal(s)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	for kind, want := range map[authserver.FieldType]string{
		authserver.FieldString: `{"type":"string"}`, authserver.FieldNumber: `{"type":"integer"}`, authserver.FieldBoolean: `{"type":"boolean"}`,
		authserver.FieldDate: `{"type":"string","format":"date-time"}`, authserver.FieldStringArray: `{"type":"array","items":{"type":"string"}}`,
		authserver.FieldNumberArray: `{"type":"array","items":{"type":"number"}}`, authserver.FieldJSON: `{}`,
	} {
		if got, err := json.Marshal(openapi.Field(authserver.Field{Type: kind})); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", kind, got, err)
		}
	}
}

var description = openapi.Description{
	Title: "T", Version: "1", Summary: "S", Server: "https://a.example.com", Base: "/api/auth", Cookie: "c",
	Schemas: []openapi.Property{openapi.Member("User", openapi.Object(openapi.Member("id", openapi.Text)))},
	Endpoints: []openapi.Endpoint{
		{Method: "GET", Path: "/a/:id", Tag: "A & B", Summary: "<b>first</b>", Access: openapi.FreshSession,
			Parameters: []openapi.Parameter{{Name: "id", In: "path", Required: true, Schema: openapi.Text}},
			Answers: []openapi.Answer{
				{Status: 200, Type: "application/json", Schema: openapi.List(openapi.Object(openapi.Member("user", openapi.Nullable(openapi.Ref("User"))), openapi.Optional("n", openapi.Any)))},
				{Status: 404, Type: "application/json", Schema: openapi.Any, Errors: []*authserver.Error{{Code: "NOT_HERE", Message: "Not <here>"}, {Message: "No code"}, {}}},
			}},
		{Method: "POST", Path: "/health", Root: true, Tag: "C", Body: &openapi.Body{Types: []string{"application/json", "text/plain"}, Schema: openapi.Object()},
			Answers: []openapi.Answer{{Status: 302, Text: "To there."}}},
	},
}

func TestDocument(t *testing.T) {
	got, err := description.Document()
	const want = `{"openapi":"3.1.1","info":{"description":"S","title":"T","version":"1"},"servers":[{"url":"https://a.example.com/api/auth"}],` +
		`"tags":[{"name":"A \u0026 B"},{"name":"C"}],"paths":{` +
		`"/a/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{` +
		`"200":{"content":{"application/json":{"schema":{"type":"array","items":{"type":"object","properties":{"user":{"anyOf":[{"$ref":"#/components/schemas/User"},{"type":"null"}]},"n":{}},"required":["user"]}}}},"description":"Success"},` +
		`"404":{"content":{"application/json":{"examples":{"NOT_HERE":{"value":{"code":"NOT_HERE","message":"Not \u003chere\u003e"}},"No code":{"value":{"message":"No code"}}},"schema":{}}},"description":"NOT_HERE, No code, empty body"}},` +
		`"security":[{"sessionCookie":[]}],"summary":"\u003cb\u003efirst\u003c/b\u003e","tags":["A \u0026 B"]}},` +
		`"/health":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{}}},"text/plain":{"schema":{"type":"object","properties":{}}}},"required":false},` +
		`"responses":{"302":{"description":"To there."}},"security":[],"summary":"","tags":["C"]},"servers":[{"url":"https://a.example.com"}]}},` +
		`"components":{"schemas":{"User":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}},` +
		`"securitySchemes":{"sessionCookie":{"description":"The signed session cookie","in":"cookie","name":"c","type":"apiKey"}}}}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}

func TestPage(t *testing.T) {
	page, err := description.Page("/doc.json")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, want := range []string{
		`<a href="#get-a-id">`, `id="get-a-id"`, `/api/auth/a/{id}`, `A &amp; B`, `&lt;b&gt;first&lt;/b&gt;`, `needs a fresh session`, `href="/doc.json"`, `Not &lt;here&gt;`,
		"[{\n  user: User | null\n  n?: any JSON\n}, …]", `>/health<`, `empty body`, `Body, optional: application/json or text/plain`, `Answer 302: To there.`, `id="object-User"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if styles := regexp.MustCompile(`(?s)<style>.+</style>`).FindAllString(text, -1); len(styles) != 1 || strings.Contains(text, "<script") {
		t.Errorf("%d styles", len(styles))
	}
}
