package operator

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// families are the metrics of an operator by name.
type families map[string]*dto.MetricFamily

func (o *operator) metrics(ctx context.Context) (families, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+o.address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := o.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the metrics answer %s", response.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	return parser.TextToMetricFamilies(response.Body)
}

// sum of all series of a gauge or a counter.
func (f families) sum(name string) (sum float64) {
	for _, metric := range f[name].GetMetric() {
		sum += metric.GetGauge().GetValue() + metric.GetCounter().GetValue()
	}
	return sum
}

// quantile of a histogram, as Prometheus estimates it: linear within a bucket.
func (f families) quantile(name string, q float64) float64 {
	series := f[name].GetMetric()
	if len(series) != 1 {
		return math.NaN()
	}
	histogram := series[0].GetHistogram()
	rank := q * float64(histogram.GetSampleCount())
	lower, below := 0.0, 0.0
	for _, bucket := range histogram.GetBucket() {
		count := float64(bucket.GetCumulativeCount())
		upper := bucket.GetUpperBound()
		if count >= rank && !math.IsInf(upper, 1) {
			return lower + (upper-lower)*(rank-below)/max(count-below, 1)
		}
		lower, below = upper, count
	}
	return lower
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	parsed, err := parser.TextToMetricFamilies(strings.NewReader(`# TYPE wait histogram
wait_bucket{le="1"} 50
wait_bucket{le="2"} 100
wait_bucket{le="+Inf"} 100
wait_sum 120
wait_count 100
`))
	must(t, err)
	for q, want := range map[float64]float64{0.5: 1, 0.75: 1.5, 0.99: 1.98} {
		if got := families(parsed).quantile("wait", q); math.Abs(got-want) > 1e-9 {
			t.Errorf("quantile %g is %g, want %g", q, got, want)
		}
	}
}
