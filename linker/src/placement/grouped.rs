//! Divides what several programs use into few shared objects, each of which changes only when what is in it changes.
//!
//! It starts with one object for each class: the items that exactly the same programs use. A class uses only classes of
//! as many programs or more, so there are no circles. Objects are then put together, or copied into their programs,
//! as long as that is cheaper, or a program has more files than `MOST_OBJECTS`. What a program loads without using it costs
//! what it costs on disk: it is downloaded for that program, and again whenever it changes.

use sha2::{Digest as _, Sha256};

use crate::item::{Item, ItemIndex};
use crate::placement::cost::CostModel;
use crate::placement::programs::Programs;
use crate::placement::shared::{Division, Place, Search};

/// How many files of ours a program is made of at most, itself among them, where the rules allow it.
pub const MOST_OBJECTS: usize = 8;

/// How many characters of a digest are in a name.
const NAME_DIGITS: usize = 16;

/// Divides the shareable items.
pub fn divide(items: &[Item], reach: &[Programs], shareable: &[ItemIndex], cost: &CostModel) -> Division {
    let search = Search::new(items, reach, shareable, cost);
    let mut places: Vec<Place> = (0..search.pieces.len()).map(Some).collect();
    // Each round takes the best move of all, so the result does not depend on the order of trying.
    while let Some(better) = improve(&search, cost, &places) {
        places = better;
    }
    search.division(places)
}

/// The name of a shared object of several items: what is in it, so that it stays while that stays.
pub fn name(items: &[Item], contents: &[ItemIndex]) -> String {
    let mut labels: Vec<&str> = contents.iter().map(|&item| items[item].label.as_str()).collect();
    labels.sort_unstable();
    let digest = Sha256::digest(labels.join("\n"));
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("libgroup-{}.so", &digits[..NAME_DIGITS])
}

/// How bad a placement is: first by how many files programs have too many, then by cost.
type Badness = (usize, f64);

fn better(one: Badness, other: Badness) -> bool {
    one.0 < other.0 || (one.0 == other.0 && one.1 < other.1 - 1e-6)
}

/// The best placement that is one move away and better, if there is any: two objects put together, or one copied.
fn improve(search: &Search<'_>, cost: &CostModel, places: &[Place]) -> Option<Vec<Place>> {
    let mut best = badness(search, cost, places)?;
    let mut files: Vec<usize> = places.iter().copied().flatten().collect();
    files.sort_unstable();
    files.dedup();
    let mut result = None;
    for (index, &file) in files.iter().enumerate() {
        for place in files[index + 1..].iter().copied().map(Some).chain([None]) {
            let moved: Vec<Place> = places
                .iter()
                .map(|&old| if old == Some(file) { place } else { old })
                .collect();
            if let Some(badness) = badness(search, cost, &moved).filter(|badness| better(*badness, best)) {
                best = badness;
                result = Some(moved);
            }
        }
    }
    result
}

fn badness(search: &Search<'_>, cost: &CostModel, places: &[Place]) -> Option<Badness> {
    let valued = search.value(places)?;
    let mut files: Vec<usize> = places.iter().copied().flatten().collect();
    files.sort_unstable();
    files.dedup();
    let mut objects: Vec<usize> = Vec::new();
    for program in files.iter().flat_map(|&file| valued.loading[file].iter()) {
        if objects.len() <= program {
            objects.resize(program + 1, 1);
        }
        objects[program] += 1;
    }
    let excess = objects.iter().map(|count| count.saturating_sub(MOST_OBJECTS)).sum();
    let unused = search.pieces.iter().zip(places).filter_map(|(piece, place)| {
        let loading = valued.loading.get((*place)?)?;
        Some(piece.bytes * (loading.len() - piece.programs.len()) as u64)
    });
    Some((excess, valued.cost + cost.disk(unused.sum())))
}
