//! Divides what several programs use into shared objects.
//!
//! The pieces are the items that exactly the same programs use, in parts: those with constructors or foreign
//! libraries together with all that use them, those that call libm likewise, and the rest. The search starts with one object for all pieces that may
//! be anywhere and one for each of the others, and moves single pieces (to another object, to an object of their own, into
//! the programs themselves) as long as the cost falls.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::item::{Item, ItemIndex};
use crate::placement::check::order;
use crate::placement::cost::CostModel;
use crate::placement::programs::Programs;

/// The result: the shared objects, and what is copied into programs instead.
#[derive(Debug, Default)]
pub struct Division {
    /// Items of each shared object.
    pub files: Vec<Vec<ItemIndex>>,
    /// Items that each program gets a copy of.
    pub copied: Vec<ItemIndex>,
}

/// Items that exactly the same programs use.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) items: Vec<ItemIndex>,
    pub(super) programs: Programs,
    /// Whether only the programs that use it may load it.
    exact: bool,
    /// Whether something in it calls libm, which whoever loads it loads then.
    calls_libm: bool,
    pub(super) bytes: u64,
    relocated: u64,
    uses: Vec<usize>,
}

/// What the items of a piece have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Kind<'a> {
    programs: &'a Programs,
    exact: bool,
    calls_libm: bool,
}

/// Where a piece is: in a numbered object, or copied into the programs.
pub(super) type Place = Option<usize>;

/// A placement that breaks no rule.
pub(super) struct Valued {
    /// What it costs.
    pub cost: f64,
    /// The programs that load each object.
    pub loading: Vec<Programs>,
}

pub(super) struct Search<'a> {
    cost: &'a CostModel,
    pub(super) pieces: Vec<Piece>,
    /// Programs that use something that calls libm, wherever it is.
    with_libm: Programs,
    /// Pieces that define a symbol of one name.
    conflicts: FxHashSet<(usize, usize)>,
    /// Pieces with different builds of one crate.
    twins: FxHashSet<(usize, usize)>,
}

/// Divides the shareable items.
pub fn divide(items: &[Item], reach: &[Programs], shareable: &[ItemIndex], cost: &CostModel) -> Division {
    let search = Search::new(items, reach, shareable, cost);
    let mut places = search.start();
    // Each round takes the best move of all, so the result does not depend on the order of trying.
    while let Some(better) = search.improve(&places) {
        places = better;
    }
    search.division(places)
}

fn pieces(items: &[Item], reach: &[Programs], shareable: &[ItemIndex]) -> Vec<Piece> {
    // An item that uses such a one of the same programs belongs to it: apart, it could pull it anywhere.
    let tied = |is_such: &dyn Fn(&Item) -> bool| {
        let mut tied = vec![false; items.len()];
        for &item in shareable.iter().rev() {
            let mut uses = items[item].dependencies.iter();
            tied[item] = is_such(&items[item]) || uses.any(|&used| tied[used] && reach[used] == reach[item]);
        }
        tied
    };
    let exact = tied(&|item| item.constructors || !item.foreign.is_empty());
    let calls_libm = tied(&|item| item.calls_libm);
    let mut kinds: BTreeMap<Kind<'_>, Vec<ItemIndex>> = BTreeMap::new();
    for &item in shareable {
        let kind = Kind {
            programs: &reach[item],
            exact: exact[item],
            calls_libm: calls_libm[item],
        };
        kinds.entry(kind).or_default().push(item);
    }
    let place: FxHashMap<ItemIndex, usize> = kinds
        .values()
        .enumerate()
        .flat_map(|(piece, items)| items.iter().map(move |&item| (item, piece)))
        .collect();
    let make = |(piece, (kind, contents)): (usize, (Kind<'_>, Vec<ItemIndex>))| {
        let all = contents.iter().flat_map(|&item| &items[item].dependencies);
        let mut uses: Vec<usize> = all
            .filter_map(|used| place.get(used).copied())
            .filter(|&used| used != piece)
            .collect();
        uses.sort_unstable();
        uses.dedup();
        Piece {
            programs: kind.programs.clone(),
            exact: kind.exact,
            calls_libm: kind.calls_libm,
            bytes: contents.iter().map(|&item| items[item].bytes).sum(),
            relocated: contents.iter().map(|&item| items[item].relocated).sum(),
            uses,
            items: contents,
        }
    };
    kinds.into_iter().enumerate().map(make).collect()
}

/// Symbols of one name in two pieces: one file cannot hold both.
fn conflicts(items: &[Item], pieces: &[Piece]) -> FxHashSet<(usize, usize)> {
    let mut definers: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (piece, contents) in pieces.iter().enumerate() {
        for name in contents.items.iter().flat_map(|&item| &items[item].names) {
            let definers = definers.entry(name).or_default();
            if definers.last() != Some(&piece) {
                definers.push(piece);
            }
        }
    }
    let mut conflicts = FxHashSet::default();
    for definers in definers.into_values().filter(|definers| definers.len() > 1) {
        for (index, &first) in definers.iter().enumerate() {
            conflicts.extend(
                definers[index + 1..]
                    .iter()
                    .flat_map(|&second| [(first, second), (second, first)]),
            );
        }
    }
    conflicts
}

/// Different builds of one crate in two pieces: one process cannot hold both. No program uses both, so they are never in one piece.
fn twins(items: &[Item], pieces: &[Piece]) -> FxHashSet<(usize, usize)> {
    let numbered = pieces.iter().enumerate();
    let place: FxHashMap<ItemIndex, usize> = numbered
        .flat_map(|(piece, contents)| contents.items.iter().map(move |&item| (item, piece)))
        .collect();
    let of = |(&item, &piece): (&ItemIndex, &usize)| {
        let others = items[item].twins.iter().filter_map(|other| place.get(other));
        others.map(|&other| (piece, other)).collect::<Vec<_>>()
    };
    place.iter().flat_map(of).collect()
}

impl<'a> Search<'a> {
    /// The pieces, none of them placed yet.
    pub(super) fn new(items: &[Item], reach: &[Programs], shareable: &[ItemIndex], cost: &'a CostModel) -> Self {
        let pieces = pieces(items, reach, shareable);
        let mut with_libm = Programs::default();
        for (_, programs) in items.iter().zip(reach).filter(|(item, _)| item.calls_libm) {
            with_libm.add(programs);
        }
        Self {
            cost,
            with_libm,
            conflicts: conflicts(items, &pieces),
            twins: twins(items, &pieces),
            pieces,
        }
    }

    /// The items by the places of their pieces.
    pub(super) fn division(self, places: Vec<Place>) -> Division {
        let mut division = Division::default();
        let mut files: BTreeMap<usize, Vec<ItemIndex>> = BTreeMap::new();
        for (piece, place) in self.pieces.into_iter().zip(places) {
            match place {
                Some(file) => files.entry(file).or_default().extend(piece.items),
                None => division.copied.extend(piece.items),
            }
        }
        division.files = files.into_values().collect();
        division
    }

    /// One object for all that may be anywhere, and one for each piece that may not or whose uses may not.
    fn start(&self) -> Vec<Place> {
        let count = self.pieces.len();
        let mut apart: Vec<bool> = self.pieces.iter().map(|piece| piece.exact).collect();
        for (first, second) in &self.conflicts {
            apart[*first.max(second)] = true;
        }
        // Alone, each is loaded by nobody but its users.
        for (first, second) in &self.twins {
            apart[*first] = true;
            apart[*second] = true;
        }
        loop {
            let more: Vec<usize> = (0..count)
                .filter(|&piece| !apart[piece] && self.pieces[piece].uses.iter().any(|&used| apart[used]))
                .collect();
            if more.is_empty() {
                break;
            }
            more.into_iter().for_each(|piece| apart[piece] = true);
        }
        (0..count)
            .map(|piece| Some(if apart[piece] { piece + 1 } else { 0 }))
            .collect()
    }

    /// The cheapest of the placements that are one move away, if one is cheaper than this.
    fn improve(&self, places: &[Place]) -> Option<Vec<Place>> {
        let mut best = self.evaluate(places)?;
        let mut result = None;
        let mut files: Vec<usize> = places.iter().copied().flatten().collect();
        files.sort_unstable();
        files.dedup();
        let fresh = (0..).find(|file| !files.contains(file));
        let alone = (0..self.pieces.len()).map(|piece| vec![piece]);
        // One of several that call libm gains nothing by being elsewhere, as long as another stays.
        let calling_libm = files.iter().map(|&file| {
            let pieces = 0..self.pieces.len();
            let here = pieces.filter(|&piece| places[piece] == Some(file) && self.pieces[piece].calls_libm);
            here.collect::<Vec<_>>()
        });
        for movable in alone.chain(calling_libm.filter(|pieces| pieces.len() > 1)) {
            for place in files.iter().copied().map(Some).chain([fresh, None]) {
                if places[movable[0]] == place {
                    continue;
                }
                let mut moved = places.to_vec();
                movable.iter().for_each(|&piece| moved[piece] = place);
                if let Some(cost) = self.evaluate(&moved).filter(|cost| *cost < best - 1e-6) {
                    best = cost;
                    result = Some(moved);
                }
            }
        }
        result
    }

    /// What a placement costs; nothing if it breaks a rule.
    fn evaluate(&self, places: &[Place]) -> Option<f64> {
        self.value(places).map(|valued| valued.cost)
    }

    /// What a placement costs, and who loads what; nothing if it breaks a rule.
    pub(super) fn value(&self, places: &[Place]) -> Option<Valued> {
        let count = places.iter().copied().flatten().max().map_or(0, |last| last + 1);
        let mut uses: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut loading: Vec<Programs> = vec![Programs::default(); count];
        let mut relocated = vec![0u64; count];
        let mut cost = 0.0;
        for (index, piece) in self.pieces.iter().enumerate() {
            match places[index] {
                Some(file) => {
                    for &used in &piece.uses {
                        // What is shared cannot use what is copied.
                        let other = places[used]?;
                        if other != file {
                            uses[file].push(other);
                        }
                    }
                    loading[file].add(&piece.programs);
                    relocated[file] += piece.relocated;
                    cost += self.cost.disk(piece.bytes);
                }
                None => {
                    for other in piece.uses.iter().filter_map(|&used| places[used]) {
                        loading[other].add(&piece.programs);
                    }
                    let copies = piece.programs.len() as u64;
                    let relocation = self.cost.load(1, piece.relocated) - self.cost.load(1, 0);
                    cost += self.cost.disk(piece.bytes * copies) + copies as f64 * relocation;
                }
            }
        }
        if self
            .conflicts
            .iter()
            .any(|&(first, second)| places[first].is_some() && places[first] == places[second])
        {
            return None;
        }
        for uses in &mut uses {
            uses.sort_unstable();
            uses.dedup();
        }
        for file in order(&uses).ok()? {
            let set = loading[file].clone();
            for &used in &uses[file] {
                loading[used].add(&set);
            }
        }
        let exact = |(piece, place): (&Piece, &Place)| {
            !piece.exact || place.is_none_or(|file| piece.programs.contains_all(&loading[file]))
        };
        if !self.pieces.iter().zip(places).all(exact) {
            return None;
        }
        let meet = |&(first, second): &(usize, usize)| match (places[first], places[second]) {
            (Some(first), Some(second)) => loading[first].intersects(&loading[second]),
            _ => false,
        };
        if self.twins.iter().any(meet) {
            return None;
        }
        let loads = loading
            .iter()
            .zip(&relocated)
            .map(|(set, &relocated)| self.cost.load(set.len(), relocated));
        // libm costs a program what one object more does, unless it has it anyway.
        let mut with_libm = self.with_libm.clone();
        for (piece, place) in self.pieces.iter().zip(places).filter(|(piece, _)| piece.calls_libm) {
            with_libm.add(place.map_or(&piece.programs, |file| &loading[file]));
        }
        let libm = self.cost.load(with_libm.len() - self.with_libm.len(), 0);
        let cost = cost + loads.sum::<f64>() + libm;
        Some(Valued { cost, loading })
    }
}
