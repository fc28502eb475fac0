//! How a unit's compiler is made to link: through this very program ([`crate::driver`]), which is told what it needs to know.

use crate::archives::Linked;
use crate::driver;
use crate::elf::Elf;
use crate::environment;
use crate::failure::Result;
use crate::files;
use crate::hidden;
use crate::linking_copies;
use crate::loaded::Libraries;
use crate::native::Prepared;
use crate::process::Call;
use crate::rustc::Compilation;
use crate::strip;
use std::path::Path;

/// The link of one unit.
pub struct Link<'a> {
    compilation: &'a Compilation<'a>,
    /// The unit's own native libraries.
    prepared: &'a Prepared,
    /// The library with a program's own code, where it has one.
    code: Option<&'a Path>,
}

impl<'a> Link<'a> {
    /// The link of a unit with these native libraries of its own.
    #[must_use]
    pub fn new(compilation: &'a Compilation<'a>, prepared: &'a Prepared) -> Self {
        Self {
            compilation,
            prepared,
            code: None,
        }
    }

    /// The link of a program's stub, over the library with the program's own code.
    #[must_use]
    pub fn with_code(self, code: &'a Path) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    /// A library that is a shared object.
    ///
    /// # Errors
    /// If the linker is missing, the unit has no `dev` output, or crates were given different libraries of one name.
    pub fn library(&self, call: &mut Call) -> Result<()> {
        choose_driver(self.compilation, call)?;
        self.tell_libraries(call)?;
        self.keep_what_is_linked(call)?;
        // A crate's shared object does without the C compiler's start files.
        if let Some(start) = &self.compilation.facts.start {
            call.option("-C", "link-arg=-nostartfiles");
            call.option("-C", format!("link-arg={}", start.display()));
        }
        Ok(())
    }

    /// Something that lists all that is loaded with it: a program, or a library for other languages.
    ///
    /// # Errors
    /// As [`Self::library`].
    pub fn program(&self, call: &mut Call) -> Result<()> {
        self.passing_program(call)?;
        self.keep_what_is_linked(call)
    }

    /// A program of which nothing is kept, as rustdoc links them.
    ///
    /// # Errors
    /// As [`Self::library`].
    pub fn passing_program(&self, call: &mut Call) -> Result<()> {
        for_build(self.compilation, call)?;
        if self.compilation.is_dynamic() {
            call.env(driver::PROGRAM, "1");
            self.tell_libraries(call)?;
        }
        Ok(())
    }

    /// Tells the driver where libraries are.
    ///
    /// # Errors
    /// If crates were given different libraries of one name.
    pub fn tell_libraries(&self, call: &mut Call) -> Result<()> {
        let file = self.compilation.input.top.join("libraries");
        self.libraries()?.write(&file)?;
        call.env(driver::LIBRARIES, file.to_string_lossy());
        call.env(driver::FOREIGN, self.compilation.records.foreign.to_string_lossy());
        Ok(())
    }

    /// Where what may be loaded with a program is: the crates' libraries and those made of their archives, what foreign libraries these
    /// need, std, the C library.
    fn libraries(&self) -> Result<Libraries> {
        let input = self.compilation.input;
        let dependencies = &self.compilation.dependencies;
        let mut pinned = Libraries::default();
        for output in &input.pinned {
            for file in files::list(&output.join("lib"))? {
                pinned.add(&file.file_name().unwrap_or_default().to_string_lossy(), &file)?;
            }
        }
        let mut libraries = Libraries::default();
        let mut add = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            libraries.add(&name, pinned.get(&name).unwrap_or(path))
        };
        for dependency in dependencies.libraries() {
            if let Some(library) = &dependency.node.library {
                add(library)?;
            }
        }
        let natives = dependencies.natives().chain(&self.prepared.natives);
        for shared in natives.filter_map(|native| native.shared.as_deref()) {
            add(shared)?;
        }
        if let Some(libstd) = &input.toolchain.libstd {
            for file in files::list(&libstd.join("lib"))? {
                add(&file)?;
            }
        }
        if let Some(code) = self.code {
            let name = code.file_name().unwrap_or_default().to_string_lossy();
            libraries.add(&name, code)?;
        }
        for (soname, path) in &self.compilation.facts.libraries {
            libraries.add(soname, Path::new(path))?;
        }
        for (soname, path) in self.compilation.records.foreign()?.iter() {
            libraries.add(soname, path)?;
        }
        for dependency in &dependencies.closure {
            for (soname, path) in &dependency.node.foreign {
                libraries.add(soname, path)?;
            }
        }
        Ok(libraries)
    }

    /// Has the driver keep the objects and write down what it did, and gives it the crates' native libraries.
    fn keep_what_is_linked(&self, call: &mut Call) -> Result<()> {
        let input = self.compilation.input;
        let records = &self.compilation.records;
        call.env(driver::OBJECTS, input.output("dev")?.join("objects").to_string_lossy());
        call.env(driver::HIDDEN, hidden::paths(input).join(":"));
        call.env(driver::FOUND, records.hidden.to_string_lossy());
        call.env(driver::RECORD, records.arguments.to_string_lossy());
        if self.compilation.is_dynamic() {
            self.give_natives(call);
        }
        for option in self.compilation.link_options() {
            call.option("-C", format!("link-arg={option}"));
        }
        call.option("-C", format!("link-arg=-Wl,--build-id={}", strip::build_id(input)));
        Ok(())
    }

    /// Tells the driver which native libraries the crates have, and which libraries are needed in any case.
    pub fn give_natives(&self, call: &mut Call) {
        let dependencies = &self.compilation.dependencies;
        let own = self.prepared.natives.iter().map(Linked::of);
        let of_others = dependencies.libraries().flat_map(|dependency| {
            let natives = dependency.node.natives.iter();
            natives.map(|native| Linked::of(native).owned_by(dependency.file()))
        });
        let lines: Vec<String> = own.chain(of_others).map(|native| native.to_text()).collect();
        call.env(driver::NATIVES, lines.join("\n"));
        // A library that is there for what it does when it is loaded would be dropped: nothing refers to it.
        let closure = dependencies.closure.iter();
        let forced = closure.filter(|dependency| dependency.node.has_side_effects());
        let files: Vec<_> = forced.map(|dependency| dependency.file().to_string_lossy()).collect();
        call.env(driver::FORCED, files.join(":"));
    }
}

/// A call of the driver that links a program, or what becomes a part of one, once more than rustc did.
///
/// # Errors
/// If the linker is missing, or the driver cannot be installed.
pub fn again(compilation: &Compilation) -> Result<Call> {
    let input = compilation.input;
    let mut call = Call::new(&driver::install(&input.top)?, &compilation.layout.work);
    call.envs(&environment::base(input)?);
    for (name, value) in driver::environment(input)? {
        call.env(name, value);
    }
    call.env(driver::PROGRAM, "1");
    Ok(call)
}

/// Makes rustc link through this very program, which calls the C compiler and the one linker.
fn choose_driver(compilation: &Compilation, call: &mut Call) -> Result<()> {
    let input = compilation.input;
    let driver = driver::install(&input.top)?;
    call.option("-C", format!("linker={}", driver.display()));
    call.option("-C", "linker-flavor=gcc");
    for (name, value) in driver::environment(input)? {
        call.env(name, value);
    }
    Ok(())
}

/// The link of something that needs other libraries by their paths.
fn choose_driver_with_paths(compilation: &Compilation, call: &mut Call) -> Result<()> {
    choose_driver(compilation, call)?;
    call.env(
        driver::LINKING_COPIES,
        compilation.input.top.join(linking_copies::FOLDER).to_string_lossy(),
    );
    Ok(())
}

/// The link of a program that runs during a build: it needs the C library by its path too.
///
/// # Errors
/// If the linker is missing.
pub fn for_build(compilation: &Compilation, call: &mut Call) -> Result<()> {
    choose_driver_with_paths(compilation, call)?;
    // What is known of the C library is that of the target.
    if let Some(folder) = compilation
        .facts
        .linking_copies
        .as_ref()
        .filter(|_| !compilation.input.is_cross())
    {
        call.option("-C", format!("link-arg=-L{}", folder.display()));
    }
    Ok(())
}

/// The link of what rustc loads. It has the C library loaded already, perhaps another one than the builds': that is not
/// named by its path. The C++ library may be inside of it, so nobody else brings it.
///
/// # Errors
/// If the linker is missing, or a link cannot be made.
pub fn for_macro(compilation: &Compilation, call: &mut Call) -> Result<()> {
    const NAME: &str = "libstdc++.so";
    let input = compilation.input;
    choose_driver_with_paths(compilation, call)?;
    let copies = compilation.facts.linking_copies.as_ref();
    let copy = copies.map(|folder| folder.join(NAME));
    if let Some(copy) = copy.filter(|copy| copy.exists() && !input.is_cross()) {
        let folder = input.top.join("linking-copies-of-macros");
        files::make_folder(&folder)?;
        files::link(&copy, &folder.join(NAME))?;
        call.option("-C", format!("link-arg=-L{}", folder.display()));
    }
    Ok(())
}

/// Whether a shared object of a crate has something that runs when it is loaded.
#[must_use]
pub fn has_constructors(compilation: &Compilation, object: &Elf) -> bool {
    // The C compiler's start files have one entry of their own.
    let own = if compilation.facts.start.is_some() { 0 } else { 8 };
    object.has_constructors(own)
}
