//! Opens the page in headless Chromium, where there is one, and looks at what its script made of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod synthetic;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dyrust_report::html;

/// Notes script errors as an attribute of the document, before any other script runs.
const WATCH: &str = r#"<script>
  window.addEventListener("error", (event) => note(event.message));
  window.addEventListener("unhandledrejection", (event) => note(event.reason));
  document.addEventListener("securitypolicyviolation", (event) => note(event.violatedDirective));
  function note(text) { document.documentElement.dataset.errors = (document.documentElement.dataset.errors ?? "") + text + ";"; }
</script>"#;

/// Notes what is wider than the window, and labels of the map that stick out of their area or lie on one another.
const MEASURE: &str = r#"<script type="module">
  const root = document.documentElement;
  root.dataset.inner = window.innerWidth;
  root.dataset.wide = root.scrollWidth;
  const boxes = [...document.querySelectorAll(".map text")].map((one) => one.getBoundingClientRect());
  const frame = document.querySelector(".map svg").getBoundingClientRect();
  const out = boxes.filter((box) => box.right > frame.right + 1 || box.left < frame.left - 1 || box.bottom > frame.bottom + 1);
  const meet = (one, other) => one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 3 && other.top < one.bottom - 3;
  let overlaps = 0;
  boxes.forEach((box, index) => boxes.slice(index + 1).forEach((other) => { if (meet(box, other)) overlaps += 1; }));
  const cut = [...document.querySelectorAll(".bar span, .tile dd, .group > .name")].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1);
  root.dataset.out = out.length + cut.length;
  root.dataset.overlaps = overlaps;
  root.dataset.labels = boxes.length;
</script>"#;

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let folders: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    let usual = folders
        .iter()
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)));
    named.into_iter().chain(usual).find(|path| path.is_file())
}

fn open(browser: &Path, page: &Path, width: u32) -> String {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--dump-dom",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--virtual-time-budget=3000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size={width},1200"))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn attribute<'page>(page: &'page str, name: &str) -> Option<&'page str> {
    let root = page.split_once("<html")?.1.split_once('>')?.0;
    Some(root.split_once(&format!("data-{name}=\""))?.1.split_once('"')?.0)
}

fn number(page: &str, name: &str) -> u32 {
    attribute(page, name)
        .unwrap_or_else(|| panic!("the page has no data-{name}"))
        .parse()
        .unwrap()
}

#[test]
fn the_page_works_at_every_width_in_chromium() {
    let report = synthetic::report(10, 250);
    let page = html::render(&report).unwrap();
    let watched =
        page.replacen("<head>", &format!("<head>{WATCH}"), 1)
            .replacen("</body>", &format!("{MEASURE}</body>"), 1);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    fs::write(folder.join("report.html"), page).unwrap();
    let file = folder.join("watched.html");
    fs::write(&file, watched).unwrap();
    let Some(browser) = chromium() else {
        eprintln!("skipped: no Chromium on PATH or in CHROMIUM, so the page was written and not opened");
        return;
    };
    for width in [400, 800, 1600] {
        let page = open(&browser, &file, width);
        assert_eq!(attribute(&page, "errors"), None, "at {width}");
        assert_eq!(attribute(&page, "ready"), Some("true"), "at {width}");
        assert!(
            number(&page, "wide") <= number(&page, "inner"),
            "the page scrolls sideways at {width}"
        );
        assert_eq!(number(&page, "overlaps"), 0, "labels of the map overlap at {width}");
        assert_eq!(number(&page, "out"), 0, "something sticks out at {width}");
        assert!(number(&page, "labels") > 10, "at {width}");
        let form = &report.forms[0];
        assert_eq!(page.matches("data-program=").count(), form.programs.len());
        assert!(page.matches("class=\"leaf\"").count() >= form.packages.len());
        // The matrix has a row a package and a column a program; the updates have a row a package.
        assert_eq!(
            page.matches("<td class=\"cell\"").count(),
            form.packages.len() * form.programs.len()
        );
        let rows = page
            .split("<section id=\"updates\"")
            .nth(1)
            .unwrap()
            .split("</section>")
            .next()
            .unwrap();
        assert_eq!(rows.matches("scope=\"row\"").count(), form.updates.len());
        for id in [
            "sizes", "curve", "map", "purposes", "matrix", "starts", "updates", "terms",
        ] {
            assert!(page.contains(&format!("<section id=\"{id}\"")), "{id}");
        }
        // Names from the data are text, never markup.
        assert!(
            page.contains("Synthetic &lt;/script&gt;&lt;b&gt;fleet"),
            "the title is text"
        );
        assert!(page.contains("a &lt;library&gt; that"));
    }
}

#[test]
fn one_program_alone_has_a_page_too() {
    let mut report = synthetic::report(1, 3);
    report.forms.truncate(1);
    report.baseline = None;
    report.title = None;
    report.warnings.clear();
    for update in &mut report.forms[0].updates {
        update.elsewhere.clear();
    }
    let page = html::render(&report)
        .unwrap()
        .replacen("<head>", &format!("<head>{WATCH}"), 1);
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("single.html");
    fs::write(&file, page).unwrap();
    let Some(browser) = chromium() else {
        eprintln!("skipped: no Chromium on PATH or in CHROMIUM, so the page was written and not opened");
        return;
    };
    let page = open(&browser, &file, 800);
    assert_eq!(attribute(&page, "errors"), None);
    assert_eq!(attribute(&page, "ready"), Some("true"));
    assert!(page.contains("One program takes"));
}
