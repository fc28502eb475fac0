//! `dyrust sbom` and `dyrust licenses`: what the programs of a graph are made of.
//!
//! The forms are CycloneDX 1.6 (ECMA-424) and SPDX 2.3, both as JSON; packages are named by package URLs. A graph gives the same text
//! every time: there is no time and no random number in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use dyrust_importer::graph::{Graph, OnPlatform, Package};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::arguments::{LicensesArguments, SbomArguments, SbomForm};
use crate::inspect::open;
use crate::output::{Output, print, print_json};
use crate::{Error, Outcome};

/// A package as a program's account has it.
struct Component<'a> {
    /// The package's key in the graph.
    key: &'a str,
    package: &'a Package,
    /// Is it part of a program, in distinction from what only builds it?
    at_run_time: bool,
    /// Of all its units, sorted.
    features: BTreeSet<&'a str>,
    /// The keys of the packages that its units need.
    needs: BTreeSet<&'a str>,
}

/// All packages that a graph's roots need on a platform, by key.
fn components<'a>(view: &OnPlatform<'a>) -> BTreeMap<&'a str, Component<'a>> {
    let mut components: BTreeMap<&str, Component> = BTreeMap::new();
    // A unit may be reached as part of a program and as part of the build.
    let mut seen = BTreeSet::new();
    let mut open: Vec<(&str, bool)> = view.roots().into_iter().map(|id| (id, true)).collect();
    while let Some((id, at_run_time)) = open.pop() {
        let Some((key, package, unit)) = view.unit(id) else {
            continue;
        };
        let kind = unit.kind.as_deref().unwrap_or("lib");
        let at_run_time = at_run_time && !unit.host && kind != "proc-macro" && kind != "build";
        if !seen.insert((id, at_run_time)) {
            continue;
        }
        let needs = view.needs(id);
        let component = components.entry(key).or_insert_with(|| Component {
            key,
            package,
            at_run_time: false,
            features: BTreeSet::new(),
            needs: BTreeSet::new(),
        });
        component.at_run_time |= at_run_time;
        component.features.extend(unit.features.iter().map(String::as_str));
        for needed in needs {
            if let Some((other, _, _)) = view.unit(needed)
                && other != key
            {
                component.needs.insert(other);
            }
            open.push((needed, at_run_time));
        }
    }
    components
}

impl Component<'_> {
    fn name(&self) -> &str {
        self.key.split_once('@').map_or(self.key, |(name, _)| name)
    }

    /// The package URL; <https://github.com/package-url/purl-spec>, type `cargo`.
    fn package_url(&self, graph: &Graph) -> String {
        let plain = format!("pkg:cargo/{}@{}", escaped(self.name()), escaped(&self.package.version));
        if let Some(git) = &self.package.git {
            return format!("{plain}?vcs_url={}", escaped(&format!("git+{}@{}", git.url, git.rev)));
        }
        match self
            .package
            .registry
            .as_ref()
            .and_then(|name| graph.registries.get(name))
        {
            Some(template) => format!("{plain}?repository_url={}", escaped(template)),
            None => plain,
        }
    }

    /// Cargo's older manifests have a slash for `OR`.
    fn license(&self) -> Option<String> {
        self.package.license.as_ref().map(|text| text.replace('/', " OR "))
    }
}

/// Percent-encoding, as package URLs ask for it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

pub(crate) fn run(arguments: &SbomArguments) -> Result<Outcome, Error> {
    let (graph, number) = open(&arguments.tree)?;
    let view = graph.on_platform(number);
    let components = components(&view);
    let roots: BTreeSet<&str> = view
        .roots()
        .into_iter()
        .filter_map(|id| view.unit(id))
        .map(|(key, _, _)| key)
        .collect();
    print_json(&match arguments.form {
        SbomForm::Cyclonedx => cyclonedx(&graph, number, &components, &roots),
        SbomForm::Spdx => spdx(&graph, number, &components, &roots),
    })?;
    Ok(Outcome::Done)
}

/// <https://cyclonedx.org/docs/1.6/json/>
fn cyclonedx(graph: &Graph, number: usize, all: &BTreeMap<&str, Component>, roots: &BTreeSet<&str>) -> Value {
    let described = |component: &Component| {
        let package = component.package;
        let mut value = json!({
            "type": if roots.contains(component.key) { "application" } else { "library" },
            "bom-ref": component.key,
            "name": component.name(),
            "version": package.version,
            "purl": component.package_url(graph),
            "scope": if component.at_run_time { "required" } else { "excluded" },
        });
        let mut set = |key: &str, new: Value| {
            value[key] = new;
        };
        if let Some(text) = &package.description {
            set("description", json!(text));
        }
        if let Some(sha256) = &package.sha256 {
            set("hashes", json!([{ "alg": "SHA-256", "content": sha256 }]));
        }
        if let Some(license) = component.license() {
            let known = spdx::Expression::parse_mode(&license, spdx::ParseMode::LAX).is_ok();
            let license = if known {
                json!({ "expression": license })
            } else {
                json!({ "license": { "name": license } })
            };
            set("licenses", json!([license]));
        }
        let links: Vec<Value> = [("website", &package.homepage), ("vcs", &package.repository)]
            .into_iter()
            .filter_map(|(kind, url)| Some(json!({ "type": kind, "url": url.as_ref()? })))
            .collect();
        if !links.is_empty() {
            set("externalReferences", Value::Array(links));
        }
        let features: Vec<Value> = component
            .features
            .iter()
            .map(|feature| json!({ "name": "dyrust:feature", "value": feature }))
            .collect();
        if !features.is_empty() {
            set("properties", Value::Array(features));
        }
        value
    };
    let dependencies: Vec<Value> = all
        .values()
        .map(|component| json!({ "ref": component.key, "dependsOn": component.needs }))
        .collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": { "components": [{ "type": "application", "name": "dyrust", "version": env!("CARGO_PKG_VERSION") }] },
            "properties": [{ "name": "dyrust:target", "value": graph.platforms[number].target }],
        },
        "components": all.values().map(described).collect::<Vec<_>>(),
        "dependencies": dependencies,
    })
}

/// <https://spdx.github.io/spdx-spec/v2.3/>
fn spdx(graph: &Graph, number: usize, all: &BTreeMap<&str, Component>, roots: &BTreeSet<&str>) -> Value {
    let id = |key: &str| {
        let plain: String = key
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() || letter == '.' {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
        // Keys that differ in other letters alone stay apart.
        let digest: String = Sha256::digest(key)
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("SPDXRef-Package-{plain}-{digest}")
    };
    let packages: Vec<Value> = all
        .values()
        .map(|component| {
            let package = component.package;
            let license = component
                .license()
                .filter(|license| spdx::Expression::parse_mode(license, spdx::ParseMode::LAX).is_ok())
                .unwrap_or_else(|| "NOASSERTION".to_owned());
            let mut value = json!({
                "SPDXID": id(component.key),
                "name": component.name(),
                "versionInfo": package.version,
                "downloadLocation": match &package.git {
                    Some(git) => format!("git+{}@{}", git.url, git.rev),
                    None => "NOASSERTION".to_owned(),
                },
                "filesAnalyzed": false,
                "licenseConcluded": "NOASSERTION",
                "licenseDeclared": license,
                "copyrightText": "NOASSERTION",
                "externalRefs": [{
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": component.package_url(graph),
                }],
            });
            if let Some(sha256) = &package.sha256 {
                value["checksums"] = json!([{ "algorithm": "SHA256", "checksumValue": sha256 }]);
            }
            if let Some(text) = &package.description {
                value["description"] = json!(text);
            }
            value
        })
        .collect();
    let describes = roots.iter().map(|key| {
        json!({ "spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": id(key) })
    });
    let depends = all.values().flat_map(|component| {
        let kind = |needed: &str| match all.get(needed) {
            Some(other) if other.at_run_time => ("DEPENDS_ON", id(component.key), id(needed)),
            _ => ("BUILD_DEPENDENCY_OF", id(needed), id(component.key)),
        };
        component.needs.iter().map(move |needed| {
            let (kind, from, to) = kind(needed);
            json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
        })
    });
    let relationships: Vec<Value> = describes.chain(depends).collect();
    let name = format!(
        "{} for {}",
        roots.iter().copied().collect::<Vec<_>>().join(", "),
        graph.platforms[number].target
    );
    let content = json!({ "packages": packages, "relationships": relationships });
    let digest: String = Sha256::digest(content.to_string())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": format!("{}/sbom/{digest}", env!("CARGO_PKG_REPOSITORY")),
        // A time that does not change, as in all that Nix builds.
        "creationInfo": { "created": "1970-01-01T00:00:01Z", "creators": [concat!("Tool: dyrust-", env!("CARGO_PKG_VERSION"))] },
        "packages": packages,
        "relationships": relationships,
    })
}

/// Prints which packages have which licence; with an allow list, those whose licence asks for something else, and fails if there are any.
pub(crate) fn licenses(arguments: &LicensesArguments, output: &Output) -> Result<Outcome, Error> {
    let allowed: Vec<spdx::Licensee> = arguments
        .allow
        .iter()
        .map(|name| spdx::Licensee::parse(name).map_err(|error| Error::License(name.clone(), error.reason.to_string())))
        .collect::<Result<_, _>>()?;
    let (graph, number) = open(&arguments.tree)?;
    let view = graph.on_platform(number);
    let mut by_license: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut refused = Vec::new();
    for component in components(&view).values() {
        if !component.at_run_time && !arguments.build {
            continue;
        }
        let label = format!("{} {}", component.name(), component.package.version);
        let license = component.license();
        let fine = allowed.is_empty()
            || component.package.path.is_some()
            || license.as_ref().is_some_and(|license| {
                spdx::Expression::parse_mode(license, spdx::ParseMode::LAX).is_ok_and(|expression| {
                    expression.evaluate(|asked| allowed.iter().any(|licensee| licensee.satisfies(asked)))
                })
            });
        let license = license.unwrap_or_else(|| "none in the manifest".to_owned());
        if !fine {
            refused.push(format!("{label}: {license}"));
        }
        by_license.entry(license).or_default().push(label);
    }
    if output.is_json() {
        output.json(&json!({ "licenses": by_license, "refused": refused }))?;
    } else if allowed.is_empty() {
        let mut text = String::new();
        for (license, packages) in &by_license {
            let _ = writeln!(text, "{license}: {}", packages.join(", "));
        }
        print(&text)?;
    }
    for line in &refused {
        output.warn(&format!("not allowed: {line}"));
    }
    Ok(if refused.is_empty() {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}
