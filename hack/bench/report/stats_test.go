package report_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		values []float64
		want   float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}, {[]float64{7}, 7}} {
		before := slices.Clone(test.values)
		if got := report.Median(test.values); got != test.want {
			t.Errorf("the median of %v is %v, want %v", test.values, got, test.want)
		}
		if !slices.Equal(before, test.values) {
			t.Errorf("%v became %v", before, test.values)
		}
	}
	if got := report.Median(nil); !math.IsNaN(got) {
		t.Errorf("the median of nothing is %v", got)
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	if least, greatest := report.Range([]float64{2, 3, 1}); least != 1 || greatest != 3 {
		t.Errorf("the range is %v to %v, want 1 to 3", least, greatest)
	}
	if least, _ := report.Range(nil); !math.IsNaN(least) {
		t.Errorf("the least of nothing is %v", least)
	}
}

func TestRatiosAreThoseOfTheRounds(t *testing.T) {
	t.Parallel()
	got := report.Ratios([]float64{10, 30, 5}, []float64{5, 10})
	if want := []float64{2, 3}; !slices.Equal(got, want) {
		t.Errorf("the ratios are %v, want %v", got, want)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{
		0: "0", 0.0123456: "0.0123", 0.5: "0.500", 1.234: "1.23", 12.34: "12.3", 999.6: "1,000", 20813: "20,813", 1234567.8: "1,234,568", -1234: "-1,234",
		math.NaN(): "–", math.Inf(1): "–",
	} {
		if got := report.Number(value); got != want {
			t.Errorf("%v reads %q, want %q", value, got, want)
		}
	}
}
