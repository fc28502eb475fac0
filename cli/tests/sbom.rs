//! `dyrust sbom` and `dyrust licenses`: what other people's readers make of them.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

use serde_cyclonedx::cyclonedx::v_1_6::CycloneDx;
use spdx_rs::models::{RelationshipType, SPDX};

fn dyrust(arguments: &[&str]) -> Output {
    let graph = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages/sd.json");
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(arguments)
        .arg("--graph")
        .arg(graph)
        .output()
        .unwrap()
}

#[test]
fn cyclonedx_is_read_by_its_users() {
    let output = dyrust(&["sbom"]);
    assert!(output.status.success());
    assert_eq!(output.stdout, dyrust(&["sbom"]).stdout);
    let bom: CycloneDx = serde_json::from_slice(&output.stdout).unwrap();
    let components = bom.components.unwrap();
    let component = |name: &str| components.iter().find(|component| component.name == name).unwrap();
    let regex = component("regex");
    assert!(regex.purl.as_deref().unwrap().starts_with("pkg:cargo/regex@1."));
    assert_eq!(regex.hashes.as_ref().unwrap()[0].content.len(), 64);
    assert!(
        regex
            .properties
            .as_ref()
            .unwrap()
            .iter()
            .any(|property| property.value.as_deref() == Some("std"))
    );
    let scope = |name: &str| serde_json::to_value(component(name).scope.as_ref().unwrap()).unwrap();
    assert_eq!(scope("memchr"), "required");
    // A macro and what it is made of are for building alone.
    assert_eq!(scope("clap_derive"), "excluded");
    assert_eq!(scope("syn"), "excluded");
    let needs = bom.dependencies.unwrap();
    let loads = needs
        .iter()
        .find(|dependency| dependency.ref_ == "program sd bin sd")
        .unwrap();
    let loads = loads.depends_on.as_ref().unwrap();
    assert!(loads.iter().any(|id| id == "memchr") && !loads.iter().any(|id| id == "syn"));
    let of_regex = needs.iter().find(|dependency| dependency.ref_ == "regex").unwrap();
    assert!(
        of_regex
            .depends_on
            .as_ref()
            .unwrap()
            .iter()
            .any(|id| id == "regex-automata")
    );
}

#[test]
fn spdx_is_read_by_its_users() {
    let output = dyrust(&["sbom", "--as", "spdx"]);
    assert!(output.status.success());
    let document: SPDX = serde_json::from_slice(&output.stdout).unwrap();
    let package = |name: &str| {
        document
            .package_information
            .iter()
            .find(|package| package.package_name == name && !package.external_reference.is_empty())
            .unwrap()
    };
    let program = document
        .package_information
        .iter()
        .find(|package| package.package_name == "sd" && package.external_reference.is_empty())
        .unwrap();
    let (sd, regex, syn) = (package("sd"), package("regex"), package("syn"));
    let related = |from: &str, kind: &str, to: &str| {
        document.relationships.iter().any(|relation| {
            relation.spdx_element_id == from
                && relation.related_spdx_element == to
                && serde_json::to_value(&relation.relationship_type).unwrap() == kind
        })
    };
    let id = |package: &spdx_rs::models::PackageInformation| package.package_spdx_identifier.clone();
    assert!(related("SPDXRef-DOCUMENT", "DESCRIBES", &id(program)));
    assert!(related(&id(program), "GENERATED_FROM", &id(sd)));
    // The program loads all libraries, those of its libraries, too, and none that only builds it.
    assert!(related(&id(package("memchr")), "RUNTIME_DEPENDENCY_OF", &id(program)));
    assert!(!related(&id(syn), "RUNTIME_DEPENDENCY_OF", &id(program)));
    assert!(related(&id(sd), "DEPENDS_ON", &id(regex)));
    assert!(related(&id(syn), "BUILD_DEPENDENCY_OF", &id(package("clap_derive"))));
    assert_eq!(regex.package_checksum.len(), 1);
}

#[test]
fn licences_are_held_to_a_list() {
    let all = dyrust(&["licenses"]);
    assert!(all.status.success());
    assert!(String::from_utf8_lossy(&all.stdout).contains("Unlicense OR MIT: "));
    assert!(dyrust(&["licenses", "--allow", "MIT,Apache-2.0"]).status.success());
    let refused = dyrust(&["licenses", "--allow", "Apache-2.0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not allowed: memchr"));
    let wrong = dyrust(&["licenses", "--allow", "MITT"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("`MITT` is not the SPDX id of a licence"));
    // What was said was `expected a WITH here`.
    let expression = dyrust(&["licenses", "--allow", "MIT OR Apache-2.0 OR MIT"]);
    assert_eq!(expression.status.code(), Some(2));
    let said = String::from_utf8_lossy(&expression.stderr);
    assert!(
        said.contains("give each licence by its own: `--allow MIT,Apache-2.0`"),
        "{said}"
    );
}

/// What the account says a program loads is what the loader finds listed in it.
#[test]
fn the_edges_are_those_of_programs_that_were_built() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../checks/fixtures");
    let mut compared = 0;
    for folder in std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path()) {
        if !folder.join("expected-needed").exists() || !folder.join("crate-graph.json").exists() {
            continue;
        }
        let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(["sbom", "--graph"])
            .arg(folder.join("crate-graph.json"))
            .output()
            .unwrap();
        let bom: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
        let named = |id: &serde_json::Value| {
            let component = list(&bom["components"])
                .into_iter()
                .find(|component| component["bom-ref"] == *id)
                .unwrap();
            format!(
                "{}-{}",
                component["name"].as_str().unwrap(),
                component["version"].as_str().unwrap()
            )
        };
        let mut accounted: Vec<String> = list(&bom["dependencies"])
            .iter()
            .filter(|entry| entry["ref"].as_str().unwrap().starts_with("program "))
            .flat_map(|entry| list(&entry["dependsOn"]))
            .map(|id| named(&id))
            .collect();
        let needed = std::fs::read_to_string(folder.join("expected-needed")).unwrap();
        let programs = needed.lines().filter_map(|line| line.split_once("/bin/"));
        let mut loaded: Vec<String> = programs
            .flat_map(|(program, rest)| rest.split_whitespace().skip(1).map(move |path| (program, path)))
            // Those of the package set have names of their own.
            .filter(|(_, path)| path.contains("-ID.") && !path.starts_with("/libstd-rust/"))
            .filter_map(|(program, path)| Some((program, path.split_once("/lib/")?.0)))
            // A program's own code is a part of it.
            .filter(|(program, library)| library.strip_suffix("-lib") != Some(program))
            .filter_map(|(_, library)| Some(library.strip_prefix('/')?.to_owned()))
            .collect();
        for names in [&mut accounted, &mut loaded] {
            names.sort();
            names.dedup();
        }
        // A library of which nothing is left to use is not loaded.
        let unaccounted: Vec<_> = loaded.iter().filter(|name| !accounted.contains(name)).collect();
        assert!(unaccounted.is_empty(), "{}: {unaccounted:?}", folder.display());
        if folder.ends_with("feature-chain") {
            // What the program itself is made from.
            accounted.retain(|name| !name.starts_with("feature-chain-"));
            assert_eq!(accounted, loaded);
        }
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
}

/// The graph of sd with other texts of regex's manifest, and what a call says of it.
fn with_regex(changes: &[(&str, &str)], arguments: &[&str]) -> Output {
    let graph = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages/sd.json");
    let mut graph: serde_json::Value = serde_json::from_slice(&std::fs::read(graph).unwrap()).unwrap();
    for (key, text) in changes {
        graph["packages"]["regex"][*key] = (*text).into();
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), graph.to_string()).unwrap();
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(arguments)
        .arg("--graph")
        .arg(file.path())
        .output()
        .unwrap()
}

/// Other people's validators refused names that are no licence's id, and ids that SPDX had given up could never be allowed.
#[test]
fn a_licence_is_what_spdx_calls_it_today() {
    // What the manifest has; CycloneDX, SPDX, and what allows it.
    let cases = [
        ("MIT/Apache-2.0", "MIT OR Apache-2.0", "MIT OR Apache-2.0", Some("MIT")),
        (
            "MIT / Apache-2.0",
            "MIT OR Apache-2.0",
            "MIT OR Apache-2.0",
            Some("MIT"),
        ),
        ("GPL-2.0", "GPL-2.0-only", "GPL-2.0-only", Some("GPL-2.0-only")),
        ("GPL-2.0", "GPL-2.0-only", "GPL-2.0-only", Some("GPL-2.0")),
        (
            "LGPL-2.1+",
            "LGPL-2.1-or-later",
            "LGPL-2.1-or-later",
            Some("LGPL-2.1-or-later"),
        ),
        ("Apache 2.0", "name Apache 2.0", "NOASSERTION", Some("Apache-2.0")),
        ("https://h.example/l", "name https://h.example/l", "NOASSERTION", None),
        (
            "LicenseRef-own",
            "LicenseRef-own",
            "NOASSERTION",
            Some("LicenseRef-own"),
        ),
    ];
    for (text, cyclonedx, spdx, allowed) in cases {
        let changes = [("license", text)];
        let bom: serde_json::Value = serde_json::from_slice(&with_regex(&changes, &["sbom"]).stdout).unwrap();
        let components = bom["components"].as_array().unwrap();
        let regex = components
            .iter()
            .find(|component| component["bom-ref"] == "regex")
            .unwrap();
        let found = match &regex["licenses"][0]["expression"] {
            serde_json::Value::String(expression) => expression.clone(),
            _ => format!("name {}", regex["licenses"][0]["license"]["name"].as_str().unwrap()),
        };
        assert_eq!(found, cyclonedx, "{text}");
        let document = with_regex(&changes, &["sbom", "--as", "spdx"]);
        let document: serde_json::Value = serde_json::from_slice(&document.stdout).unwrap();
        let packages = document["packages"].as_array().unwrap();
        let regex = packages.iter().find(|package| package["name"] == "regex").unwrap();
        assert_eq!(regex["licenseDeclared"], spdx, "{text}");
        let mut arguments = vec!["licenses", "--allow", "Unlicense"];
        arguments.extend(allowed.iter().flat_map(|allowed| ["--allow", *allowed]));
        let held = with_regex(&changes, &arguments);
        let said = String::from_utf8(held.stderr).unwrap();
        assert!(held.status.code().unwrap() < 2, "{text}: {said}");
        assert_eq!(
            !said.contains("not allowed: regex 1."),
            allowed.is_some(),
            "{text}: {said}"
        );
    }
}

/// Text that is no address made a bill that no validator took.
#[test]
fn only_addresses_are_links() {
    let changes = [("homepage", "not a url"), ("repository", "https://h.example/r")];
    let bom: serde_json::Value = serde_json::from_slice(&with_regex(&changes, &["sbom"]).stdout).unwrap();
    let components = bom["components"].as_array().unwrap();
    let regex = components
        .iter()
        .find(|component| component["bom-ref"] == "regex")
        .unwrap();
    let links = serde_json::json!([{ "type": "vcs", "url": "https://h.example/r" }]);
    assert_eq!(regex["externalReferences"], links);
    let text = serde_json::json!({ "name": "dyrust:website", "value": "not a url" });
    assert!(regex["properties"].as_array().unwrap().contains(&text), "{regex}");
}

/// Of two packages of one name and version, from two sources, a fleet's bill had one: the licence of the other was never looked at.
#[test]
fn a_fleet_has_packages_of_one_name_from_two_sources() {
    let git = |url: &str| serde_json::json!({ "url": url, "rev": "0123456789abcdef", "hash": "" });
    let package = |source: &str, value: serde_json::Value, license: &str| {
        let unit = serde_json::json!({ "lib": {} });
        let mut package =
            serde_json::json!({ "version": "1.0.0", "edition": "2021", "license": license, "units": unit });
        package[source] = value;
        package
    };
    let mut graph = serde_json::json!({
        "schema": 1, "generator": "", "selection": { "fleet": "fleet.toml" }, "platforms": [{ "target": "x86" }],
        "profile": { "name": "release", "target": {}, "host": {} },
        "roots": { "units": ["top bin top"] },
        "packages": {
            "low@1.0.0+00000000": package("sha256", "0".repeat(64).into(), "MIT"),
            "low@1.0.0+11111111": package("git", git("https://h.example/low"), "GPL-3.0-only"),
            "low@1.0.0+22222222": package("git", git("file:///srv/low"), "GPL-3.0-only"),
            "low@1.0.0+33333333": package("path", "low".into(), "MIT"),
            "top": package("path", "top".into(), "MIT"),
        },
    });
    let packages = graph["packages"].as_object().unwrap().keys();
    let used: Vec<String> = packages.filter(|key| *key != "top").cloned().collect();
    graph["packages"]["top"]["units"] = serde_json::json!({ "bin top": { "kind": "bin", "dependencies": used } });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), graph.to_string()).unwrap();
    let dyrust = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dyrust"));
        command
            .args(arguments)
            .arg("--graph")
            .arg(file.path())
            .output()
            .unwrap()
    };
    let json = |arguments: &[&str]| -> serde_json::Value { serde_json::from_slice(&dyrust(arguments).stdout).unwrap() };
    let bom = json(&["sbom"]);
    let low = |value: &&serde_json::Value| value["name"] == "low";
    assert_eq!(
        bom["components"].as_array().unwrap().iter().filter(low).count(),
        4,
        "{bom}"
    );
    let mut all = bom["dependencies"].as_array().unwrap().iter();
    let program = all.find(|entry| entry["ref"] == "program top bin top").unwrap();
    assert_eq!(program["dependsOn"].as_array().unwrap().len(), 5, "{program}");
    // SPDX knows no location without a host.
    let spdx = json(&["sbom", "--as", "spdx"]);
    let low = spdx["packages"].as_array().unwrap().iter().filter(low);
    let mut locations: Vec<&str> = low
        .map(|package| package["downloadLocation"].as_str().unwrap())
        .collect();
    locations.sort_unstable();
    let here = "git+https://h.example/low@0123456789abcdef";
    assert_eq!(locations, ["NOASSERTION", "NOASSERTION", "NOASSERTION", here]);
    let held = dyrust(&["licenses", "--allow", "MIT"]);
    assert_eq!(
        String::from_utf8_lossy(&held.stderr)
            .matches("not allowed: low 1.0.0")
            .count(),
        2
    );
}

/// What another platform than the first one has was never held to the list.
#[test]
fn licences_are_those_of_all_platforms() {
    let package = |license: &str, units: serde_json::Value| {
        let sha256 = "0".repeat(64);
        serde_json::json!({ "version": "1.0.0", "edition": "2021", "sha256": sha256, "license": license, "units": units })
    };
    let graph = serde_json::json!({
        "schema": 1, "generator": "",
        "platforms": [{ "target": "x86" }, { "target": "arm" }, { "target": "x86", "tests": true }],
        "profile": { "name": "release", "target": {}, "host": {} },
        "roots": { "units": [], "when": { "0 1": ["top bin top"], "2": ["of-tests"] } },
        "packages": {
            "of-arm": package("GPL-3.0-only", serde_json::json!({ "lib": {} })),
            "of-tests": package("GPL-3.0-only", serde_json::json!({ "lib": {} })),
            "top": package("MIT", serde_json::json!({ "bin top": { "kind": "bin", "when": { "1": ["of-arm"] } } })),
        },
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), graph.to_string()).unwrap();
    let dyrust = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dyrust"));
        let output = command
            .args(arguments)
            .arg("--graph")
            .arg(file.path())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let held = ["licenses", "--allow", "MIT"];
    assert_eq!(
        dyrust(&held),
        (Some(1), "not allowed: of-arm 1.0.0: GPL-3.0-only\n".to_owned())
    );
    assert_eq!(dyrust(&[&held[..], &["--target", "x86"]].concat()).0, Some(0));
    let (code, said) = dyrust(&[&held[..], &["--target", "none"]].concat());
    assert!(code == Some(2) && said.contains("only for x86, arm:"), "{said}");

    // A graph without a platform holds nothing that could be refused.
    let mut none = graph.clone();
    none["platforms"] = serde_json::json!([]);
    std::fs::write(file.path(), none.to_string()).unwrap();
    let (code, said) = dyrust(&held);
    assert!(code == Some(2) && said.contains("made for no platform"), "{said}");
    std::fs::write(file.path(), graph.to_string()).unwrap();

    let database = tempfile::tempdir().unwrap();
    for name in ["of-arm", "of-tests"] {
        let folder = database.path().join("crates").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let id = format!("RUSTSEC-2099-000{}", name.len());
        let text = format!(
            "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{name}\"\ndate = \"2099-01-01\"\n[versions]\npatched = []\n```\n\n# Wrong\n\nIt is.\n"
        );
        std::fs::write(folder.join(format!("{id}.md")), text).unwrap();
    }
    let audit = ["audit", "--db", database.path().to_str().unwrap()];
    assert_eq!(dyrust(&audit).0, Some(1));
    assert_eq!(dyrust(&[&audit[..], &["--target", "x86"]].concat()).0, Some(0));
}

/// What a program lists as loaded was read to its end, which `/dev/zero` has not.
#[test]
fn a_device_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let cc = |arguments: &[&str]| {
        let status = Command::new("cc").args(arguments).current_dir(folder.path()).status();
        assert!(status.unwrap().success(), "{arguments:?}");
    };
    std::fs::write(folder.path().join("a.c"), "int main(void) { return 0; }\n").unwrap();
    cc(&[
        "-shared",
        "-nostdlib",
        "-Wl,-soname,/dev/null",
        "-fPIC",
        "a.c",
        "-o",
        "liba.so",
    ]);
    cc(&["-Wl,--no-as-needed", "a.c", "liba.so", "-o", "program"]);
    let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(["sbom", "program"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("/dev/null: it is no regular file"), "{said}");
}

/// A document was about nothing, where nothing is built, and where packages need each other.
#[test]
fn a_document_is_about_something() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let manifest = |name: &str, other: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[{other}]\n")
    };
    write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"two\"]\n",
    );
    write(
        "one/Cargo.toml",
        &(manifest("one", "dev-dependencies") + "two = { path = \"../two\" }\n"),
    );
    write(
        "two/Cargo.toml",
        &(manifest("two", "dependencies") + "one = { path = \"../one\" }\n"),
    );
    for name in ["one", "two"] {
        write(&format!("{name}/src/lib.rs"), "");
    }
    write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"one\"\nversion = \"0.1.0\"\ndependencies = [\n \"two\",\n]\n\n\
         [[package]]\nname = \"two\"\nversion = \"0.1.0\"\ndependencies = [\n \"one\",\n]\n",
    );
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        output.stdout
    };
    for (selection, expected) in [
        (
            ["--bins", "--offline"],
            vec!["no programs for x86_64-unknown-linux-gnu"],
        ),
        (["--tests", "--offline"], vec!["one", "two"]),
    ] {
        run(&[&["import"], &selection[..]].concat());
        let document: SPDX = serde_json::from_slice(&run(&["sbom", "--as", "spdx"])).unwrap();
        let described: Vec<&str> = document
            .relationships
            .iter()
            .filter(|relation| relation.relationship_type == RelationshipType::Describes)
            .map(|relation| {
                let packages = &document.package_information;
                let package = packages
                    .iter()
                    .find(|package| package.package_spdx_identifier == relation.related_spdx_element);
                package.unwrap().package_name.as_str()
            })
            .collect();
        assert_eq!(described, expected);
    }
}
