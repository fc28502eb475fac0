//! An account as CycloneDX 1.6, <https://cyclonedx.org/docs/1.6/json/>.

use serde_json::{Value, json};

use super::{Account, Item, Kind, expression};

pub(super) fn document(account: &Account) -> Value {
    let components: Vec<Value> = account.items.iter().map(|(id, item)| component(id, item)).collect();
    let edges = |item: &Item| -> Vec<String> {
        let mut all = item.loads.clone();
        all.extend(item.needs.iter().chain(&item.builders).cloned());
        all.into_iter().collect()
    };
    let dependencies: Vec<Value> = account
        .items
        .iter()
        .map(|(id, item)| json!({ "ref": id, "dependsOn": edges(item) }))
        .collect();
    let target = account.target.as_ref();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": { "components": [{ "type": "application", "name": "dyrust", "version": env!("CARGO_PKG_VERSION") }] },
            "properties": target.iter().map(|target| json!({ "name": "dyrust:target", "value": target })).collect::<Vec<_>>(),
        },
        "components": components,
        "dependencies": dependencies,
    })
}

fn component(id: &str, item: &Item) -> Value {
    let mut value = json!({
        "type": match item.kind {
            Kind::Program => "application",
            Kind::Package => "library",
            Kind::File => "file",
        },
        "bom-ref": id,
        "name": item.name,
        "scope": if item.at_run_time { "required" } else { "excluded" },
    });
    let mut set = |key: &str, new: Value| {
        value[key] = new;
    };
    for (key, text) in [
        ("version", &item.version),
        ("purl", &item.package_url),
        ("description", &item.description),
    ] {
        if let Some(text) = text {
            set(key, json!(text));
        }
    }
    if let Some(sha256) = &item.sha256 {
        set("hashes", json!([{ "alg": "SHA-256", "content": sha256 }]));
    }
    if let Some(license) = &item.license {
        let license = match expression(license) {
            Some(license) => json!({ "expression": license }),
            None => json!({ "license": { "name": license } }),
        };
        set("licenses", json!([license]));
    }
    if !item.links.is_empty() {
        let links = item.links.iter().map(|(kind, url)| json!({ "type": kind, "url": url }));
        set("externalReferences", links.collect());
    }
    // Edges have no kinds here, so that the loads of a program stand here, too.
    let loads = item.loads.iter().map(|loaded| ("dyrust:loads", loaded));
    let properties: Vec<Value> = item
        .properties
        .iter()
        .map(|(name, value)| (*name, value))
        .chain(loads)
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    if !properties.is_empty() {
        set("properties", Value::Array(properties));
    }
    value
}
