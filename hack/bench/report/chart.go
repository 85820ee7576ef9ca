package report

import (
	"fmt"
	"html"
	"strings"
)

// Chart is a bar chart: groups of bars, each group with a scale of its own that begins at nought.
type Chart struct {
	Title string
	// Note is a line of small print at the end, such as the machine.
	Note   string
	Groups []Group
}

// Group is what is compared, such as one scenario.
type Group struct {
	Title, Unit string
	Bars        []Bar
}

// Bar is one figure.
type Bar struct {
	Label string
	Value float64
	// Text follows the bar; "" is the value.
	Text string
	// Ours sets the bar off from the others.
	Ours bool
}

// The measures of a chart, in pixels.
const (
	chartWidth = 860
	margin     = 24
	labelWidth = 150
	textWidth  = 240
	barHeight  = 16
	barPitch   = 22
	groupHead  = 26
	groupGap   = 18
	titleSpace = 64
)

// The chart is shown on light and dark pages, and as an image it hears of the reader's scheme only by the media query.
const chartStyle = `<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-size: 17px; font-weight: 600 }
.group { font-weight: 600 }
.unit, .note { fill: #59636e; font-size: 12px; font-weight: 400 }
.label { text-anchor: end }
.ours { font-weight: 600 }
rect { fill: #afb8c1 }
rect.ours { fill: #1a7f4e }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.unit, .note { fill: #9198a1 }
rect { fill: #545d68 }
rect.ours { fill: #3fb97a }
}
</style>
`

// SVG draws the chart.
func (c Chart) SVG() string {
	var drawing strings.Builder
	y := titleSpace
	for _, group := range c.Groups {
		y = group.draw(&drawing, y) + groupGap
	}
	height := y + margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n",
		chartWidth, height, chartWidth, height, html.EscapeString(c.Title)) +
		chartStyle + textAt(margin, 36, "title", html.EscapeString(c.Title)) +
		drawing.String() + textAt(margin, height-margin/2, "note", html.EscapeString(c.Note)) + "</svg>\n"
}

// draw returns where the group ends.
func (g Group) draw(drawing *strings.Builder, y int) int {
	title := html.EscapeString(g.Title) + ` <tspan class="unit">` + html.EscapeString(g.Unit) + `</tspan>`
	drawing.WriteString(textAt(margin, y+13, "group", title))
	y += groupHead
	greatest := 0.0
	for _, bar := range g.Bars {
		greatest = max(greatest, bar.Value)
	}
	for _, bar := range g.Bars {
		bar.draw(drawing, y, greatest)
		y += barPitch
	}
	return y
}

func (b Bar) draw(drawing *strings.Builder, y int, greatest float64) {
	const left = margin + labelWidth
	const longest = chartWidth - margin - textWidth - left
	length := 0.0
	if greatest > 0 {
		length = max(b.Value/greatest*longest, 1)
	}
	class, text := "", b.Text
	if b.Ours {
		class = "ours"
	}
	if text == "" {
		text = Number(b.Value)
	}
	drawing.WriteString(textAt(left-10, y+13, strings.TrimSpace("label "+class), html.EscapeString(b.Label)))
	fmt.Fprintf(drawing, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>`+"\n", class, left, y, length, barHeight)
	drawing.WriteString(textAt(left+int(length)+8, y+13, class, html.EscapeString(text)))
}

// textAt takes content that is escaped already.
func textAt(x, y int, class, content string) string {
	return fmt.Sprintf(`<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, x, y, content)
}
