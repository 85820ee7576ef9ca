package resources

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRekeyJob(t *testing.T) {
	t.Parallel()
	in := inputs
	in.Rekey = true
	objects, err := Build(withRedis(), in)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, filepath.Join("testdata", "job", "rekey.yaml"), objects.Rekey)
	hash, err := MigrationHash(withRedis(), in)
	if err != nil {
		t.Fatal(err)
	}
	in.Secrets, in.Urgent, in.Rekey = "0000000000000000", true, false
	if again, err := MigrationHash(withRedis(), in); err != nil || again != hash {
		t.Errorf("a rotation needs a migration: %s, %s, %v", hash, again, err)
	}
}

func TestParseRekeyReport(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]RekeyReport{
		`{"rekeyed":true}`: {Done: true, Remaining: map[int]map[string]int{}},
		`{"rekeyed":true,"values":9,"remaining":{"1":{"waiting mails":2},"":{"tokens":1}}}`: {
			Done: true, Remaining: map[int]map[string]int{1: {"waiting mails": 2}, unversioned: {"tokens": 1}},
		},
		"{\"rekeyed\":false,\"message\":\"no\\nroute\"}":            {Message: "no route", Remaining: map[int]map[string]int{}},
		`{"rekeyed":true,"remaining":{"1":{"a":-5,"b":0,"c\n":1}}}`: {Done: true, Remaining: map[int]map[string]int{1: {"c": 1}}},
	} {
		got, ok := ParseRekeyReport(text)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%s: %t\n%s", text, ok, diff)
		}
	}
	for _, text := range []string{"", "panic: nil", "{}", `[]`, `{"rekeyed":"true"}`, `{"reason":"Migrated"}`} {
		if _, ok := ParseRekeyReport(text); ok {
			t.Errorf("%q is taken for a report", text)
		}
	}
}
