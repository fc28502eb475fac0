//! What the tests share.

/// A fresh folder for one test.
pub fn test_folder(test: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("dyrust-builder-{}-{test}", std::process::id()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
