package conformance

import "strings"

// ownToken stands for the token of the request's session.
const ownToken = "<own token>"

// The values that generated requests try, as JSON text. "" leaves the member out.
var (
	anyType = []string{"", "null", "5", "true", "[]", "{}", `""`, `["a"]`, `{"a":1}`}

	names = append([]string{
		`"<b>Ann</b>"`, `"\u65e5\u672c \ud83d\ude00"`, `"NUL\u0000"`, `"lone \ud800"`, `"tab\tnew\nline"`, `"` + strings.Repeat("n", 1000) + `"`,
	}, anyType...)

	emails = append([]string{
		`"alice@example.com"`, `"ALICE@Example.COM"`, `"bob@example.com"`, `"a"`, `"a@b"`, `"a@b.c"`, `"a@b.co"`, `"a.b@c.de"`, `".a@b.de"`, `"a.@b.de"`, `"a..b@c.de"`,
		`"a'@b.de"`, `"'a@b.de"`, `"a'b@c.de"`, `"a+b@c.de"`, `"a%b@c.de"`, `"a&b@c.de"`, `"\u00fc@c.de"`, `"a@\u00fc.de"`, `"a@-b.de"`,
		`"a@b-.de"`, `"a@b_c.de"`, `"a@[1.2.3.4]"`, `"a@1.2.3.4"`, `"a b@c.de"`, `" a@c.de"`, `"a@c.de "`, `"a@c.de\n"`, `"a@c.d1"`, `"a@c..de"`,
		`"A_B'c-d@X-y.CO"`, `"a@c.de\u0000"`, `"a\u0000@c.de"`, `"` + strings.Repeat("l", 400) + `@c.de"`, `"a@` + strings.Repeat("d", 300) + `.de"`, `"\u212a@c.de"`,
	}, anyType...)

	passwords = append([]string{
		`"Password123!"`, `"Password123"`, `"password123!"`, `"1234567"`, `"12345678"`, `"\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00"`,
		`"\ud83d\ude00\ud83d\ude00\ud83d\ude00"`, `"` + strings.Repeat("p", 128) + `"`, `"` + strings.Repeat("p", 129) + `"`,
		`"\uff30assword123!"`, `"NUL\u0000 inside"`, `"lone \ud800 surrogate"`, `"        "`, `"` + strings.Repeat("\u00fc", 128) + `"`,
	}, anyType...)

	sessionTokens = []string{`"` + ownToken + `"`, `"unknown"`, `"a\u0000b"`}

	booleans = append([]string{"false", `"false"`, `"true"`, "0", "1"}, anyType...)

	images = append([]string{`"https://example.com/a.png"`, `"not a URL"`, `"\u0000"`}, anyType...)

	callbacks = append([]string{
		`"/"`, `"/dashboard?a=b#c"`, `"//evil.example.net"`, `"/\\evil.example.net"`, `"/a%2fb"`, `"/a%5Cb"`, `"/a?b=%2f"`, `"/\u0009/x"`, `"/\u007f"`, `"/../x"`, `"dashboard"`,
		`"http://auth.example.com"`, `"http://auth.example.com/x"`, `"HTTP://AUTH.example.com/x"`, `"http://auth.example.com:80/x"`, `"http://auth.example.com:81/x"`,
		`"https://auth.example.com/"`, `"https://app.example.com/x"`, `"https://app.example.com@evil.example.net/"`, `"https://evil.example.net/https://app.example.com"`,
		`"https://a.wild.example.com/x"`, `"https://a.b.wild.example.com"`, `"https://wild.example.com"`, `"https://evil.example.net/.wild.example.com"`,
		`"javascript:alert(1)"`, `"data:text/html,x"`, `"myapp://callback"`, `"myapp://other/x"`, `"mailto:a@b.de"`, `"http://"`, `" /x"`, `"https://app.example.com\\x"`,
	}, anyType...)

	custom = map[string][]string{
		"role":         append([]string{`"admin"`, `"\u0000"`, "1.50", "1e3", "1e21", "-0", `"\ud83d\ude00"`}, anyType...),
		"tier":         append([]string{`"silver"`, `" "`}, anyType...),
		"age":          append([]string{"31", `"31"`, "1.5", `"1.5"`, "-1", "2147483647", "2147483648", "1e3", "31.0", `"0x1f"`, `" 7 "`, `"7a"`, "1e400", "-0", `"+5"`, `"NaN"`, `"1e2"`}, anyType...),
		"flag":         append([]string{"false", `"true"`, `"maybe"`, `"t"`, `"yes"`, `"on"`, `"o"`, `"1"`, "1", "0", "2", `" true "`, `"TRUE"`}, anyType...),
		"tags":         append([]string{`["a","b"]`, "[1,2]", `[null]`, `[["a"]]`, `"x"`, `"[\"a\"]"`, `["NUL\u0000"]`, `["lone \ud800"]`, `[1.0,1e2]`, `{"b":1,"a":2}`, `"{"`}, anyType...),
		"birthday":     append([]string{`"2001-02-03"`, `"2001-02-03T04:05:06.789Z"`, `"2001-02-03T04:05:06+02:00"`, `"2001-02-03T04:05:06.7891234Z"`, `"2001-02-03T04:05"`, `"2001-02-30"`, `"2001-13-01"`, `"garbage"`, `"Feb 3 2001"`, `"2001"`, `"0000-01-01"`, `"-000001-01-01T00:00:00Z"`, `"+020000-01-01T00:00:00Z"`, `"9999-12-31T23:59:59.999Z"`, "0", "1e15", "1700000000000"}, anyType...),
		"level":        append([]string{"7", `"x"`, "0", "false"}, anyType...),
		"internalNote": append([]string{`"note"`, "0", "false"}, anyType...),
		"secretNote":   append([]string{`"secret"`, `"\u0000"`}, anyType...),
		"unknown":      anyType,
		"id":           {`"mine"`, "5"}, "emailVerified": {"true", `"x"`}, "createdAt": {`"2001-02-03"`, "5"}, "__proto__": {`{"role":"admin"}`, "5"}, "constructor": {`"x"`},
	}

	// rawBodies replace the whole body.
	rawBodies = []string{
		"", " ", "{", "}", "{}", "[]", "null", "true", "5", `"text"`, "undefined", "{]", `{"a":}`, `{"email"}`, `{"email":"a@b.de",}`, `{'email':'a@b.de'}`, "\ufeff{}", "\x00", "{}{}", "{} x",
		`{"email":"alice@example.com","email":"bob@example.com","password":"Password123!","name":"N","tier":"t"}`, `{"email":"\x"}`, `{"email":"\u12"}`, "{\"email\":\"\n\"}",
		`{"__proto__":{"email":"a@b.de"}}`, `{"a":1e999}`, `{"a":01}`, `{"a":+1}`, `{"a":.5}`, `{"a":NaN}`, "\xff\xfe", "{\"email\":\"\xff@c.de\"}", strings.Repeat("[", 500), strings.Repeat("[", 500) + strings.Repeat("]", 500),
		"email=alice%40example.com&password=Password123%21&name=N&tier=t", "email=alice@example.com&email=bob@example.com&password=x", "a", "&&=",
	}

	contentTypes = []string{
		"", "application/json; charset=utf-8", "APPLICATION/JSON", "application/json;", " application/json", "application/json, text/plain", "text/plain", "text/plain;charset=UTF-8", "application/vnd.api+json",
		"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8", "multipart/form-data; boundary=x", "json", "*/*", "application/octet-stream",
	}

	origins = []string{
		"", "http://auth.example.com", "http://auth.example.com/", "HTTP://auth.example.com", "http://auth.example.com:80", "http://auth.example.com:8080", "https://auth.example.com",
		"https://app.example.com", "https://app.example.com:443", "https://a.wild.example.com", "https://a.b.wild.example.com", "https://wild.example.com", "http://a.wild.example.com",
		"https://evil.example.net", "null", " ", "auth.example.com", "file://", "myapp://callback", "https://app.example.com.evil.example.net", "https://app.example.com https://evil.example.net",
	}

	targets = []string{
		"/%s/", "//%s", "/%s//", "/%s%%20", "/%s%%2f", "/%s;a=b", "/%s.json", "/X%s", "/x/%s", "/%s/x",
	}

	queries = []string{
		"callbackURL=/x", "callbackURL=https://evil.example.net", "callbackURL=https%3A%2F%2Fapp.example.com%2Fx", "callbackURL=", "callbackURL=/a&callbackURL=/b",
		"disableCookieCache=true", "disableCookieCache=false", "disableCookieCache=", "disableRefresh=true", "disableRefresh=false", "disableRefresh=", "disableRefresh=a&disableRefresh=b",
		"disableRefresh", "unknown=1", "%zz", "a=%", "disableRefresh=%00", "&", "disableCookieCache=0&disableRefresh=1", "redirectTo=https://evil.example.net", "disableRefresh=a%26b;c",
	}
)
