//! Items that must be inside each program that uses them.

use crate::item::{Item, ItemIndex};
use crate::placement::programs::Programs;

/// For each item, why it has to be in each program, if it has to.
pub fn private(items: &[Item], reach: &[Programs]) -> Vec<Option<String>> {
    let mut private: Vec<Option<String>> = vec![None; items.len()];
    let meet = |one: ItemIndex, other: ItemIndex| reach[one].iter().any(|program| reach[other].contains(program));
    for (index, item) in items.iter().enumerate() {
        private[index] = item.inside.as_ref().map(|inside| inside.reason.clone());
        if item.allocator {
            private[index] = Some("it replaces the allocator".to_owned());
        }
        if let Some(slice) = item.slices.first() {
            private[index] = Some(format!(
                "it takes part in the slice `{slice}`, whose bounds are per file"
            ));
        }
        for &other in item.backward.iter().filter(|&&other| meet(index, other)) {
            private[index] = Some(format!("it refers to {} without depending on it", items[other].name));
            private[other] = Some(format!("{} refers to it without depending on it", item.name));
        }
    }
    // Whoever uses such an item has to be where it is. Consumers come before what they use, so one walk from the
    // back sees each item after all that it uses.
    for index in (0..items.len()).rev() {
        if private[index].is_none() {
            let culprit = items[index]
                .dependencies
                .iter()
                .find(|&&dependency| private[dependency].is_some());
            private[index] =
                culprit.map(|&culprit| format!("it uses {}, which has to be there too", items[culprit].name));
        }
    }
    private
}
