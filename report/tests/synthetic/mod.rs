//! Reports of any size without any file: numbers drawn from a fixed sequence, in the proportions of real programs.

use std::collections::BTreeMap;

use dyrust_report::elf::{Relocations, Sections};
use dyrust_report::model::{Cost, FormReport, Object, Package, Program, Report, SCHEMA, Start, Totals, Update};
use dyrust_report::{Form, curve};

/// A fixed sequence of numbers (a linear congruential generator).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

const PROGRAMS: [&str; 10] = [
    "alpha",
    "bravo",
    "charlie",
    "delta",
    "echo",
    "foxtrot",
    "golf",
    "hotel",
    "india-with-a-long-name",
    "juliett",
];

fn sections(bytes: u64) -> Sections {
    let part = |percent: u64| bytes * percent / 100;
    let mut sections = Sections {
        code: part(48),
        read_only_data: part(11),
        data: part(4),
        relocations: part(5),
        symbols: part(19),
        unwind: part(10),
        other: 0,
    };
    sections.other = bytes - sections.total();
    sections
}

fn object(file: String, bytes: u64, users: &[String]) -> Object {
    Object {
        file,
        bytes,
        sections: sections(bytes),
        relocations: Relocations {
            relative: bytes / 900,
            packed: 0,
            symbolic: bytes / 2000,
            other: 3,
        },
        exports: bytes / 700,
        imports: bytes / 1500,
        users: users.to_vec(),
        loaded: true,
    }
}

fn package(name: &str, file: String, bytes: u64, users: &[String]) -> Package {
    Package {
        id: name.to_owned(),
        path: format!("/nix/store/0123456789abcdfghijklmnpqrsvwxyz-{name}"),
        bytes,
        files: 0,
        nar_size: bytes + 600,
        gzip_size: Some(bytes * 2 / 5 + 200),
        c_library: false,
        users: users.to_vec(),
        references: vec![],
        objects: vec![object(file, bytes, users)],
    }
}

/// A report of `programs` programs on `crates` crates, as a dylib a crate, an image and static.
pub fn report(programs: usize, crates: usize) -> Report {
    let mut numbers = Sequence(7);
    let names: Vec<String> = (0..programs)
        .map(|index| match PROGRAMS.get(index) {
            Some(name) => (*name).to_owned(),
            None => format!("program-{index}"),
        })
        .collect();
    let mut packages = vec![package(
        "libstd-rust-1.95.0",
        "lib/libstd.so".to_owned(),
        1_250_000,
        &names,
    )];
    for index in 0..crates {
        // Half of the crates are one program's own; few are used by nearly all.
        let wanted = match numbers.below(10) {
            0..5 => 1,
            5..8 => 2 + numbers.below(2),
            _ => 1 + numbers.below(programs as u64),
        };
        let first = numbers.below(programs as u64);
        let mut users: Vec<String> = (0..wanted)
            .map(|step| names[((first + step) % programs as u64) as usize].clone())
            .collect();
        users.sort();
        users.dedup();
        let bytes = 6_000
            + numbers.below(30_000)
            + if numbers.below(9) == 0 {
                numbers.below(900_000)
            } else {
                0
            };
        packages.push(package(
            &format!("crate-{index}-1.{index}.0"),
            format!("lib/libcrate_{index}.so"),
            bytes,
            &users,
        ));
    }
    for name in &names {
        let bytes = 200_000 + numbers.below(1_800_000);
        packages.push(package(
            &format!("{name}-2.0.0"),
            format!("bin/{name}"),
            bytes,
            std::slice::from_ref(name),
        ));
    }
    let dynamic = form(Form::Dynamic, &names, packages, 60);
    let alone: Vec<Package> = dynamic
        .programs
        .iter()
        .map(|program| {
            let bytes = program.total * (60 + numbers.below(40)) / 100;
            let name = &program.name;
            package(
                &format!("{name}-static-2.0.0"),
                format!("bin/{name}"),
                bytes,
                std::slice::from_ref(name),
            )
        })
        .collect();
    let mut image = vec![package(
        "image",
        "lib/libshared.so".to_owned(),
        dynamic.totals.bytes / 5,
        &names,
    )];
    let mut bins = Vec::new();
    for name in &names {
        let bytes = 300_000 + numbers.below(900_000);
        bins.push(object(format!("bin/{name}"), bytes, std::slice::from_ref(name)));
    }
    image[0].bytes += bins.iter().map(|object| object.bytes).sum::<u64>();
    image[0].nar_size = image[0].bytes;
    image[0].gzip_size = Some(image[0].bytes * 2 / 5);
    image[0].objects.extend(bins);
    let mut forms = vec![
        dynamic,
        form(Form::Image, &names, image, 2),
        form(Form::Static, &names, alone, 1),
    ];
    let base = forms[2].clone();
    let quotient = |bytes: u64, of: u64| Some((bytes as f64 / of as f64 * 10_000.0).round() / 10_000.0);
    for form in &mut forms {
        form.totals.ratio = quotient(form.totals.bytes, base.totals.bytes);
        for (program, same) in form.programs.iter_mut().zip(&base.programs) {
            program.ratio = quotient(program.total, same.total);
        }
    }
    let (image_cost, each) = (cost(&forms[1]), base.totals.bytes / programs as u64);
    for update in &mut forms[0].updates {
        let count = update.programs.len() as u64;
        let alone = Cost {
            packages: count,
            nar_size: each * count,
            gzip_size: Some(each * count * 2 / 5),
        };
        update.elsewhere = BTreeMap::from([(Form::Image, image_cost), (Form::Static, alone)]);
    }
    curve::fill(&mut forms);
    Report {
        schema: SCHEMA,
        generator: "dyrust 0.1.0".to_owned(),
        title: Some("Synthetic </script><b>fleet</b> & co".to_owned()),
        store: "/nix/store".to_owned(),
        baseline: Some(Form::Static),
        forms,
        planned: BTreeMap::new(),
        warnings: vec!["dynamic: a <library> that was not found".to_owned()],
    }
}

fn cost(form: &FormReport) -> Cost {
    Cost {
        packages: form.totals.packages,
        nar_size: form.totals.nar_size,
        gzip_size: form.totals.gzip_size,
    }
}

fn form(form: Form, names: &[String], mut packages: Vec<Package>, objects: u64) -> FormReport {
    packages.sort_by(|left, right| right.bytes.cmp(&left.bytes).then_with(|| left.id.cmp(&right.id)));
    let mut totals = Totals {
        c_library: 2_300_000,
        packages: packages.len() as u64,
        ..Totals::default()
    };
    let mut programs = Vec::new();
    let all: Vec<&Object> = packages.iter().flat_map(|package| &package.objects).collect();
    for (index, name) in names.iter().enumerate() {
        let used: Vec<&&Object> = all.iter().filter(|object| object.users.contains(name)).collect();
        let own = used.iter().filter(|object| object.users.len() == 1);
        let file = used
            .iter()
            .find(|object| object.file == format!("bin/{name}"))
            .unwrap()
            .bytes;
        let mut program = Program {
            name: name.clone(),
            aliases: vec![],
            package: format!("{name}-2.0.0"),
            file,
            adds: own.map(|object| object.bytes).sum(),
            total: used.iter().map(|object| object.bytes).sum(),
            ratio: None,
            start_objects: used.len() as u64 - 1,
            c_library_objects: 4,
            relocations: Relocations::default(),
            sections: Sections::default(),
            start: Some(Start {
                median: (24 + objects + 2 * index as u64) as f64 / 20.0,
                minimum: 1.1,
                runs: 200,
            }),
        };
        for object in used {
            program.relocations.add(&object.relocations);
            program.sections.add(&object.sections);
        }
        totals.unshared += program.total;
        programs.push(program);
    }
    for object in &all {
        totals.bytes += object.bytes;
        totals.objects += 1;
        totals.sections.add(&object.sections);
        *(if object.users.len() > 1 {
            &mut totals.shared
        } else {
            &mut totals.single
        }) += object.bytes;
    }
    totals.shared_packages = packages.iter().filter(|package| package.users.len() > 1).count() as u64;
    totals.nar_size = packages.iter().map(|package| package.nar_size).sum();
    totals.gzip_size = packages.iter().map(|package| package.gzip_size).sum();
    let mut updates: Vec<Update> = packages
        .iter()
        .map(|package| Update {
            package: package.id.clone(),
            changes: std::iter::once(package.id.clone())
                .chain(package.users.iter().map(|user| format!("{user}-2.0.0")))
                .collect(),
            rebuilds: Some(package.users.len() as u64 + 3),
            programs: package.users.clone(),
            nar_size: package.nar_size * 2,
            gzip_size: package
                .gzip_size
                .map(|size| size * 2 + 90_000 * package.users.len() as u64),
            elsewhere: BTreeMap::new(),
        })
        .collect();
    updates.sort_by_key(|update| std::cmp::Reverse(update.nar_size));
    FormReport {
        form,
        totals,
        programs,
        packages,
        updates,
        curve: vec![],
    }
}
