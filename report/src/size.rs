//! Sizes as people read and write them: decimal units, 1 kB = 1000 bytes.

/// `bytes` with three significant digits: `512 B`, `4.51 kB`, `23.9 MB`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn show(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = "";
    for next in ["kB", "MB", "GB", "TB"] {
        value /= 1000.0;
        unit = next;
        // 999.5 would be rounded to 1000.
        if value < 999.5 {
            break;
        }
    }
    let digits = if value < 9.995 {
        2
    } else if value < 99.95 {
        1
    } else {
        0
    };
    format!("{value:.digits$} {unit}")
}

/// Reads `25 MB`, `25MB`, `1.5 kB`, `4096` or, with binary units, `2 MiB`.
///
/// # Errors
/// A sentence that says what was expected.
pub fn parse(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let split = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit.trim() {
        "" | "B" => 1_u64,
        "kB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        other => {
            return Err(format!(
                "unknown unit `{other}`: expected B, kB, MB, GB, KiB, MiB or GiB"
            ));
        }
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let wrong = || format!("`{text}` is no size: expected a number and a unit, e.g. `25 MB`");
    let digits = |text: &str| {
        if text.is_empty() {
            Ok(0)
        } else {
            text.parse::<u64>().map_err(|_| wrong())
        }
    };
    if number.is_empty() || whole.is_empty() || part.len() > 9 {
        return Err(wrong());
    }
    let scale = 10_u64.pow(u32::try_from(part.len()).map_err(|_| wrong())?);
    let whole = digits(whole)?.checked_mul(factor).ok_or_else(wrong)?;
    let part = u128::from(digits(part)?) * u128::from(factor) / u128::from(scale);
    whole
        .checked_add(u64::try_from(part).map_err(|_| wrong())?)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_with_three_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (4512, "4.51 kB"),
            (23_940_000, "23.9 MB"),
            (106_000_000, "106 MB"),
            (999_600, "1.00 MB"),
            (9_996, "10.0 kB"),
        ];
        for (bytes, shown) in cases {
            assert_eq!(show(bytes), shown);
        }
    }

    #[test]
    fn sizes_are_read_exactly() {
        let cases = [
            ("25 MB", 25_000_000),
            ("25MB", 25_000_000),
            ("1.5 kB", 1500),
            ("4096", 4096),
            ("2 MiB", 2 << 20),
        ];
        for (text, bytes) in cases {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "MB",
            "x",
            "1,5 MB",
            "3 parsecs",
            "-1",
            ".5 MB",
            "99999999999999999999",
            "99999999999 GB",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
