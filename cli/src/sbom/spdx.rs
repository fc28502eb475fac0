//! An account as SPDX 2.3, <https://spdx.github.io/spdx-spec/v2.3/>.

use dyrust_importer::source::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Account, Item, Kind, expression};

pub(super) fn document(account: &Account) -> Value {
    let mut packages: Vec<Value> = account.items.iter().map(|(name, item)| package(name, item)).collect();
    let has_programs = account.items.values().any(|item| item.kind == Kind::Program);
    // A graph of libraries alone is about what nothing else needs.
    let asked = account.items.iter().filter(|(name, item)| match has_programs {
        true => item.kind == Kind::Program,
        false => {
            let mut others = account.items.values();
            !others.any(|other| other.needs.contains(*name) || other.builders.contains(*name))
        }
    });
    let relation = |from: &str, kind: &str, to: &str| json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to });
    let mut described: Vec<&str> = asked.map(|(name, _)| name.as_str()).collect();
    if described.is_empty() {
        // Packages that need each other, as tests may have it.
        described.extend(account.roots.iter().map(String::as_str));
    }
    if described.is_empty() {
        // A document has to be about something: about what nothing was asked of.
        packages.push(package(&account.name, &Item::new(Kind::Program, &account.name)));
        described.push(&account.name);
    }
    let mut relationships: Vec<Value> = described
        .into_iter()
        .map(|name| relation("SPDXRef-DOCUMENT", "DESCRIBES", &id(name)))
        .collect();
    for (name, item) in &account.items {
        let own = id(name);
        let needs = match item.kind {
            Kind::Program => "GENERATED_FROM",
            _ => "DEPENDS_ON",
        };
        relationships.extend(item.needs.iter().map(|needed| relation(&own, needs, &id(needed))));
        relationships.extend(
            item.loads
                .iter()
                .map(|loaded| relation(&id(loaded), "RUNTIME_DEPENDENCY_OF", &own)),
        );
        relationships.extend(
            item.builders
                .iter()
                .map(|needed| relation(&id(needed), "BUILD_DEPENDENCY_OF", &own)),
        );
    }
    let content = json!({ "packages": packages, "relationships": relationships });
    let digest = hex::encode(&Sha256::digest(content.to_string()));
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": account.name,
        "documentNamespace": format!("{}/sbom/{digest}", env!("CARGO_PKG_REPOSITORY")),
        // A time that does not change, as in all that Nix builds.
        "creationInfo": { "created": "1970-01-01T00:00:01Z", "creators": [concat!("Tool: dyrust-", env!("CARGO_PKG_VERSION"))] },
        "packages": packages,
        "relationships": relationships,
    })
}

/// Letters, digits, `.` and `-`, and what keeps names that differ in other letters alone apart.
fn id(name: &str) -> String {
    let plain = |letter: char| match letter.is_ascii_alphanumeric() || letter == '.' {
        true => letter,
        false => '-',
    };
    let digest = hex::encode(&Sha256::digest(name));
    let plain: String = name.trim_start_matches('/').chars().map(plain).collect();
    format!("SPDXRef-Package-{plain}-{}", digest.get(..8).unwrap_or_default())
}

fn package(name: &str, item: &Item) -> Value {
    let license = item.license.as_deref().and_then(expression);
    // A licence of the author's own would have to be here in full.
    let license = license.filter(|license| !license.contains("Ref-"));
    let mut value = json!({
        "SPDXID": id(name),
        "name": item.name,
        "downloadLocation": item.git.as_deref().filter(|git| has_host(git)).unwrap_or("NOASSERTION"),
        "filesAnalyzed": false,
        "primaryPackagePurpose": match item.kind {
            Kind::Program => "APPLICATION",
            Kind::Package => "LIBRARY",
            Kind::File => "FILE",
        },
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": license.unwrap_or_else(|| "NOASSERTION".to_owned()),
        "copyrightText": "NOASSERTION",
    });
    let mut set = |key: &str, new: Value| {
        value[key] = new;
    };
    if let Some(version) = &item.version {
        set("versionInfo", json!(version));
    }
    if let Some(url) = &item.package_url {
        let reference =
            json!({ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": url });
        set("externalRefs", json!([reference]));
    }
    if let Some(sha256) = &item.sha256 {
        set("checksums", json!([{ "algorithm": "SHA256", "checksumValue": sha256 }]));
    }
    if let Some(text) = &item.description {
        set("description", json!(text));
    }
    value
}

/// Does a location name a host, as SPDX asks for it? A repository in a folder does not.
fn has_host(location: &str) -> bool {
    let rest = location.split_once("://").map(|(_, rest)| rest);
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}
