//! What is asked of both: packages, features, profile.

/// A selection as on Cargo's command line, without the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// `-p`: packages; empty for Cargo's default.
    pub packages: Vec<String>,
    /// `--workspace`.
    pub workspace: bool,
    /// `--bin`: programs; empty for Cargo's default.
    pub bins: Vec<String>,
    /// `--tests`.
    pub tests: bool,
    /// `--features`.
    pub features: Vec<String>,
    /// `--all-features`.
    pub all_features: bool,
    /// `--no-default-features`.
    pub no_default_features: bool,
    /// `--profile`.
    pub profile: String,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            packages: Vec::new(),
            workspace: false,
            bins: Vec::new(),
            tests: false,
            features: Vec::new(),
            all_features: false,
            no_default_features: false,
            profile: "release".to_owned(),
        }
    }
}

impl Query {
    /// The selection as arguments of `cargo build`.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![format!("--profile={}", self.profile)];
        let mut flag = |name: &str, set: bool| {
            if set {
                arguments.push(name.to_owned());
            }
        };
        flag("--workspace", self.workspace);
        flag("--tests", self.tests);
        flag("--all-features", self.all_features);
        flag("--no-default-features", self.no_default_features);
        for (name, values) in [
            ("--package", &self.packages),
            ("--bin", &self.bins),
            ("--features", &self.features),
        ] {
            arguments.extend(values.iter().map(|value| format!("{name}={value}")));
        }
        arguments
    }
}
