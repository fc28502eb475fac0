//! The report as one page of HTML that loads nothing: styles, script and data are within it.

mod plot;

use crate::model::Report;
use crate::text::{self, TextOptions};

const PAGE: &str = include_str!("../../assets/page.html");
const STYLE: &str = include_str!("../../assets/page.css");
const SCRIPT: &str = concat!(
    include_str!("../../assets/script/common.js"),
    include_str!("../../assets/script/table.js"),
    include_str!("../../assets/script/head.js"),
    include_str!("../../assets/script/bars.js"),
    include_str!("../../assets/script/map.js"),
    include_str!("../../assets/script/matrix.js"),
);

/// Writes the page.
///
/// # Errors
/// None that depends on the report: serde's, if its data could not be written as JSON.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let title = report.title.clone().unwrap_or_else(|| "Closure report".to_owned());
    let text = text::render(report, TextOptions { rows: None });
    // Within a script element only `</script` and `<!--` mean something; JSON can write `<` in another way.
    let data = serde_json::to_string(report)?.replace('<', "\\u003c");
    let values = [
        ("generator", escape(&report.generator)),
        ("title", escape(&title)),
        ("style", STYLE.to_owned()),
        ("text", escape(&text)),
        ("curve", plot::section(report)),
        ("data", data),
        ("script", SCRIPT.to_owned()),
    ];
    Ok(fill(PAGE, &values))
}

/// Puts values in the place of `{{name}}`; what is in a value is not looked at again.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut page = String::with_capacity(template.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        page.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            rest = after;
            break;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            page.push_str(value);
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

/// Text as it stands in HTML, between tags or in a quoted attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_once() {
        let values = [("a", "{{b}}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(fill("<{{a}}|{{b}}|{{unknown}}>", &values), "<{{b}}|2|>");
    }

    #[test]
    fn every_place_of_the_page_has_a_value() {
        let known = ["generator", "title", "style", "text", "curve", "data", "script"];
        for place in PAGE.split("{{").skip(1) {
            let name = place.split_once("}}").map(|(name, _)| name);
            assert!(name.is_some_and(|name| known.contains(&name)), "{name:?}");
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }

    #[test]
    fn the_page_names_no_other_resource() {
        for text in [PAGE, STYLE, SCRIPT] {
            let others = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!others.contains("http://") && !others.contains("https://") && !others.contains("@import"));
        }
    }
}
