// Package report writes down what a benchmark measured: medians and ratios, Markdown tables, the machine, a bar chart.
//
// It owns the form of results, so that all benchmarks of hack/bench read alike. It measures nothing, and knows no scenario.
//
//	rounds of figures ──► Median, Range, Ratios ──► Number ──► Table.Markdown
//	                                                       ──► Chart.SVG
//	/proc             ──► ThisMachine ──► Machine.Line
package report
