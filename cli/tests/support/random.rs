//! Random fleets: libraries in several versions, and programs with locks that fit them.

use std::collections::BTreeMap;

use serde_json::json;

use super::World;

const VERSIONS: [&str; 4] = ["1.0.0", "1.1.0", "1.2.0", "2.0.0"];
const REQUIREMENTS: [&str; 8] = ["^1", "^1", "^1.1", "=1.1.0", ">=1, <3", "~1.0", "^2", "*"];
const LIBRARIES: usize = 5;

/// Numbers from a seed, the same on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `count`.
    pub fn roll(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % count
    }
}

/// Does one of the requirements accept one of the versions?
fn accepts(requirement: &str, version: &str) -> bool {
    match requirement {
        "^1" => version.starts_with("1."),
        "^1.1" => matches!(version, "1.1.0" | "1.2.0"),
        "=1.1.0" => version == "1.1.0",
        "~1.0" => version == "1.0.0",
        "^2" => version == "2.0.0",
        _ => true,
    }
}

type Needs = Vec<(usize, &'static str)>;

fn needs(dice: &mut Dice, from: usize) -> Needs {
    let mut needs = Vec::new();
    for library in from..LIBRARIES {
        if dice.roll(2) == 0 {
            needs.push((library, REQUIREMENTS[dice.roll(REQUIREMENTS.len())]));
        }
    }
    needs
}

fn tables(needs: &Needs) -> (String, serde_json::Value) {
    let mut text = "[dependencies]\n".to_owned();
    let mut index = Vec::new();
    for (library, requirement) in needs {
        text.push_str(&format!("lib{library} = \"{requirement}\"\n"));
        index.push(json!({
            "name": format!("lib{library}"), "req": requirement, "features": [], "optional": false,
            "default_features": true, "target": null, "kind": "normal",
        }));
    }
    (text, json!(index))
}

/// A world with up to four programs, and their names; those for which the dice made no lock are left out.
pub fn world(seed: u64) -> (World, Vec<String>) {
    let mut dice = Dice::new(seed);
    let mut world = World::new();
    let mut known: BTreeMap<(usize, &str), Needs> = BTreeMap::new();
    for library in 0..LIBRARIES {
        for version in VERSIONS {
            let needs = needs(&mut dice, library + 1);
            let (table, index) = tables(&needs);
            world.publish_as(&format!("lib{library}"), version, &table, &[], &index);
            known.insert((library, version), needs);
        }
    }
    let mut programs = Vec::new();
    for number in 0..4 {
        let name = format!("prog{number}");
        let own = needs(&mut dice, 0);
        let Some(chosen) = locked(&mut dice, &known, &own) else {
            continue;
        };
        let reference = |(library, requirement): &(usize, &str)| {
            let versions = &chosen[library];
            let version = versions
                .iter()
                .filter(|version| accepts(requirement, version))
                .max()
                .unwrap();
            match versions.len() {
                1 => format!("lib{library}"),
                _ => format!("lib{library} {version}"),
            }
        };
        let mut entries: Vec<(String, &str, Vec<String>)> = Vec::new();
        for (library, versions) in &chosen {
            for version in versions {
                let dependencies = known[&(*library, *version)].iter().map(reference).collect();
                entries.push((format!("lib{library}"), version, dependencies));
            }
        }
        entries.push((name.clone(), "1.0.0", own.iter().map(reference).collect()));
        let borrowed: Vec<Vec<&str>> = entries
            .iter()
            .map(|(_, _, dependencies)| dependencies.iter().map(String::as_str).collect())
            .collect();
        let lock: Vec<(&str, &str, &[&str])> = entries
            .iter()
            .zip(&borrowed)
            .map(|((name, version, _), dependencies)| (name.as_str(), *version, dependencies.as_slice()))
            .collect();
        world.program(&name, &tables(&own).0, &lock);
        programs.push(name);
    }
    (world, programs)
}

/// The versions in a lock by library: one of a range, as the requirements and the dice say.
fn locked(
    dice: &mut Dice,
    known: &BTreeMap<(usize, &'static str), Needs>,
    own: &Needs,
) -> Option<BTreeMap<usize, Vec<&'static str>>> {
    let mut chosen: BTreeMap<usize, Vec<&'static str>> = BTreeMap::new();
    let mut wanted: Needs = own.clone();
    for library in 0..LIBRARIES {
        let requirements: Vec<&str> = wanted
            .iter()
            .filter(|(other, _)| *other == library)
            .map(|(_, requirement)| *requirement)
            .collect();
        let mut versions: Vec<&'static str> = Vec::new();
        for requirement in &requirements {
            if versions.iter().any(|version| accepts(requirement, version)) {
                continue;
            }
            let free: Vec<&'static str> = VERSIONS
                .into_iter()
                .filter(|version| accepts(requirement, version))
                .filter(|version| versions.iter().all(|other| other[..1] != version[..1]))
                .collect();
            if free.is_empty() {
                return None;
            }
            versions.push(free[dice.roll(free.len())]);
        }
        for version in &versions {
            wanted.extend(known[&(library, *version)].iter().copied());
        }
        if !versions.is_empty() {
            versions.sort_unstable();
            chosen.insert(library, versions);
        }
    }
    Some(chosen)
}
