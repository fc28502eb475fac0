//! Text of others, as a terminal may be shown it.

use std::borrow::Cow;

/// Text from locks, manifests, archives and graphs as a terminal may be shown it: what would steer the terminal, or turn the reading
/// direction, stands there as `\u{1b}`, and the password or the token of an address as `***`.
pub fn visible(text: &str) -> Cow<'_, str> {
    let text = without_passwords(text);
    if !text.contains(is_harmful) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_harmful(letter) {
            escaped.extend(letter.escape_unicode());
        } else {
            escaped.push(letter);
        }
    }
    Cow::Owned(escaped)
}

/// A name of others as a part of one line: what would begin another one, or leave the column, stands there escaped.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\t']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('\n', "\\u{a}").replace('\t', "\\u{9}"))
}

/// A message whose further lines, which may be of others, are not taken for messages of their own.
pub fn indented(text: &str) -> Cow<'_, str> {
    match text.trim_end().contains('\n') {
        true => Cow::Owned(text.trim_end().replace('\n', "\n    ")),
        false => Cow::Borrowed(text),
    }
}

/// JSON as a terminal may be shown it: the same letters by JSON's own escapes, and no password either.
pub fn visible_json(text: &str) -> Cow<'_, str> {
    let text = without_passwords(text);
    if !text.contains(is_harmful) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        // Such letters stand in strings alone; JSON itself asks only that those below 32 be escaped.
        if is_harmful(letter) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            escaped.push(letter);
        }
    }
    Cow::Owned(escaped)
}

/// The text with `***` in the place of each password of an address, as in `https://user:***@host/`, and of a user of a web server that has
/// none, which is where tokens stand: what is printed ends up in logs.
fn without_passwords(text: &str) -> Cow<'_, str> {
    const SCHEME_END: &str = "://";
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(SCHEME_END) {
        let (before, authority) = rest.split_at(start + SCHEME_END.len());
        shown.push_str(before);
        rest = authority;
        // A password may have most other letters as they are.
        let end = |letter: char| matches!(letter, '/' | '`' | '"' | '<' | '>') || letter.is_whitespace();
        let authority = &rest[..rest.find(end).unwrap_or(rest.len())];
        let Some((who, host)) = authority.rsplit_once('@') else {
            continue;
        };
        match who.split_once(':') {
            Some((user, _)) => {
                shown.push_str(user);
                shown.push_str(":***");
            }
            None if before.ends_with("http://") || before.ends_with("https://") => shown.push_str("***"),
            None => continue,
        }
        rest = &rest[authority.len() - host.len() - 1..];
    }
    if shown.is_empty() {
        return Cow::Borrowed(text);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// What would steer a terminal, turn the reading direction, or look like the end of a line.
fn is_harmful(letter: char) -> bool {
    letter.is_control() && letter != '\n' && letter != '\t'
        // Unicode's property `Bidi_Control`, and the two that end a line as `\n` does.
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{visible, visible_json};

    /// A package's name with an escape once set the terminal's title.
    #[test]
    fn what_steers_a_terminal_is_shown() {
        assert_eq!(
            visible("a\u{1b}]0;x\u{7}\u{9b}1m\u{202e}b\tc\nd"),
            "a\\u{1b}]0;x\\u{7}\\u{9b}1m\\u{202e}b\tc\nd"
        );
        assert_eq!(visible("naïve · Ωμέγα"), "naïve · Ωμέγα");
    }

    /// Marks without a width turned what stands beside them, and were printed as they are.
    #[test]
    fn marks_and_ends_of_lines_are_shown() {
        assert_eq!(
            visible("a\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{200d}b"),
            "a\\u{61c}\\u{200e}\\u{200f}\\u{2028}\\u{2029}\u{200d}b"
        );
    }

    /// `https://user:secret@host/` of a repository was in messages, and so in the logs of CI.
    #[test]
    fn passwords_of_addresses_are_not_shown() {
        for (text, shown) in [
            (
                "`git+https://user:secret@host/a.git`: no",
                "`git+https://user:***@host/a.git`: no",
            ),
            ("https://u:p:q@w@host", "https://u:***@host"),
            (
                "ssh://git@host/a git://user@host:80/b, http://:p@host?c",
                "ssh://git@host/a git://user@host:80/b, http://:***@host?c",
            ),
            // Git servers take a token as the user.
            (
                "git+https://token@host:80/b http://t@h",
                "git+https://***@host:80/b http://***@h",
            ),
            ("file:///a:b@c x://é:ü@ö", "file:///a:b@c x://é:***@ö"),
            (
                "https://host:80/a@b no address: a:b@c ://",
                "https://host:80/a@b no address: a:b@c ://",
            ),
        ] {
            assert_eq!(visible(text), shown);
            assert_eq!(visible_json(text), shown);
        }
    }

    #[test]
    fn json_stays_json() {
        let text = "{\n  \"name\": \"a\u{9b}\u{202e}b\"\n}";
        assert_eq!(visible_json(text), "{\n  \"name\": \"a\\u009b\\u202eb\"\n}");
    }
}
