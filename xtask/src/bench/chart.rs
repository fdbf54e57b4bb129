//! The chart of decrypt: horizontal bars, microseconds for one payload.

use std::fmt::Write as _;

use serde_json::Value;

use super::decrypt::{OURS, contenders, title};

/// The works that are drawn: what servers open all day. The table has the rest.
const WORKS: [&str; 4] = ["phone", "userInfo", "chinese", "many"];

// Lengths in the units of the picture.
const WIDTH: f64 = 820.0;
const MARGIN: f64 = 24.0;
/// Where the bars begin; the names stand before it.
const BARS: f64 = 220.0;
/// The longest bar; the figures stand after it.
const LONGEST: f64 = 520.0;
const HEADER: f64 = 76.0;
const HEADING: f64 = 30.0;
const ROW: f64 = 20.0;
const BAR: f64 = 13.0;
const GAP: f64 = 16.0;

/// The picture has a ground of its own, so that it can be read on whatever page it is shown.
const STYLE: &str = "\
<style>
  text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .work { font-weight: 600 }
  .note { fill: #59636e }
  .name { text-anchor: end }
  .ground { fill: #ffffff; stroke: #d1d9e0 }
  .bar { fill: #9aa4af }
  .ours { fill: #07a04e }
  .kin { fill: #74c69d }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .note { fill: #9198a1 }
    .ground { fill: #151b23; stroke: #3d444d }
    .bar { fill: #656c76 }
    .ours { fill: #2bc46f }
    .kin { fill: #1d7a47 }
  }
</style>
";

/// From the JSON of js-tests/bench/decrypt.mjs; `None` if it is of another form.
pub(super) fn svg(report: &Value) -> Option<String> {
    let names = contenders(report)?;
    let all = report["rows"].as_array()?;
    let rows: Option<Vec<&Value>> = WORKS.iter().map(|id| all.iter().find(|row| row["id"] == *id)).collect();
    let rows = rows?;

    let mut slowest: f64 = 0.0;
    for row in &rows {
        for name in &names {
            slowest = slowest.max(row["microseconds"][name].as_f64()?);
        }
    }

    let mut body = String::new();
    let mut y = HEADER;
    for row in rows {
        line(&mut body, "work", MARGIN, y + 14.0, &title(row)?)?;
        y += HEADING - 6.0;
        for name in &names {
            let microseconds = row["microseconds"][name].as_f64()?;
            let length = microseconds / slowest * LONGEST;
            let kind = match *name {
                OURS => "bar ours",
                other if other.starts_with(OURS) => "bar kin",
                _ => "bar",
            };
            line(&mut body, "name", BARS - 8.0, y + 11.0, name)?;
            writeln!(body, r#"<rect class="{kind}" x="{BARS}" y="{y:.1}" width="{length:.1}" height="{BAR}" rx="2"/>"#)
                .ok()?;
            line(&mut body, "value", BARS + length + 6.0, y + 11.0, &format!("{microseconds:.2}"))?;
            y += ROW;
        }
        y += GAP;
    }

    let height = y + 4.0;
    let heading = "decrypt: microseconds for one payload, less is better";
    let machine = report["machine"].as_str()?;
    let note =
        format!("base64 texts in, checked object out; medians of {} rounds; {machine}", report["rounds"].as_u64()?);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">"#
    );
    writeln!(svg, "\n<title>{heading}</title>").ok()?;
    svg.push_str(STYLE);
    let (width, inner) = (WIDTH - 1.0, height - 1.0);
    writeln!(svg, r#"<rect class="ground" x="0.5" y="0.5" width="{width}" height="{inner}" rx="6"/>"#).ok()?;
    line(&mut svg, "title", MARGIN, 32.0, heading)?;
    line(&mut svg, "note", MARGIN, 54.0, &note)?;
    svg.push_str(&body);
    svg.push_str("</svg>\n");
    Some(svg)
}

/// One line of text.
fn line(svg: &mut String, class: &str, x: f64, y: f64, text: &str) -> Option<()> {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    writeln!(svg, r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#).ok()
}
