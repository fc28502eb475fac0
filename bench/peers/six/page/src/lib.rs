#[derive(shapes::Named)]
pub struct Page;

/// A text's page.
pub fn page(text: &str) -> String {
    format!("{} {} {}", Page::name(), table::row(text), store::key(text))
}
