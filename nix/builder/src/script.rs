//! Build scripts: compiled, run, and their directives kept for the package's units.

use crate::changes::Snapshot;
use crate::directives::{self, Directives};
use crate::environment::{self, upper};
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::git;
use crate::handed;
use crate::input::Input;
use crate::json::Value;
use crate::native;
use crate::node::{Node, SCHEMA};
use crate::process::Call;
use crate::rustc::Compilation;
use crate::source;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// In the `out` of a build script's run: the folder that `OUT_DIR` names.
const OUT_DIR: &str = "out";
/// There, too: the source, where what the build script hands on names it.
const SOURCE: &str = "source";

/// What the other units of a package read of its build script's `node.json`.
#[derive(Debug)]
pub struct Script {
    /// `OUT_DIR`
    pub out_dir: String,
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
}

impl Script {
    /// Reads what a build script's run left in its `dev` output.
    ///
    /// # Errors
    /// If its `node.json` cannot be read.
    pub fn read(dev: &Path) -> Result<Self> {
        let value = Node::read(dev)?.value;
        let arguments = value.get("linkArguments").and_then(Value::as_array).unwrap_or_default();
        Ok(Self {
            out_dir: value.text("outDir").to_owned(),
            cfgs: value.strings("cfgs"),
            check_cfgs: value.strings("checkCfgs"),
            environment: value.pairs("environment"),
            libs: value.strings("libs"),
            searches: value.strings("searches"),
            link_arguments: arguments
                .iter()
                .map(|entry| (entry.text("for").to_owned(), entry.text("value").to_owned()))
                .collect(),
        })
    }
}

/// Builds and runs a build script, or takes what stands in its place.
///
/// # Errors
/// If it does not compile, fails, or prints what Cargo does not accept.
pub fn build(input: &Input) -> Result<()> {
    let layout = source::prepare(input).during("unpacking the source")?;
    let out = input.output("out")?.join(OUT_DIR);
    files::make_folder(&out)?;
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
    let node = describe(input, &out, directives);
    files::write(&input.output("dev")?.join("node.json"), format!("{node}\n").as_bytes())
}

fn compile_and_run(compilation: &Compilation, out: &Path) -> Result<Directives> {
    let input = compilation.input;
    let program = compile(compilation).during("compiling the build script")?;
    let before = Snapshot::take(&compilation.layout.root)?;
    let directives = run(compilation, &program, out).during("running the build script")?;
    let changed = before.keep_changes(&compilation.layout.root, &input.output("dev")?.join(source::CHANGES))?;
    if changed > 0 {
        eprintln!("the build script wrote {changed} files into the package's folder");
    }
    Ok(directives)
}

fn compile(compilation: &Compilation) -> Result<PathBuf> {
    let folder = compilation.input.top.join("script");
    files::make_folder(&folder)?;
    let program = folder.join("build-script-build");
    let mut call = compilation.call("bin")?;
    compilation.choose_linker_for_build(&mut call)?;
    call.option("-o", program.to_string_lossy());
    call.arg(compilation.root_argument());
    compilation.run(&call).map_err(|(failure, _)| failure)?;
    Ok(program)
}

fn run(compilation: &Compilation, program: &Path, out: &Path) -> Result<Directives> {
    let mut call = Call::new(program, &compilation.layout.package);
    call.envs(&environment(compilation, out)?);
    eprintln!("{}", call.line());
    let output = call.output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        eprint!("{printed}");
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
    directives::parse(&output.stdout).map_err(Failure::message)
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
    let profile = if matches!(unit.profile_name.as_str(), "dev" | "test" | "debug") {
        "debug"
    } else {
        "release"
    };
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
    // The `cc` crate looks for these, first with the triple in their names.
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
            set(name, text(target.clone()));
            set(&format!("TARGET_{name}"), text(target));
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
        let node = Node::read(dev)?;
        let links = upper(node.value.text("links"));
        for (key, value) in node.value.pairs("metadata") {
            variables.insert(format!("DEP_{links}_{}", upper(&key)), value);
        }
    }
    variables.extend(input.environment.clone());
    Ok(variables)
}

fn cfgs(compilation: &Compilation) -> Result<BTreeMap<String, String>> {
    let input = compilation.input;
    let mut call = Call::new(&input.toolchain.rustc.join("bin/rustc"), &compilation.layout.package);
    call.envs(&environment::base(input)?);
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

fn describe(input: &Input, out: &Path, directives: Directives) -> Value {
    let list = |items: &[(String, String)]| -> Value {
        items
            .iter()
            .map(|(key, value)| [key, value].into_iter().collect::<Value>())
            .collect()
    };
    let mut searches = directives.searches;
    // Where a script names a library without saying where it is, it is in one of the packages it was given.
    searches.extend(native::folders_of(&input.libraries));
    let argument = |(target, value): &(directives::LinkTarget, String)| {
        Value::object([("for", target.to_text().into()), ("value", value.into())])
    };
    Value::object([
        ("schema", Value::Number(SCHEMA)),
        ("kind", input.unit.kind.name().into()),
        ("package", (&input.unit.package).into()),
        ("version", (&input.unit.version).into()),
        ("links", input.unit.links.clone().into()),
        ("outDir", out.into()),
        ("cfgs", directives.cfgs.into_iter().collect()),
        ("checkCfgs", directives.check_cfgs.into_iter().collect()),
        ("environment", list(&directives.environment)),
        ("libs", directives.libs.into_iter().collect()),
        ("searches", searches.into_iter().collect()),
        (
            "linkArguments",
            directives.link_arguments.iter().map(argument).collect(),
        ),
        ("metadata", list(&directives.metadata)),
        ("warnings", directives.warnings.into_iter().collect()),
    ])
}
