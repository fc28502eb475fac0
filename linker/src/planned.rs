//! Programs that are read and placed: all that is known before something is linked.

use std::path::PathBuf;

use crate::c_library::CLibrary;
use crate::error::{Error, Result, read};
use crate::graph::Graph;
use crate::item::{Item, items};
use crate::link::options::{Layout, Options, Tools};
use crate::placement::cost::CostModel;
use crate::placement::{Form, Placement};
use crate::runtime::Runtime;
use crate::symbols::scan_archive;

/// Programs that were read and placed, but not linked yet.
pub struct Planned {
    /// The units.
    pub graph: Graph,
    /// Std.
    pub runtime: Runtime,
    /// What the linking tools said.
    pub tools: Tools,
    /// The same as items.
    pub items: Vec<Item>,
    /// Where they go.
    pub placement: Placement,
    /// In which form.
    pub form: Form,
    /// Whether its shared objects are to be outputs of their own.
    pub separate: bool,
}

impl Planned {
    /// Reads programs and places what they use.
    pub fn new(programs: &[PathBuf], form: Form, cost: &CostModel, options: &Options) -> Result<Self> {
        let separate = options.layout != Layout::Together;
        if options.open && form != Form::Grouped {
            return Err(Error::Usage(
                "shared objects are open in the grouped form alone: others are for one set of programs".to_owned(),
            ));
        }
        if separate && form != Form::Grouped {
            return Err(Error::Usage(
                "shared objects are separate in the grouped form alone: in others they name paths".to_owned(),
            ));
        }
        let graph = Graph::load(programs)?;
        let tools = Tools::find(&graph, form, options)?;
        let runtime = Runtime::load(&graph.sysroot, &graph.rustc, &graph.target, tools.unwinder.as_deref())?;
        let builtins = scan_archive(&read(&runtime.builtins)?, &runtime.builtins, &graph.target)?;
        let items = items(&graph, &runtime, &CLibrary::read(&tools.system, &builtins)?);
        let placement = Placement::new(&items, form, cost, separate)?;
        Ok(Self {
            graph,
            runtime,
            tools,
            items,
            placement,
            form,
            separate,
        })
    }
}
