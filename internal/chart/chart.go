// Package chart draws numbers as SVG for a page. Colours and widths are the style sheet's: the
// drawing names only classes, so that it follows the colour scheme and the content security
// policy needs no exception for styles in the page. It has no text: at the width of a phone text
// in a drawing would shrink with it, so the page writes the labels around it.
package chart

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-analyze/charts/chartdraw"
)

// The size of the drawing's own coordinates. Pages stretch it to the room that they have.
const (
	width  = 600
	height = 160
)

// Steps draws how a number changed over equal steps of time, as an area below a line. It has the
// classes chart-area and chart-line. limit is the number at the upper edge; zero is at the lower.
func Steps(values []int, limit int) (svg string, err error) {
	if len(values) < 2 || limit < slices.Max(values) {
		return "", errors.New("a chart needs two values within its limit")
	}
	var x, y []float64
	for i, v := range values {
		x, y = append(x, float64(i)), append(y, float64(v))
	}
	line := chartdraw.ContinuousSeries{Style: class("chart-line"), XValues: x, YValues: y}
	area := chartdraw.ContinuousSeries{
		Style:   class("chart-area"),
		XValues: slices.Concat(x[:1], x, x[len(x)-1:]), YValues: slices.Concat([]float64{0}, y, []float64{0}),
	}
	hidden := chartdraw.Hidden()
	drawn := chartdraw.Chart{
		Width: width, Height: height, Background: class("chart-back"), Canvas: class("chart-back"),
		XAxis:          chartdraw.XAxis{Style: hidden, GridMajorStyle: hidden, GridMinorStyle: hidden, Range: &chartdraw.ContinuousRange{Min: 0, Max: float64(len(values) - 1)}},
		YAxis:          chartdraw.YAxis{Style: hidden, Zero: chartdraw.GridLine{Style: hidden}, GridMajorStyle: hidden, GridMinorStyle: hidden, Range: &chartdraw.ContinuousRange{Min: 0, Max: float64(limit)}},
		YAxisSecondary: chartdraw.YAxis{Style: hidden, Zero: chartdraw.GridLine{Style: hidden}, GridMajorStyle: hidden, GridMinorStyle: hidden},
		Series:         []chartdraw.Series{area, line},
	}
	var out bytes.Buffer
	if err := drawn.Render(chartdraw.SVG, &out); err != nil {
		return "", fmt.Errorf("draw a chart: %w", err)
	}
	// The library does not let a chart stretch, nor name itself a decoration.
	return strings.NewReplacer("<svg ", `<svg class="chart" preserveAspectRatio="none" aria-hidden="true" `, "\n", " ").Replace(out.String()), nil
}

// class is a style that only names a class: with one, the library writes no style of its own.
func class(name string) chartdraw.Style {
	return chartdraw.Style{ClassName: name, Padding: chartdraw.Box{Top: 4, Bottom: 1, IsSet: true}}
}
