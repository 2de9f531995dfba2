//! Rendering of pictures as SVG.

use crate::picture::{Line, LinePicture, Picture, PiePicture};
use charts_rs::{Box as Inset, Color, LineChart, PieChart, Series, Symbol, YAxisConfig};

/// Size of a line chart, which the page stretches to the available space.
const WIDTH: f32 = 1000.0;
const HEIGHT: f32 = 240.0;
/// charts-rs draws a pie at four fifths of the picture's width.
const PIE_SIZE: f32 = 250.0;
const PIE_RADIUS: f32 = 100.0;
const PIE_HOLE: f32 = 62.0;

/// Draws `picture` as an SVG element without `style` attributes, which a strict content security
/// policy would block. Returns `None` if charts-rs fails.
pub fn draw(picture: &Picture) -> Option<String> {
    match picture {
        Picture::Line(picture) => draw_lines(picture),
        Picture::Pie(picture) => draw_pie(picture),
    }
}

fn draw_lines(picture: &LinePicture) -> Option<String> {
    let series = picture.lines.iter().map(series_of).collect();
    let mut chart = LineChart::new(series, vec![String::new(); picture.points]);
    chart.width = WIDTH;
    chart.height = HEIGHT;
    chart.margin = Inset::default();
    chart.background_color = Color::transparent();
    chart.legend.show = Some(false);
    chart.x_axis.hidden = true;
    chart.x_axis.boundary_gap = Some(false);
    chart.y_axis_hidden = true;
    chart.y_axis_configs = vec![YAxisConfig {
        split_number: picture.divisions.max(1),
        min: Some(0.0),
        max: Some(single(picture.max)),
        ..YAxisConfig::default()
    }];
    chart.grid.stroke_color = picture.grid_color.as_str().into();
    chart.grid.stroke_width = 1.0;
    chart.series.colors = picture
        .lines
        .iter()
        .map(|line| line.color.as_str().into())
        .collect();
    chart.series.stroke_width = 2.0;
    chart.series.symbol = Some(Symbol::None);
    chart.series.fill_opacity = Some(0.08);
    let svg = chart.svg().ok()?;
    Some(svg.replacen("<svg ", "<svg preserveAspectRatio=\"none\" ", 1))
}

fn series_of(line: &Line) -> Series {
    let values = line.values.iter().map(|value| value.map(single)).collect();
    let mut series = Series::new_nullable(String::new(), values);
    series.fill = Some(line.is_filled);
    series.smooth = Some(false);
    series.stroke_dash_array = line.is_dashed.then(|| "4,4".into());
    series
}

fn draw_pie(picture: &PiePicture) -> Option<String> {
    let slices = picture
        .slices
        .iter()
        .map(|slice| Series::new(String::new(), vec![single(slice.value)]))
        .collect();
    let mut chart = PieChart::new(slices);
    chart.width = PIE_SIZE;
    chart.height = PIE_SIZE;
    chart.margin = Inset::default();
    chart.background_color = Color::transparent();
    chart.radius = PIE_RADIUS;
    chart.inner_radius = PIE_HOLE;
    chart.rose_type = Some(false);
    chart.border_radius = Some(0.0);
    // Wider than any slice, to hide the labels: the legend has the names.
    chart.min_show_label_angle = 361.0;
    chart.series.colors = picture
        .slices
        .iter()
        .map(|slice| slice.color.as_str().into())
        .collect();
    chart.svg().ok()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "charts-rs draws in single precision; values to be read are not taken from the picture"
)]
fn single(value: f64) -> f32 {
    value as f32
}
