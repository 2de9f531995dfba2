//! What is to be drawn, and how page and worker tell each other.

use serde::{Deserialize, Serialize};

/// Something to draw. Colours are `#rrggbb`, because charts-rs knows no CSS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Picture {
    /// Values over time.
    Line(LinePicture),
    /// Parts of a whole.
    Pie(PiePicture),
}

/// Lines from the left edge to the right, at the same distances: the picture is all plot,
/// and whoever shows it may stretch it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinePicture {
    /// The lines, the hindmost first.
    pub lines: Vec<Line>,
    /// How many points there are from edge to edge.
    pub points: usize,
    /// The value at the upper edge; the lower one is 0.
    pub max: f64,
    /// Into how many parts lines across divide the height.
    pub divisions: usize,
    /// The colour of those.
    pub grid_color: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its colour.
    pub color: String,
    /// A value for each point; `None` interrupts the line.
    pub values: Vec<Option<f64>>,
    /// Whether it is dashed.
    pub is_dashed: bool,
    /// Whether the area below is tinted.
    pub is_filled: bool,
}

/// A ring of slices, clockwise from the top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PiePicture {
    /// The slices.
    pub slices: Vec<Slice>,
}

/// One slice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// Its colour.
    pub color: String,
    /// Its size, in proportion to the others.
    pub value: f64,
}

/// What the page tells the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The number that the answer carries.
    pub id: u64,
    /// What to draw.
    pub picture: Picture,
}

/// What the worker tells the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromWorker {
    /// It listens from now on.
    Ready,
    /// An order is done.
    Drawn {
        /// The order.
        id: u64,
        /// The SVG element; `None` if it could not be drawn.
        svg: Option<String>,
    },
}
