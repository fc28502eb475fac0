//! Build scripts: compiled, run, and their directives kept for the package's units.

use crate::changes::Snapshot;
use crate::copies;
use crate::directives::{self, Directives};
use crate::environment::{self, upper};
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::git;
use crate::handed;
use crate::input::Input;
use crate::json::Value;
use crate::kind::Kind;
use crate::link;
use crate::native;
use crate::node;
use crate::process::Call;
use crate::run_paths;
use crate::rustc::Compilation;
use crate::source;
use crate::unit::Unit;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

/// In the `out` of a build script's run: a link to the folder that `OUT_DIR` names, for those who do not know the profile.
const OUT_DIR: &str = "out";
/// There, too: the source, where what the build script hands on names it.
const SOURCE: &str = "source";

/// What a build script leaves: the `node.json` of its run.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Script {
    /// The package's name.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The manifest's `links`.
    pub links: Option<String>,
    /// `OUT_DIR`
    pub out_dir: PathBuf,
    /// `--cfg` values.
    pub cfgs: Vec<String>,
    /// `--check-cfg` values.
    pub check_cfgs: Vec<String>,
    /// Variables for rustc.
    pub environment: Vec<(String, String)>,
    /// `-l` values.
    pub libs: Vec<String>,
    /// `-L` values.
    pub searches: Vec<String>,
    /// Link arguments: for what, and the argument.
    pub link_arguments: Vec<(String, String)>,
    /// What the build scripts of those that depend on the package are told (`DEP_…`).
    pub metadata: Vec<(String, String)>,
    /// What it wants users to see.
    pub warnings: Vec<String>,
}

impl Script {
    /// Reads what a build script's run left in its `dev` output.
    ///
    /// # Errors
    /// If its `node.json` cannot be read, or is not what this module writes.
    pub fn read(dev: &Path) -> Result<Self> {
        let file = dev.join(node::FILE);
        let value = node::read_value(&file)?;
        Self::of_json(&value).map_err(|error| Failure::message(format!("{}: {error}", file.display())))
    }

    /// The output that the run left: `OUT_DIR` is in it, and the package's source, where the script hands on what is in that.
    #[must_use]
    pub fn output(&self) -> Option<&Path> {
        self.out_dir.ancestors().nth(OUT_DIR_DEPTH)
    }

    fn of_json(value: &Value) -> std::result::Result<Self, String> {
        let argument = |entry: &Value| Ok::<_, String>((entry.expect_text("for")?, entry.expect_text("value")?));
        let arguments = value.optional_items("linkArguments")?.iter().map(argument);
        Ok(Self {
            package: value.expect_text("package")?,
            version: value.expect_text("version")?,
            links: value.optional_text("links")?,
            out_dir: value.expect_text("outDir")?.into(),
            cfgs: value.optional_texts("cfgs")?,
            check_cfgs: value.optional_texts("checkCfgs")?,
            environment: value.optional_pairs("environment")?,
            libs: value.optional_texts("libs")?,
            searches: value.optional_texts("searches")?,
            link_arguments: arguments.collect::<std::result::Result<_, _>>()?,
            metadata: value.optional_pairs("metadata")?,
            warnings: value.optional_texts("warnings")?,
        })
    }

    fn to_json(&self) -> Value {
        let texts = |list: &[String]| -> Value { list.iter().collect() };
        let pairs = |list: &[(String, String)]| -> Value {
            let pair = |(name, value): &(String, String)| [name, value].into_iter().collect::<Value>();
            list.iter().map(pair).collect()
        };
        let argument =
            |(target, value): &(String, String)| Value::object([("for", target.into()), ("value", value.into())]);
        Value::object([
            ("schema", Value::Number(node::SCHEMA.into())),
            ("kind", Kind::Build.name().into()),
            ("package", (&self.package).into()),
            ("version", (&self.version).into()),
            ("links", self.links.as_ref().into()),
            ("outDir", (&self.out_dir).into()),
            ("cfgs", texts(&self.cfgs)),
            ("checkCfgs", texts(&self.check_cfgs)),
            ("environment", pairs(&self.environment)),
            ("libs", texts(&self.libs)),
            ("searches", texts(&self.searches)),
            ("linkArguments", self.link_arguments.iter().map(argument).collect()),
            ("metadata", pairs(&self.metadata)),
            ("warnings", texts(&self.warnings)),
        ])
    }
}

/// Builds and runs a build script, or takes what stands in its place.
///
/// # Errors
/// If it does not compile, fails, or prints what Cargo does not accept.
pub fn build(input: &Input) -> Result<()> {
    let layout = source::prepare(input).during("unpacking the source")?;
    let inside = out_dir(input);
    let out = input.output("out")?.join(&inside);
    files::make_folder(&out)?;
    let profile = out.ancestors().nth(3).unwrap_or(&out);
    for folder in ["deps", "examples"] {
        files::make_folder(&profile.join(folder))?;
    }
    files::link(&inside, &input.output("out")?.join(OUT_DIR))?;
    let (mut directives, layout) = match &input.unit.output {
        Some(output) => {
            eprintln!("Cargo's configuration stands in place of the build script");
            let directives = Directives::of_pairs(output)
                .map_err(Failure::message)
                .during("reading what stands in place of the build script")?;
            (directives, layout)
        }
        None => {
            let compilation = Compilation::new(input, layout)?;
            (compile_and_run(&compilation, &out)?, compilation.layout)
        }
    };
    handed::keep(&mut directives, &layout, &out, &input.output("out")?.join(SOURCE))
        .during("keeping what the build script hands on")?;
    for warning in &directives.warnings {
        eprintln!("warning: {}: {warning}", input.unit.package);
    }
    for error in &directives.errors {
        eprintln!("error: {}: {error}", input.unit.package);
    }
    if !directives.errors.is_empty() {
        return Err(Failure::message("the build script reported an error")).during("running the build script");
    }
    let node = describe(input, &out, directives).to_json();
    files::write(&input.output("dev")?.join(node::FILE), format!("{node}\n").as_bytes())
}

/// Where `OUT_DIR` is in the output. Scripts take folders above it for Cargo's: one has the profile's name, and they may be written to
/// (<https://doc.rust-lang.org/cargo/reference/build-cache.html>).
fn out_dir(input: &Input) -> PathBuf {
    let unit = &input.unit;
    let profile = match unit.profile_name.as_str() {
        "dev" | "test" | "debug" => "debug",
        "" | "bench" => "release",
        name => name,
    };
    let package = format!("{}-{}", unit.package, unit.version);
    let parts: [&str; OUT_DIR_DEPTH] = ["target", input.script_target(), profile, "build", &package, "out"];
    parts.iter().collect()
}

/// How deep `OUT_DIR` is in the output.
const OUT_DIR_DEPTH: usize = 6;

fn compile_and_run(compilation: &Compilation, out: &Path) -> Result<Directives> {
    let input = compilation.input;
    let program = compile(compilation).during("compiling the build script")?;
    let before = Snapshot::take(&compilation.layout.root)?;
    let directives = run(compilation, &program, out).during("running the build script")?;
    let changed = before.keep_changes(&compilation.layout.root, input.output("dev")?)?;
    if changed > 0 {
        eprintln!("the build script changed {changed} files and folders of the package's folder");
    }
    Ok(directives)
}

fn compile(compilation: &Compilation) -> Result<PathBuf> {
    let folder = compilation.input.top.join("script");
    files::make_folder(&folder)?;
    let program = folder.join("build-script-build");
    let mut call = compilation.call("bin")?;
    link::for_build(compilation, &mut call)?;
    call.option("-o", program.to_string_lossy());
    call.arg(compilation.root_argument());
    compilation.run(&call).map_err(|(failure, _)| failure)?;
    Ok(program)
}

fn run(compilation: &Compilation, program: &Path, out: &Path) -> Result<Directives> {
    let mut call = Call::new(program, &compilation.layout.package);
    call.envs(&environment(compilation, out)?);
    call.show();
    let mut output = call.output()?;
    if !output.status.success() {
        output = match with_copies(compilation.input, &call, program, out, &output)? {
            Some(again) => again,
            None => output,
        };
    }
    if !output.status.success() {
        // Why it failed comes last, as Cargo has it: Nix shows the end of a log, and crates that look for a library say pages to Cargo first.
        eprint!("{}", String::from_utf8_lossy(&output.stdout));
    }
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        let input = compilation.input;
        let name = input.unit.links.as_deref().unwrap_or(&input.unit.package);
        let advice = format!(
            "What it looked for is shown above. If that is a native library or a program, {}",
            native::advice(name)
        );
        let failure = call.failed(&output.status).with_advice(&advice);
        return Err(match &input.member {
            Some(_) => failure.with_advice(&format!("If that is a file: {}", source::ADVICE)),
            None => failure,
        });
    }
    let rust_version = compilation.input.unit.facts.get("rust-version").map(String::as_str);
    directives::parse(&output.stdout, rust_version).map_err(Failure::message)
}

/// Runs a script that failed once more, if it names sources of other packages, with copies of them that it may write to (see [`copies`]).
fn with_copies(input: &Input, call: &Call, program: &Path, out: &Path, failed: &Output) -> Result<Option<Output>> {
    let Some(store) = input.output("out")?.parent() else {
        return Ok(None);
    };
    let copies = copies::make(program, store, &input.top)?;
    if copies.is_empty() {
        return Ok(None);
    }
    eprint!("{}", String::from_utf8_lossy(&failed.stderr));
    for (original, _) in &copies {
        eprintln!(
            "note: the build script failed ({}); it is run once more with a copy of {original} that it may write to",
            failed.status
        );
    }
    files::remove_tree(out)?;
    files::make_folder(out)?;
    let mut output = call.output()?;
    for (original, copy) in &copies {
        copies::replace(&mut output.stdout, copy, original);
    }
    Ok(Some(output))
}

/// Everything that Cargo tells a build script.
fn environment(compilation: &Compilation, out: &Path) -> Result<BTreeMap<String, String>> {
    let input = compilation.input;
    let unit = &input.unit;
    let toolchain = &input.toolchain;
    let mut variables = environment::base(input)?;
    // What a script links itself is no output, and finds its libraries as everything in the package set does.
    variables.remove(environment::DONT_SET_RPATH);
    if let Some(path) = variables.get_mut("PATH") {
        path.push(':');
        path.push_str(&git::install(&input.top)?.to_string_lossy());
    }
    variables.extend(environment::package(input, &compilation.layout.package));
    variables.extend(environment::library_paths(input));
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let debug = !matches!(unit.run_setting("debug"), "" | "0" | "false" | "none");
    let level = if unit.run_setting("opt-level").is_empty() {
        "0"
    } else {
        unit.run_setting("opt-level")
    };
    let profile = told_profile(unit);
    let mut set = |name: &str, value: String| drop(variables.insert(name.to_owned(), value));
    set("OUT_DIR", text(out.to_owned()));
    set("TARGET", input.script_target().to_owned());
    set("HOST", input.host.clone());
    set("NUM_JOBS", environment::jobs().to_string());
    set("OPT_LEVEL", level.to_owned());
    set("DEBUG", debug.to_string());
    set("PROFILE", profile.to_owned());
    set("RUSTC", text(toolchain.rustc.join("bin/rustc")));
    set("RUSTDOC", text(toolchain.rustc.join("bin/rustdoc")));
    set("RUSTC_LINKER", text(toolchain.target_cc("cc")));
    set("CARGO_ENCODED_RUSTFLAGS", input.script_flags().join("\u{1f}"));
    if let Some(links) = &unit.links {
        set("CARGO_MANIFEST_LINKS", links.clone());
    }
    for feature in &unit.features {
        set(&format!("CARGO_FEATURE_{}", upper(feature)), "1".to_owned());
    }
    // The `cc` crate looks for these, after names with the triple or `TARGET_` before it. Those are not set: LuaJIT's makefile has a `TARGET_AR`,
    // too, and wants the archiver's options in it.
    let mut compilers = [
        ("CC", toolchain.target_cc("cc"), toolchain.host_cc.join("bin/cc")),
        ("CXX", toolchain.target_cc("c++"), toolchain.host_cc.join("bin/c++")),
        (
            "AR",
            toolchain.target_tool("ar"),
            toolchain.host_bintools.join("bin/ar"),
        ),
    ];
    if unit.runs_for_host {
        for (_, target, host) in &mut compilers {
            target.clone_from(host);
        }
    }
    for (name, target, host) in compilers {
        if target.exists() {
            set(name, text(target));
        }
        if host.exists() {
            set(&format!("HOST_{name}"), text(host));
        }
    }
    // By the variable the crate pkg-config also learns that it may be asked for another platform.
    if input.is_cross() && !unit.runs_for_host {
        let name = format!("bin/{}pkg-config", toolchain.target_prefix);
        let mut programs = input.tools.iter().map(|package| package.join(&name));
        if let Some(program) = programs.find(|program| program.exists()) {
            set("TARGET_PKG_CONFIG", text(program.clone()));
            set("PKG_CONFIG", text(program));
        }
    }
    variables.extend(cfgs(compilation)?);
    for dev in &input.metadata {
        let script = Script::read(dev)?;
        let links = upper(script.links.as_deref().unwrap_or_default());
        for (key, value) in script.metadata {
            variables.insert(format!("DEP_{links}_{}", upper(&key)), value);
        }
    }
    variables.extend(input.environment.clone());
    // As Cargo has it: what another script made is found there by its name, which is all that a library without a SONAME has.
    let already = variables.get(run_paths::VARIABLE).map(String::as_str);
    if let Some(folders) = run_paths::of_builds(&compilation.searches(), already) {
        variables.insert(run_paths::VARIABLE.to_owned(), folders);
    }
    Ok(variables)
}

/// `PROFILE`: what the profile inherits from in the end, whatever it is called.
fn told_profile(unit: &Unit) -> &'static str {
    if unit.profile_root == "dev" { "debug" } else { "release" }
}

fn cfgs(compilation: &Compilation) -> Result<BTreeMap<String, String>> {
    let input = compilation.input;
    let mut call = Call::new(&input.toolchain.rustc.join("bin/rustc"), &compilation.layout.package);
    call.envs(&environment::base(input)?);
    // As with Cargo, which asks with the variables of its configuration: with RUSTC_BOOTSTRAP among them rustc tells unstable ones, too.
    call.envs(&input.environment);
    call.option("--print", "cfg")
        .option("--target", input.script_target())
        .args(input.script_flags());
    let assertions = input.unit.run_setting("debug-assertions") == "true";
    Ok(environment::cfg_variables(
        &call.text()?,
        assertions,
        &input.unit.features,
    ))
}

fn describe(input: &Input, out: &Path, directives: Directives) -> Script {
    let mut searches = directives.searches;
    // Where a script names a library without saying where it is, it is in one of the packages it was given.
    searches.extend(native::folders_of(&input.libraries));
    let arguments = directives.link_arguments.into_iter();
    Script {
        package: input.unit.package.clone(),
        version: input.unit.version.clone(),
        links: input.unit.links.clone(),
        out_dir: out.to_owned(),
        cfgs: directives.cfgs.into_iter().collect(),
        check_cfgs: directives.check_cfgs.into_iter().collect(),
        environment: directives.environment,
        libs: directives.libs.into_iter().collect(),
        searches: searches.into_iter().collect(),
        link_arguments: arguments.map(|(target, value)| (target.to_text(), value)).collect(),
        metadata: directives.metadata,
        warnings: directives.warnings.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A profile of one's own that inherits from dev was `release`.
    #[test]
    fn what_a_profile_comes_from_is_told() {
        let told = |root: &str| {
            told_profile(&Unit {
                profile_name: "fast".to_owned(),
                profile_root: root.to_owned(),
                ..Unit::default()
            })
        };
        assert_eq!([told("dev"), told("release")], ["debug", "release"]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let script = Script {
            package: "libz-sys".to_owned(),
            version: "1.1.20".to_owned(),
            links: Some("z".to_owned()),
            out_dir: "/o/out".into(),
            environment: vec![pair("A", "b = c")],
            link_arguments: vec![pair("bin:rg", "-Wl,-z,now")],
            metadata: vec![pair("root", "/o/out")],
            ..Script::default()
        };
        assert_eq!(Script::of_json(&script.to_json()).unwrap(), script);
        let broken = Value::parse(r#"{"package":"a","version":"1","outDir":"/o","environment":[["A"]]}"#).unwrap();
        let error = Script::of_json(&broken).unwrap_err();
        assert_eq!(error, "`environment` is not a list of pairs of strings");
    }
}
