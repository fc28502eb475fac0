//! Divides what several programs use into few shared objects, each of which changes only when what is in it changes.
//!
//! It starts with one object for each class: the items that exactly the same programs use. A class uses only classes of
//! as many programs or more, so there are no circles. Objects are then put together, or copied into their programs,
//! as long as that is cheaper, or a program has more files than `MOST_OBJECTS`. What a program loads without using it costs
//! what it costs on disk: it is downloaded for that program, and again whenever it changes.

use std::collections::BTreeSet;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::item::{Item, ItemIndex};
use crate::placement::cost::CostModel;
use crate::placement::programs::Programs;
use crate::placement::shared::{Division, Place, Search};

/// How many files of ours a program is made of at most, itself among them, where the rules allow it.
pub const MOST_OBJECTS: usize = 8;

/// From how many objects on several are moved in a round. One a round took ten minutes for forty programs, whose classes are hundreds.
const MANY_OBJECTS: usize = 96;

/// How many characters of a digest are in a name.
const NAME_DIGITS: usize = 16;

/// What is divided, and by which measure.
struct Grouping<'a> {
    search: Search<'a>,
    cost: &'a CostModel,
    /// How many files a program is without any shared object: itself, and its code if that is an object of its own.
    own_files: usize,
}

/// Divides the shareable items of programs that are `own_files` files each without them.
pub fn divide(
    items: &[Item],
    reach: &[Programs],
    shareable: &[ItemIndex],
    cost: &CostModel,
    own_files: usize,
) -> Division {
    let grouping = Grouping {
        search: Search::new(items, reach, shareable, cost),
        cost,
        own_files,
    };
    let mut places: Vec<Place> = (0..grouping.search.pieces.len()).map(Some).collect();
    // Each round looks at all moves, so the result does not depend on the order of trying.
    while let Some(better) = improve(&grouping, &places) {
        places = better;
    }
    grouping.search.division(places)
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

/// A better placement, if there is any: the best of those that are one move away, which is two objects put together, or one copied. Where there
/// are many objects, several moves at once, of objects that have nothing to do with each other.
fn improve(grouping: &Grouping<'_>, places: &[Place]) -> Option<Vec<Place>> {
    let now = badness(grouping, places)?;
    let mut files: Vec<usize> = places.iter().copied().flatten().collect();
    files.sort_unstable();
    files.dedup();
    let moves: Vec<(usize, Place)> = files
        .iter()
        .enumerate()
        .flat_map(|(index, &file)| {
            let others = files[index + 1..].iter().copied().map(Some);
            others.chain([None]).map(move |place| (file, place))
        })
        .collect();
    let after = |(file, place): (usize, Place)| {
        let moved = moved(places, file, place);
        let badness = badness(grouping, &moved).filter(|badness| better(*badness, now))?;
        Some((badness, file, place))
    };
    let mut found: Vec<(Badness, usize, Place)> = moves.into_par_iter().filter_map(after).collect();
    if files.len() <= MANY_OBJECTS {
        let best = found
            .into_iter()
            .reduce(|best, found| if better(found.0, best.0) { found } else { best })?;
        return Some(moved(places, best.1, best.2));
    }
    found.sort_by(|(one, ..), (other, ..)| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let mut touched = BTreeSet::new();
    let mut result = (now, places.to_vec());
    for (_, file, place) in found {
        if touched.len() >= files.len() / 4 {
            break;
        }
        if touched.contains(&Some(file)) || place.is_some() && touched.contains(&place) {
            continue;
        }
        let next = moved(&result.1, file, place);
        if let Some(badness) = badness(grouping, &next).filter(|badness| better(*badness, result.0)) {
            touched.extend([Some(file), place]);
            result = (badness, next);
        }
    }
    (result.1 != places).then_some(result.1)
}

/// All of an object moved.
fn moved(places: &[Place], file: usize, to: Place) -> Vec<Place> {
    let place = |&old: &Place| if old == Some(file) { to } else { old };
    places.iter().map(place).collect()
}

fn badness(grouping: &Grouping<'_>, places: &[Place]) -> Option<Badness> {
    let Grouping {
        search,
        cost,
        own_files,
    } = grouping;
    let valued = search.value(places)?;
    let mut files: Vec<usize> = places.iter().copied().flatten().collect();
    files.sort_unstable();
    files.dedup();
    let mut objects: Vec<usize> = Vec::new();
    for program in files.iter().flat_map(|&file| valued.loading[file].iter()) {
        if objects.len() <= program {
            objects.resize(program + 1, *own_files);
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
