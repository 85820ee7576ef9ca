package config_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

const planHash = "0123456789abcdef"

// planOf has statements that do not compress well.
func planOf(count, size int) config.MigrationPlan {
	plan := config.MigrationPlan{Hash: planHash, Count: count, Notes: []string{"the foreign key stays"}}
	state := uint32(1)
	for i := range count {
		noise := make([]byte, size)
		for j := range noise {
			state = state*1664525 + 1013904223
			noise[j] = byte(state >> 24)
		}
		plan.Statements = append(plan.Statements, config.PlannedStatement{
			Reason: fmt.Sprintf("Step %d", i+1), Lock: `ACCESS EXCLUSIVE on "public"."user"`, SQL: fmt.Sprintf("SELECT '%x' /* ü <> */", noise),
		})
	}
	return plan
}

func TestPackedPlansComeBack(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string]config.MigrationPlan{
		"empty":  {Hash: planHash},
		"small":  planOf(3, 20),
		"medium": planOf(10, 100),
	} {
		packed := config.PackPlan(plan)
		got, err := config.UnpackPlan(packed)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plan, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if again := config.PackPlan(plan); again != packed {
			t.Errorf("%s is packed differently the second time", name)
		}
	}
}

// What is left out is the end: first SQL, then statements, then notes.
func TestLargePlansAreCutToFit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		plan                   config.MigrationPlan
		statements, sql, notes int
	}{
		"SQL":        {planOf(30, 100), 30, 20, 1},
		"statements": {manySteps(60_000), 1, 0, 1},
		"notes":      {config.MigrationPlan{Hash: planHash, Count: 2, Notes: notes(20)}, 0, 0, 1},
	} {
		whole := fmt.Sprint(test.plan)
		report := config.MigrationReport{Reason: config.PlanChanged, Message: strings.Repeat("x", 400), SchemaHash: planHash, Plan: config.PackPlan(test.plan)}
		if fmt.Sprint(test.plan) != whole {
			t.Errorf("%s: packing changed the plan", name)
		}
		line, err := report.Line()
		if err != nil || len(line) > 4096 || !bytes.Contains(line, []byte(report.Message)) {
			t.Errorf("%s: the report has %d bytes: %v", name, len(line), err)
		}
		got, err := config.UnpackPlan(report.Plan)
		if err != nil {
			t.Fatal(err)
		}
		sql := 0
		for i, statement := range got.Statements {
			if statement.Reason != test.plan.Statements[i].Reason || statement.SQL != "" && statement.SQL != test.plan.Statements[i].SQL {
				t.Errorf("%s: statement %d became %+v", name, i, statement)
			}
			if statement.SQL != "" {
				sql++
			}
		}
		if got.Hash != planHash || got.Count != test.plan.Count || len(got.Statements) < test.statements || sql < test.sql || len(got.Notes) < test.notes {
			t.Errorf("%s: left are %d statements, %d with SQL, %d notes", name, len(got.Statements), sql, len(got.Notes))
		}
		if len(got.Statements) == test.plan.Count && sql == len(got.Statements) && len(got.Notes) == len(test.plan.Notes) {
			t.Errorf("%s: nothing was left out, so the test shows nothing", name)
		}
	}
}

func manySteps(size int) config.MigrationPlan {
	plan := planOf(3, size)
	for i := range plan.Statements {
		plan.Statements[i].Reason, plan.Statements[i].SQL = plan.Statements[i].SQL[:1000*(1+2*i)], plan.Statements[i].Reason
	}
	return plan
}

func notes(count int) []string {
	var all []string
	for _, statement := range planOf(count, 300).Statements {
		all = append(all, statement.SQL)
	}
	return all
}

func TestHostilePlansAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ packed, want string }{
		"nothing":         {"", "EOF"},
		"no base64":       {"}}}}", "illegal base64"},
		"no gzip":         {base64.StdEncoding.EncodeToString([]byte("plain text is not gzip")), "gzip"},
		"torn":            {config.PackPlan(planOf(3, 20))[:200], "EOF"},
		"too long":        {strings.Repeat("A", 5000), "larger than any report"},
		"bomb":            {packed(t, `{"hash":"`+strings.Repeat("0", 2_000_000)+`"}`), "larger than 262144 bytes"},
		"no JSON":         {packed(t, "SELECT 1"), "invalid character"},
		"another type":    {packed(t, `{"hash":7}`), "cannot unmarshal"},
		"no hash":         {packed(t, `{"count":1}`), "no hash"},
		"hash with words": {packed(t, `{"hash":"0123456789abcde\n"}`), "no hash"},
		"negative count":  {packed(t, `{"hash":"0123456789abcdef","count":-1}`), "does not count"},
		"endless":         {packed(t, `{"hash":"0123456789abcdef","count":99999999999}`), "does not count"},
		"miscounted":      {packed(t, `{"hash":"0123456789abcdef","count":1,"statements":[{},{}]}`), "does not count"},
	} {
		if _, err := config.UnpackPlan(test.packed); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(compressed.Bytes())
}

func FuzzUnpackPlan(f *testing.F) {
	f.Add(config.PackPlan(planOf(3, 20)))
	f.Add("H4sIAAAAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := config.UnpackPlan(text)
		if err == nil && (plan.Count < len(plan.Statements) || len(plan.Hash) != 16) {
			t.Errorf("accepted %+v", plan)
		}
	})
}

func TestReportIsOneLineThatFits(t *testing.T) {
	t.Parallel()
	for _, message := range []string{"short", strings.Repeat("\x01", 1024), strings.Repeat("<ü>", 400), strings.Repeat("\n", 4000)} {
		line, err := config.MigrationReport{Reason: config.MigrationFailed, Message: message, Plan: strings.Repeat("A", 1000)}.Line()
		var report config.MigrationReport
		if err != nil || len(line) > 4096 || bytes.Count(line, []byte("\n")) != 1 || json.Unmarshal(line, &report) != nil {
			t.Errorf("%d bytes: %v", len(line), err)
		}
		if !strings.HasPrefix(message, report.Message) || report.Message == "" {
			t.Errorf("the message became %q", report.Message)
		}
	}
}
