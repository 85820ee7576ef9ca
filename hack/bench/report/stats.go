package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Median is the middle of the values, or the mean of the two in the middle; NaN of none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Range is the least and the greatest value; NaN of none.
func Range(values []float64) (least, greatest float64) {
	if len(values) == 0 {
		return math.NaN(), math.NaN()
	}
	return slices.Min(values), slices.Max(values)
}

// Ratios divides round by round: what made one round slow made both sides of it slow. Rounds that only one has are left out.
func Ratios(values, base []float64) []float64 {
	ratios := make([]float64, min(len(values), len(base)))
	for i := range ratios {
		ratios[i] = values[i] / base[i]
	}
	return ratios
}

// Number is a figure as people read it: with three digits that count, all of them before the point, and a comma between
// thousands.
func Number(value float64) string {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return "–"
	}
	digits := 0
	if magnitude := math.Abs(value); magnitude > 0 {
		digits = min(max(2-int(math.Floor(math.Log10(magnitude))), 0), 6)
	}
	text := strconv.FormatFloat(value, 'f', digits, 64)
	whole, fraction, found := strings.Cut(text, ".")
	whole = thousands(whole)
	if found {
		return whole + "." + fraction
	}
	return whole
}

func thousands(digits string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = "-", rest
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
