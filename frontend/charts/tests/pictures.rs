//! What the dashboard relies on in the pictures.

use charts::{Line, LinePicture, Picture, PiePicture, Slice, draw};

fn line(values: &[Option<f64>]) -> Line {
    Line {
        color: "#0369a1".into(),
        values: values.to_vec(),
        is_dashed: false,
        is_filled: false,
    }
}

fn lines(lines: Vec<Line>) -> Picture {
    Picture::Line(LinePicture {
        points: lines
            .iter()
            .map(|line| line.values.len())
            .max()
            .unwrap_or(0),
        lines,
        max: 100.0,
        divisions: 4,
        grid_color: "#e5e7eb".into(),
    })
}

fn pie(values: &[f64]) -> Picture {
    let slice = |value: &f64| Slice {
        color: "#dc2626".into(),
        value: *value,
    };
    Picture::Pie(PiePicture {
        slices: values.iter().map(slice).collect(),
    })
}

/// The numbers of the only path's `d`.
fn path(svg: &str) -> Vec<f64> {
    let (_, rest) = svg.split_once(" d=\"").expect("a path");
    let (d, _) = rest.split_once('"').expect("its end");
    d.split([' ', ',', 'M', 'L'])
        .filter_map(|number| number.parse().ok())
        .collect()
}

#[test]
fn points_are_where_the_dashboard_puts_its_cursor() {
    let svg = draw(&lines(vec![line(&[Some(0.0), Some(100.0), Some(25.0)])])).expect("a picture");
    assert_eq!(path(&svg), [0.0, 240.0, 500.0, 0.0, 1000.0, 180.0]);
    assert!(svg.contains("viewBox=\"0 0 1000 240\""), "{svg}");
    assert!(svg.contains("preserveAspectRatio=\"none\""), "{svg}");
    assert!(svg.contains("stroke=\"#0369A1\""), "{svg}");
}

#[test]
fn gaps_interrupt_a_line() {
    let whole = draw(&lines(vec![line(&[Some(1.0); 5])])).expect("a picture");
    let gap = [Some(1.0), Some(2.0), None, Some(3.0), Some(4.0)];
    let broken = draw(&lines(vec![line(&gap)])).expect("a picture");
    assert_eq!(whole.matches("<path").count(), 1);
    assert_eq!(broken.matches("<path").count(), 2);
}

#[test]
fn nothing_in_a_picture_is_blocked_or_not_a_number() {
    let all = [
        lines(vec![]),
        lines(vec![line(&[])]),
        lines(vec![line(&[Some(7.0)])]),
        lines(vec![line(&[None, None])]),
        lines(vec![line(&[Some(0.0); 24]), line(&[Some(3.0); 24])]),
        pie(&[]),
        pie(&[0.0]),
        pie(&[1.0]),
        pie(&[45.0, 30.0, 15.0, 10.0]),
    ];
    for picture in all {
        let svg = draw(&picture).expect("a picture");
        for wrong in ["<style", "style=", "<text", "NaN", "inf"] {
            assert!(!svg.contains(wrong), "{wrong} in {svg}");
        }
    }
}

#[test]
fn a_slice_is_drawn_for_each_share() {
    let svg = draw(&pie(&[45.0, 30.0, 15.0, 10.0])).expect("a picture");
    assert_eq!(svg.matches("<path").count(), 4);
    assert_eq!(
        draw(&pie(&[1.0]))
            .expect("a picture")
            .matches("<path")
            .count(),
        1,
        "a full ring"
    );
}
