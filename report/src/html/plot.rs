//! The curve as pictures: an SVG for bytes, units, a first download and an update, with a line for each form and a point for each program.
//!
//! They are made here and not by the page's script, so that they are there without JavaScript too. Colours come from the page's style.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::escape;
use crate::model::{CurvePoint, Report};
use crate::request::Form;
use crate::size::show;

/// Width and height of a plot, in the units of its own coordinates.
const SIZE: (f64, f64) = (480.0, 300.0);

/// The frame that the lines are in: left, top, right, bottom.
const FRAME: (f64, f64, f64, f64) = (58.0, 14.0, 468.0, 252.0);

/// What a plot shows of each point.
struct Quantity {
    name: &'static str,
    title: &'static str,
    /// What stands beside the vertical axis, before the unit.
    axis: &'static str,
    /// Whether it is of bytes; if not, it is a number of things.
    in_bytes: bool,
    value: fn(&CurvePoint) -> Option<u64>,
}

const QUANTITIES: [Quantity; 4] = [
    Quantity {
        name: "bytes",
        title: "Bytes of all files",
        axis: "size",
        in_bytes: true,
        value: |point| Some(point.bytes),
    },
    Quantity {
        name: "units",
        title: "Programs and shared objects",
        axis: "programs and shared objects",
        in_bytes: false,
        value: |point| point.units,
    },
    Quantity {
        name: "download",
        title: "First download, compressed",
        axis: "first download",
        in_bytes: true,
        value: |point| point.download,
    },
    Quantity {
        name: "update",
        title: "New bytes if one library changes",
        axis: "new by an update",
        in_bytes: true,
        value: |point| point.update,
    },
];

/// A line of a plot.
struct Line<'r> {
    form: Form,
    points: &'r [CurvePoint],
    /// Whether it was predicted, and not measured.
    is_planned: bool,
}

/// The page's section about the curve; nothing for one program alone, of which nothing grows.
pub(super) fn section(report: &Report) -> String {
    let measured = report.forms.iter().map(|form| Line {
        form: form.form,
        points: &form.curve,
        is_planned: false,
    });
    let planned = report.planned.iter().map(|(form, points)| Line {
        form: *form,
        points,
        is_planned: true,
    });
    let lines: Vec<Line<'_>> = measured.chain(planned).collect();
    let programs = lines.iter().map(|line| line.points.len()).max().unwrap_or(0);
    if programs < 2 {
        return String::new();
    }
    let mut html = String::from(
        "<section id=\"curve\" aria-labelledby=\"curve-title\">\n<header><h2 id=\"curve-title\">From one program to all</h2>\n<p>What the first \
         programs take together, in the order of their names, each file counted once and the C library apart: of what was built for all of \
         them, as much as they use. The shared objects of an image are there whole with the first program that loads them.</p></header>\n<div \
         class=\"card\">\n<ul class=\"legend\">",
    );
    let forms: BTreeSet<Form> = lines.iter().map(|line| line.form).collect();
    for form in forms {
        let _ = write!(
            html,
            "<li><span class=\"swatch\" style=\"background: var(--{form})\"></span>{form}</li>"
        );
    }
    if !report.planned.is_empty() {
        html.push_str("<li>dashed: planned before it was built</li>");
    }
    html.push_str("</ul>\n<div class=\"plots\">\n");
    for quantity in &QUANTITIES {
        html.push_str(&plot(quantity, &lines, programs));
    }
    html.push_str("</div>\n</div>\n</section>\n");
    html
}

/// One plot; nothing if no form has what it shows, such as downloads of what was not compressed.
fn plot(quantity: &Quantity, lines: &[Line<'_>], programs: usize) -> String {
    let values = lines
        .iter()
        .flat_map(|line| line.points.iter().filter_map(quantity.value));
    let Some(largest) = values.max() else {
        return String::new();
    };
    let (factor, unit) = match (quantity.in_bytes, largest) {
        (false, _) => (1, "number"),
        (true, ..10_000) => (1, "bytes"),
        (true, 10_000..1_000_000) => (1_000, "kB"),
        (true, 1_000_000..1_000_000_000) => (1_000_000, "MB"),
        (true, 1_000_000_000..) => (1_000_000_000, "GB"),
    };
    let step = step_of(largest, factor / 1000, 6);
    let top = largest.div_ceil(step).max(1) * step;
    let (left, above, right, below) = FRAME;
    let across = |number: usize| left + (right - left) * ratio(number as u64 - 1, programs as u64 - 1);
    let up = |value: u64| below - (below - above) * ratio(value, top);
    let (width, height) = SIZE;
    let (name, title) = (quantity.name, quantity.title);
    let mut svg = format!(
        "<figure><figcaption>{title}</figcaption>\n<svg class=\"plot\" data-quantity=\"{name}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"{title} by the number of programs, 1 to {programs}; the report's JSON has the numbers\">\n"
    );
    for value in (0..=top / step).map(|number| number * step) {
        let (y, text) = (up(value), in_unit(value, factor));
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"y\" x=\"{:.1}\" y=\"{:.1}\">{text}</text>",
            left - 6.0,
            y + 4.0
        );
    }
    for number in marks(programs) {
        let _ = writeln!(
            svg,
            "<text class=\"x\" x=\"{:.1}\" y=\"{:.1}\">{number}</text>",
            across(number),
            below + 17.0
        );
    }
    let middle = (left + right) / 2.0;
    let _ = writeln!(
        svg,
        "<text class=\"x axis\" x=\"{middle:.1}\" y=\"{:.1}\">programs (number)</text>",
        height - 8.0
    );
    let middle = (above + below) / 2.0;
    let _ = writeln!(
        svg,
        "<text class=\"x axis\" transform=\"translate(13 {middle:.1}) rotate(-90)\">{} ({unit})</text>",
        quantity.axis
    );
    for Line {
        form,
        points,
        is_planned,
    } in lines
    {
        let points: Vec<(usize, &CurvePoint, u64)> = (1..)
            .zip(*points)
            .filter_map(|(number, point)| Some((number, point, (quantity.value)(point)?)))
            .collect();
        let line: Vec<String> = points
            .iter()
            .map(|(number, _, value)| format!("{:.1},{:.1}", across(*number), up(*value)))
            .collect();
        if points.is_empty() {
            continue;
        }
        let (class, word) = if *is_planned {
            ("planned", " planned")
        } else {
            ("curve", "")
        };
        let _ = writeln!(
            svg,
            "<g class=\"{class}\" data-form=\"{form}\" style=\"--colour: var(--{form})\"><polyline points=\"{}\"/>",
            line.join(" ")
        );
        for (number, point, value) in points {
            let program = escape(&point.program);
            let shown = if quantity.in_bytes {
                show(value)
            } else {
                value.to_string()
            };
            let _ = writeln!(
                svg,
                "<circle data-program=\"{program}\" data-value=\"{value}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{}\"><title>{form}{word}, {number} with {program}: \
                 {shown}</title></circle>",
                across(number),
                up(value),
                if programs > 30 { 1.8 } else { 3.0 }
            );
        }
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg></figure>\n");
    svg
}

/// The distance of the marks of an axis: 1, 2 or 5 times a power of ten, from `smallest` on, so that there are at most `most` of them.
fn step_of(largest: u64, smallest: u64, most: u64) -> u64 {
    let mut power = smallest.max(1);
    loop {
        for step in [power, 2 * power, 5 * power] {
            if largest.div_ceil(step) <= most {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A value of the grid in its unit.
fn in_unit(value: u64, factor: u64) -> String {
    let part = value % factor * 1000 / factor;
    let text = format!("{}.{part:03}", value / factor);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The numbers of programs that stand below a plot: the first, the last, and some between that are not too close to it.
fn marks(programs: usize) -> Vec<usize> {
    let step = usize::try_from(step_of(programs as u64, 1, 8)).unwrap_or(programs);
    let between = (1..).map(|number| number * step);
    let mut marks: Vec<usize> = between
        .take_while(|number| number + step.div_ceil(2) <= programs)
        .collect();
    if marks.first() != Some(&1) {
        marks.insert(0, 1);
    }
    marks.push(programs);
    marks.dedup();
    marks
}

#[expect(clippy::cast_precision_loss, reason = "the place of a point in a picture")]
fn ratio(part: u64, of: u64) -> f64 {
    part as f64 / of.max(1) as f64
}
