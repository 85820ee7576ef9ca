package main

import (
	"strings"
	"testing"
)

func TestCounts(t *testing.T) {
	for _, test := range []struct {
		name, input, want string
		ok                bool
	}{
		{
			name: "a subtest counts and its parent does not",
			input: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"run","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`,
			want: "2 passed, 0 failed", ok: true,
		},
		{
			name: "a slash in a name is no level",
			input: `{"Action":"pass","Package":"p","Test":"TestA/http://example.com"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`,
			want: "1 passed, 0 failed", ok: true,
		},
		{
			name: "a failed subtest fails once",
			input: `{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"output","Package":"p","Test":"TestA/two","Output":"it broke\n"}
{"Action":"fail","Package":"p","Test":"TestA/two"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			want: "1 passed, 1 failed",
		},
		{
			name: "specs of Ginkgo count one by one",
			input: `{"Action":"output","Package":"p","Test":"TestSpecs","Output":"SUCCESS! -- 41 Passed | 0 Failed | 0 Pending | 0 Skipped\n"}
{"Action":"pass","Package":"p","Test":"TestSpecs"}
{"Action":"pass","Package":"p"}`,
			want: "41 passed, 0 failed", ok: true,
		},
		{
			name: "specs of Ginkgo that a focus leaves out were not asked for",
			input: `{"Action":"output","Package":"p","Test":"TestSpecs","Output":"Will run 1 of 133 specs\n"}
{"Action":"output","Package":"p","Test":"TestSpecs","Output":"SUCCESS! -- 1 Passed | 0 Failed | 0 Pending | 132 Skipped\n"}
{"Action":"pass","Package":"p","Test":"TestSpecs"}
{"Action":"pass","Package":"p"}`,
			want: "1 passed, 0 failed", ok: true,
		},
		{
			name: "specs of Ginkgo that are pending or skip themselves are skipped",
			input: `{"Action":"output","Package":"p","Test":"TestSpecs","Output":"Will run 3 of 6 specs\n"}
{"Action":"output","Package":"p","Test":"TestSpecs","Output":"SUCCESS! -- 2 Passed | 0 Failed | 1 Pending | 3 Skipped\n"}
{"Action":"pass","Package":"p","Test":"TestSpecs"}
{"Action":"pass","Package":"p"}`,
			want: "2 passed, 0 failed, 2 skipped", ok: true,
		},
		{
			name: "a failure after all specs passed is one",
			input: `{"Action":"output","Package":"p","Test":"TestSpecs","Output":"FAIL! -- 41 Passed | 0 Failed | 0 Pending | 0 Skipped\n"}
{"Action":"fail","Package":"p","Test":"TestSpecs"}
{"Action":"fail","Package":"p"}`,
			want: "41 passed, 1 failed",
		},
		{
			name: "a package that does not compile fails once",
			input: `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: syntax error\n"}
{"Action":"fail","Package":"p","FailedBuild":"p"}`,
			want: "0 passed, 1 failed",
		},
		{
			name:  "a test that never ended fails",
			input: `{"Action":"run","Package":"p","Test":"TestA"}`,
			want:  "0 passed, 1 failed",
		},
		{
			name: "a test cut off by a panic of another fails",
			input: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}`,
			want: "1 passed, 1 failed",
		},
		{name: "nothing is no success", input: "", want: "0 passed, 0 failed"},
		{
			name:  "a skipped test is named",
			input: "{\"Action\":\"skip\",\"Package\":\"p\",\"Test\":\"TestA\"}\n{\"Action\":\"pass\",\"Package\":\"p\"}",
			want:  "0 passed, 0 failed, 1 skipped",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var output strings.Builder
			ok, err := run(strings.NewReader(test.input), &output)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(output.String()), "\n")
			if last := lines[len(lines)-1]; last != test.want || ok != test.ok {
				t.Errorf("closes with %q and %v, want %q and %v; all of it:\n%s", last, ok, test.want, test.ok, output.String())
			}
		})
	}
}

func TestFailuresShowTheirOutput(t *testing.T) {
	var output strings.Builder
	_, err := run(strings.NewReader(`{"Action":"output","Package":"p","Test":"TestA","Output":"want 1, got 2\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"all is well\n"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}
`), &output)
	if err != nil {
		t.Fatal(err)
	}
	if text := output.String(); !strings.Contains(text, "want 1, got 2") || strings.Contains(text, "all is well") {
		t.Errorf("output is\n%s", text)
	}
}
