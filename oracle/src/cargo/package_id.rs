//! Reads the package ids of Cargo's unit graph.

use std::path::Path;

use super::CargoError;

/// Name, version and source of a package id specification: `KIND+URL#NAME@VERSION`, or `KIND+URL#VERSION` where the name is the URL's
/// last segment.
pub(super) fn package_id(id: &str, root: &Path) -> Result<(String, String, String), CargoError> {
    let bad = || CargoError::Format(format!("unknown form of package id {id:?}"));
    let (url, fragment) = id.rsplit_once('#').ok_or_else(bad)?;
    let (name, version) = match fragment.split_once('@') {
        Some((name, version)) => (name.to_owned(), version.to_owned()),
        None => {
            let path = url.split('?').next().unwrap_or(url);
            let last = path.trim_end_matches('/').rsplit('/').next().ok_or_else(bad)?;
            (decode(last), fragment.to_owned())
        }
    };
    let source = match url.strip_prefix("path+file://") {
        Some(folder) => format!("path+{}", relative(Path::new(&decode(folder)), root)),
        None if url.starts_with("git+") => decode(url),
        None => url.to_owned(),
    };
    Ok((name, version, source))
}

/// Undoes the percent encoding of a URL.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digit = |at: usize| tail.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `folder` as seen from `root`, with `/`; `.` for the root itself.
pub(crate) fn relative(folder: &Path, root: &Path) -> String {
    let mut up = Vec::new();
    let mut base = Some(root);
    while let Some(ancestor) = base {
        if let Ok(rest) = folder.strip_prefix(ancestor) {
            up.extend(
                rest.components()
                    .map(|part| part.as_os_str().to_string_lossy().into_owned()),
            );
            break;
        }
        up.push("..".to_owned());
        base = ancestor.parent();
    }
    if up.is_empty() { ".".to_owned() } else { up.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_ids_of_all_forms() {
        let root = Path::new("/home/me/shop");
        let id = |id| package_id(id, root).unwrap();
        let owned = |name: &str, version: &str, source: &str| (name.to_owned(), version.to_owned(), source.to_owned());
        assert_eq!(
            id("registry+https://example.org/index#libc@0.2.1+x.y"),
            owned("libc", "0.2.1+x.y", "registry+https://example.org/index")
        );
        assert_eq!(id("path+file:///home/me/shop#1.0.0"), owned("shop", "1.0.0", "path+."));
        assert_eq!(
            id("path+file:///home/me/shop/a%20b#till@1.0.0"),
            owned("till", "1.0.0", "path+a b")
        );
        assert_eq!(
            id("path+file:///home/me/else#1.0.0"),
            owned("else", "1.0.0", "path+../else")
        );
        assert_eq!(
            id("git+https://example.org/r/two?branch=x%2Fy#0.1.0"),
            owned("two", "0.1.0", "git+https://example.org/r/two?branch=x/y")
        );
        assert!(package_id("nothing", root).is_err());
    }
}
