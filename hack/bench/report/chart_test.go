package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

func TestChart(t *testing.T) {
	t.Parallel()
	chart := report.Chart{Title: "A < B", Note: "a machine", Groups: []report.Group{
		{Title: "get-session", Unit: "requests/s", Bars: []report.Bar{{Label: "ours", Value: 200, Ours: true}, {Label: "theirs", Value: 50, Text: "50 & slow"}}},
		{Title: "nothing", Bars: []report.Bar{{Label: "none"}}},
	}}
	widths, texts := drawn(t, chart.SVG())
	if len(widths) != 3 || widths[0] != "422.0" || widths[1] != "105.5" || widths[2] != "0.0" {
		t.Errorf("the bars are %v wide; want the second a quarter of the first, and none", widths)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"A < B", "get-session", "requests/s", "ours", "200", "50 & slow", "a machine"} {
		if !strings.Contains(all, want) {
			t.Errorf("the chart does not say %q:\n%s", want, all)
		}
	}
}

// drawn are the widths of the bars and the texts.
func drawn(t *testing.T, svg string) (widths, texts []string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return widths, texts
		}
		if err != nil {
			t.Fatalf("the chart is no XML: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			for _, attribute := range token.Attr {
				if token.Name.Local == "rect" && attribute.Name.Local == "width" {
					widths = append(widths, attribute.Value)
				}
			}
		case xml.CharData:
			texts = append(texts, string(token))
		}
	}
}
