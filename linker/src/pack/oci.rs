//! An OCI image layout with one layer: <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>.

use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::pack::{Entry, Tree, tar};
use crate::target::Target;

/// What a container does when it is started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Container {
    /// Folders of programs, for PATH.
    pub path: Vec<String>,
    /// The command, as words.
    pub command: Vec<String>,
    /// The name under which engines show it.
    pub reference: Option<String>,
}

/// Writes an image layout into a folder.
///
/// # Errors
/// When the command is a name that PATH has no program of, or a file can't be read or written. A command with a path may be of what is mounted.
pub fn image(tree: &Tree, container: &Container, target: &Target, out: &Path) -> Result<()> {
    if let Some(program) = container.command.first().filter(|word| !word.contains('/')) {
        let is_in = |folder: &String| matches!(tree.find(&Path::new(folder).join(program)), Some(Entry::File(_, true)));
        // An engine would say so, when the container starts.
        if !container.path.iter().any(is_in) {
            return Err(Error::Usage(format!(
                "--command {program}: there is no such program in {}",
                container.path.join(":")
            )));
        }
    }
    let blobs = out.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).map_err(Error::io("create", &blobs))?;
    let blob = |content: &[u8], media: &str| -> Result<Value> {
        let digest: String = Sha256::digest(content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let file = blobs.join(&digest);
        std::fs::write(&file, content).map_err(Error::io("write", &file))?;
        Ok(json!({ "mediaType": media, "digest": format!("sha256:{digest}"), "size": content.len() }))
    };
    let layer = blob(&tar::archive(tree)?, "application/vnd.oci.image.layer.v1.tar")?;
    let architecture = match target.architecture {
        object::Architecture::Aarch64 => "arm64",
        _ => "amd64",
    };
    let config = json!({
        "architecture": architecture,
        "os": "linux",
        "config": { "Env": [format!("PATH={}", container.path.join(":"))], "Cmd": container.command },
        "rootfs": { "type": "layers", "diff_ids": [layer["digest"]] },
    });
    let config = blob(
        config.to_string().as_bytes(),
        "application/vnd.oci.image.config.v1+json",
    )?;
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer] });
    let mut manifest = blob(manifest.to_string().as_bytes(), MANIFEST)?;
    if let Some(reference) = &container.reference {
        manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": reference });
    }
    let write = |name: &str, value: Value| {
        let file = out.join(name);
        std::fs::write(&file, value.to_string()).map_err(Error::io("write", &file))
    };
    write("index.json", json!({ "schemaVersion": 2, "manifests": [manifest] }))?;
    write("oci-layout", json!({ "imageLayoutVersion": "1.0.0" }))
}
