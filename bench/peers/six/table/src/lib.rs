#[derive(serde::Serialize)]
pub struct Row {
    pub words: usize,
}

/// A text's row, as JSON.
pub fn row(text: &str) -> String {
    let row = Row {
        words: words::count(text),
    };
    serde_json::to_string(&row).unwrap_or_default()
}
