package ecma

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseWritesBackWhatJSONStringifyWould(t *testing.T) {
	for input, want := range map[string]string{
		` {"a" : [1, 2.50, -0, 1e21, 1e-7, 1E3], "b":null, "c":true} `: `{"a":[1,2.5,0,1e+21,1e-7,1000],"b":null,"c":true}`,
		`{"a":1,"b":2,"a":3}`: `{"a":3,"b":2}`,
		`{"b":0,"10":1,"a":2,"9":3,"01":4,"-1":5,"4294967295":6,"4294967294":7}`: `{"9":3,"10":1,"4294967294":7,"b":0,"a":2,"01":4,"-1":5,"4294967295":6}`,
		`{"__proto__":{"x":1}}`:           `{"__proto__":{"x":1}}`,
		`"<&>\u2028\u00e9\/\u001f\u007f"`: "\"<&>\u2028é/\\u001f\u007f\"",
		`"\"\\\b\f\n\r\t"`:                `"\"\\\b\f\n\r\t"`,
		`"\ud83d\ude00 \ud83d x \udc00"`:  "\"😀 \uFFFD x \uFFFD\"",
		"\uFEFF[]":                        `[]`,
		"\"a\xffb\"":                      "\"a\uFFFDb\"",
		`1e999`:                           `null`,
		`123456789012345678901`:           `123456789012345680000`,
		strings.Repeat("[", 100) + strings.Repeat("]", 100): strings.Repeat("[", 100) + strings.Repeat("]", 100),
	} {
		value, err := Parse([]byte(input))
		if err != nil {
			t.Errorf("Parse(%s): %v", input, err)
			continue
		}
		if got := string(Append(nil, value)); got != want {
			t.Errorf("Parse(%s) writes back %s, want %s", input, got, want)
		}
	}
}

func TestParseRefusesWhatIsNotJSON(t *testing.T) {
	for _, input := range []string{
		"", " ", "nope", "{", `{"name":`, `{"a":1,}`, `{a:1}`, `[1,]`, `[1 2]`, `01`, `1.`, `.5`, `+1`, `-`, `1e`, `"`, `"a`, "\"\n\"",
		`"\x"`, `"\u12"`, `"\u12g4"`, `"\`, `nul`, `{} {}`, `{"a"}`, `'a'`, `NaN`, "\"a\x00\"",
		strings.Repeat("[", 5000), strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300),
	} {
		if value, err := Parse([]byte(input)); err == nil {
			t.Errorf("Parse(%.40q) = %s, want an error", input, Append(nil, value))
		}
	}
}

func TestAppendNumber(t *testing.T) {
	for n, want := range map[float64]string{
		0: "0", 1.5: "1.5", -3: "-3", 1e21: "1e+21", 1.25e-7: "1.25e-7", 1e-6: "0.000001", 5e-324: "5e-324", 1e20: "100000000000000000000",
		math.MaxFloat64: "1.7976931348623157e+308", math.Inf(1): "null", math.Copysign(0, -1): "0",
	} {
		if got := string(AppendNumber(nil, n)); got != want {
			t.Errorf("AppendNumber(%v) = %s, want %s", n, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	for input, want := range map[string]string{
		"1990-01-02":                     `"1990-01-02T00:00:00.000Z"`,
		"1990-01-02T03:04:05.678Z":       `"1990-01-02T03:04:05.678Z"`,
		"1990-01-02T03:04:05.6789+02:00": `"1990-01-02T01:04:05.678Z"`,
		"1990-01-02T03:04":               `"1990-01-02T03:04:00.000Z"`,
		"1990":                           `"1990-01-01T00:00:00.000Z"`,
	} {
		date, ok := ParseDate(input)
		if got := string(AppendTime(nil, date)); !ok || got != want {
			t.Errorf("ParseDate(%s) = %s, %v, want %s", input, got, ok, want)
		}
	}
	for _, input := range []string{"garbage", "", "1990-13-01", "0"} {
		if _, ok := ParseDate(input); ok {
			t.Errorf("ParseDate(%q) accepts", input)
		}
	}
	far := time.Date(12345, 6, 7, 0, 0, 0, 0, time.UTC)
	if got := string(AppendTime(nil, far)); got != `"+012345-06-07T00:00:00.000Z"` {
		t.Errorf("AppendTime(year 12345) = %s", got)
	}
}

func TestUTF16LenCountsCodeUnits(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "😀": 2} {
		if got := UTF16Len(text); got != want {
			t.Errorf("UTF16Len(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestWithSetsAMemberOfACopy(t *testing.T) {
	before, err := Parse([]byte(`{"a":1,"b":2}`))
	if err != nil {
		t.Fatal(err)
	}
	after := before.With("a", StringValue("x")).With("c", BooleanValue(true))
	if got, want := string(Append(nil, after)), `{"a":"x","b":2,"c":true}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := string(Append(nil, before)), `{"a":1,"b":2}`; got != want {
		t.Errorf("the original became %s, want %s", got, want)
	}
	if got := StringValue("x").With("a", before); got.Kind() != String {
		t.Errorf("a string became %s", got.Kind())
	}
}

func TestMembersAndItemsKeepTheirOrder(t *testing.T) {
	value, err := Parse([]byte(`{"b":["x","y"],"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for key, member := range value.Members() {
		seen = append(seen, key+member.Kind().String())
	}
	for _, item := range value.Get("b").Items() {
		seen = append(seen, item.Text())
	}
	if got, want := strings.Join(seen, " "), "barray anumber x y"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for range value.Members() {
		break
	}
	for range value.Get("b").Members() {
		t.Error("an array has members")
	}
	if value.Items() != nil {
		t.Error("an object has elements")
	}
}
