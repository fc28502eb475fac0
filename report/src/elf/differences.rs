//! What tells two ELF files of one name apart: sections, and the symbols in them.

use std::collections::{BTreeMap, BTreeSet};

use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection, ObjectSymbol};

/// How many symbols are named of a section.
const SHOWN: usize = 8;

/// The sections that differ, each with the symbols whose bytes do, a line each; none if one of the two is no 64-bit ELF file.
#[must_use]
pub fn differences(one: &[u8], other: &[u8]) -> Option<Vec<String>> {
    let one = ElfFile64::<Endianness>::parse(one).ok()?;
    let other = ElfFile64::<Endianness>::parse(other).ok()?;
    let (first, second) = (sections(&one), sections(&other));
    let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let mut lines = Vec::new();
    for name in names {
        match (first.get(name), second.get(name)) {
            (Some((address, one_data)), Some((_, other_data))) if one_data != other_data => {
                let symbols = symbols(&one, *address, one_data, other_data);
                let sizes = match one_data.len() == other_data.len() {
                    true => String::new(),
                    false => format!(" ({} and {} bytes)", one_data.len(), other_data.len()),
                };
                lines.push(match symbols.is_empty() {
                    true => format!("{name}{sizes}"),
                    false => format!("{name}{sizes}: {}", symbols.join(", ")),
                });
            }
            (Some(_), None) | (None, Some(_)) => lines.push(format!("{name} is in one only")),
            _ => {}
        }
    }
    if lines.is_empty() {
        lines.push("outside of all sections".to_owned());
    }
    Some(lines)
}

/// The sections of a file by name: their addresses and bytes.
type SectionsByName<'d> = BTreeMap<String, (u64, &'d [u8])>;

fn sections<'d>(file: &ElfFile64<'d, Endianness>) -> SectionsByName<'d> {
    file.sections()
        .filter_map(|section| {
            Some((
                section.name().ok()?.to_owned(),
                (section.address(), section.data().ok()?),
            ))
        })
        .collect()
}

/// The symbols of a section at this address in whose bytes the two differ.
fn symbols(file: &ElfFile64<'_, Endianness>, start: u64, one: &[u8], other: &[u8]) -> Vec<String> {
    let mut names = BTreeSet::new();
    for symbol in file.symbols().chain(file.dynamic_symbols()) {
        let from = usize::try_from(symbol.address().wrapping_sub(start)).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(symbol.size()).unwrap_or(usize::MAX));
        if start == 0 || symbol.size() == 0 || to > one.len() {
            continue;
        }
        if one.get(from..to) != other.get(from..to)
            && let Ok(name) = symbol.name()
        {
            names.insert(name.to_owned());
        }
    }
    let more = names.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = names.into_iter().take(SHOWN).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_and_the_symbol_are_named() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let file = ElfFile64::<Endianness>::parse(own.as_slice()).unwrap();
        let text = file.section_by_name(".text").unwrap();
        let symbol = file
            .symbols()
            .find(|symbol| symbol.size() > 16 && symbol.section_index() == Some(text.index()))
            .unwrap();
        let (offset, _) = text.file_range().unwrap();
        let place = usize::try_from(offset + symbol.address() - text.address()).unwrap();
        let mut changed = own.clone();
        changed[place] ^= 1;
        let lines = differences(&own, &changed).unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].starts_with(".text: ") && lines[0].contains(symbol.name().unwrap()),
            "{lines:?}"
        );
        assert_eq!(differences(&own, b"text"), None);
        let mut padding = own.clone();
        padding[9] ^= 1;
        assert_eq!(differences(&own, &padding).unwrap(), ["outside of all sections"]);
    }
}
