//! Counts what the loader has to write before the program's first instruction.

use object::Endianness;
use object::elf;
use object::read::ReadRef;
use object::read::elf::{FileHeader, Rel, Rela, Relr};
use serde::{Deserialize, Serialize};

use super::ElfError;
use super::dynamic::DynamicSection;

/// Load-time relocations of one file, by what they cost: a relative one is an addition, a symbolic one a look-up of a
/// name in every object that is loaded before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Relocations {
    /// `R_*_RELATIVE`, each with an entry of its own.
    pub relative: u64,
    /// Relative ones that are packed in `.relr.dyn`, counted one by one as the loader applies them.
    pub packed: u64,
    /// Those that name a symbol.
    pub symbolic: u64,
    /// The rest: indirect functions, thread-local offsets of the file itself.
    pub other: u64,
}

impl Relocations {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.relative + self.packed + self.symbolic + self.other
    }

    /// Adds another file's.
    pub fn add(&mut self, other: &Self) {
        self.relative += other.relative;
        self.packed += other.packed;
        self.symbolic += other.symbolic;
        self.other += other.other;
    }

    fn note(&mut self, symbol: u32, relative: bool) {
        if relative {
            self.relative += 1;
        } else if symbol != 0 {
            self.symbolic += 1;
        } else {
            self.other += 1;
        }
    }
}

/// The machine's `R_*_RELATIVE`; `None` for machines that reports do not know, whose relative relocations are `other`.
fn relative_type(machine: u16) -> Option<u32> {
    Some(match machine {
        elf::EM_X86_64 => elf::R_X86_64_RELATIVE,
        elf::EM_AARCH64 => elf::R_AARCH64_RELATIVE,
        elf::EM_RISCV => elf::R_RISCV_RELATIVE,
        elf::EM_386 => elf::R_386_RELATIVE,
        elf::EM_ARM => elf::R_ARM_RELATIVE,
        elf::EM_PPC64 => elf::R_PPC64_RELATIVE,
        elf::EM_S390 => elf::R_390_RELATIVE,
        elf::EM_LOONGARCH => elf::R_LARCH_RELATIVE,
        _ => return None,
    })
}

pub(super) fn count<Elf: FileHeader<Endian = Endianness>>(
    machine: u16,
    endian: Endianness,
    dynamic: &DynamicSection,
    data: &[u8],
) -> Result<Relocations, ElfError> {
    let relative = relative_type(machine);
    let mut counts = Relocations::default();
    for table in &dynamic.rela {
        for entry in slice::<Elf::Rela>(data, *table)? {
            let kind = entry.r_type(endian, false);
            counts.note(entry.r_sym(endian, false), Some(kind) == relative);
        }
    }
    for table in &dynamic.rel {
        for entry in slice::<Elf::Rel>(data, *table)? {
            counts.note(entry.r_sym(endian), Some(entry.r_type(endian)) == relative);
        }
    }
    if let Some(table) = dynamic.relr {
        counts.packed = slice::<Elf::Relr>(data, table)?
            .iter()
            .map(|word| packed_in(word.get(endian).into()))
            .sum();
    }
    Ok(counts)
}

/// How many relocations a word of `.relr.dyn` stands for: an even word is one address, an odd one a bitmap of the
/// machine words behind the last address.
fn packed_in(word: u64) -> u64 {
    if word & 1 == 0 {
        1
    } else {
        u64::from((word >> 1).count_ones())
    }
}

fn slice<T: object::Pod>(data: &[u8], (offset, size): (u64, u64)) -> Result<&[T], ElfError> {
    let count = usize::try_from(size).unwrap_or(usize::MAX) / size_of::<T>().max(1);
    data.read_slice_at(offset, count)
        .map_err(|()| ElfError::Table("table of relocations"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_words_count_what_they_stand_for() {
        assert_eq!(packed_in(0x1000), 1);
        assert_eq!(packed_in(0b1011), 2);
        assert_eq!(packed_in(u64::MAX), 63);
        assert_eq!(packed_in(1), 0);
    }

    #[test]
    fn a_relative_relocation_is_one_by_its_type_and_a_symbolic_one_by_its_symbol() {
        let mut counts = Relocations::default();
        counts.note(0, true);
        counts.note(7, false);
        counts.note(0, false);
        assert_eq!(
            counts,
            Relocations {
                relative: 1,
                packed: 0,
                symbolic: 1,
                other: 1
            }
        );
        assert_eq!(counts.total(), 3);
    }
}
