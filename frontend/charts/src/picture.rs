//! Pictures, and the messages between page and worker.

use serde::{Deserialize, Serialize};

/// Picture to draw. Colors are `#rrggbb`, because charts-rs doesn't support CSS variables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Picture {
    Line(LinePicture),
    Pie(PiePicture),
}

/// Lines over evenly spaced points. The plot fills the entire picture, so it can be stretched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinePicture {
    /// Lines from back to front.
    pub lines: Vec<Line>,
    /// Number of points from edge to edge.
    pub points: usize,
    /// Value at the upper edge; the lower edge is 0.
    pub max: f64,
    /// Number of parts that the horizontal grid lines divide the height into.
    pub divisions: usize,
    pub grid_color: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub color: String,
    /// One value per point; `None` interrupts the line.
    pub values: Vec<Option<f64>>,
    pub is_dashed: bool,
    /// Tints the area below the line.
    pub is_filled: bool,
}

/// Ring of slices, clockwise from the top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PiePicture {
    pub slices: Vec<Slice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    pub color: String,
    /// Size in proportion to the other slices.
    pub value: f64,
}

/// Message from the page to the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Correlation ID, repeated in the response.
    pub id: u64,
    pub picture: Picture,
}

/// Message from the worker to the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromWorker {
    /// The worker has started to listen.
    Ready,
    Drawn {
        /// Correlation ID of the order.
        id: u64,
        /// SVG element; `None` if drawing failed.
        svg: Option<String>,
    },
}
