//! The question for one program as plain data, which both solvers take: what was asked for once is remembered, so that the time of a solver
//! is its own.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Bound;
use std::rc::Rc;

use dyrust_importer::fleet::questions::{Node, Question};
use pubgrub::Ranges;
use rustc_hash::FxHashMap;

/// A node's number.
pub type NodeId = u32;
/// A version's number; a higher version has a higher one.
pub type Version = u32;
/// What a version demands, or why it can't be had.
pub type Demands = Result<Vec<(NodeId, Ranges<Version>)>, String>;

/// The program, of which version 0 is asked for.
pub const PROGRAM: NodeId = 0;
/// How many demands may be asked for before a solution is given up: as in the importer.
pub const DECISIONS: usize = 200_000;

/// What is known of a node.
pub struct Facts {
    node: Node,
    name: String,
    /// Its versions, the best first; none of a native library.
    pub order: Option<Vec<Version>>,
    fits: RefCell<FxHashMap<Version, bool>>,
    demands: RefCell<FxHashMap<Version, Rc<Demands>>>,
}

/// The question for a program.
pub struct Program<'q> {
    question: Question<'q>,
    nodes: RefCell<Vec<Rc<Facts>>>,
    numbers: RefCell<FxHashMap<Node, NodeId>>,
}

impl<'q> Program<'q> {
    /// The question, of which nothing is known yet.
    pub fn new(question: Question<'q>) -> Self {
        let program = Self {
            question,
            nodes: RefCell::default(),
            numbers: RefCell::default(),
        };
        program.number(Node::PROGRAM);
        program
    }

    fn number(&self, node: Node) -> NodeId {
        if let Some(number) = self.numbers.borrow().get(&node) {
            return *number;
        }
        let mut nodes = self.nodes.borrow_mut();
        let number = NodeId::try_from(nodes.len()).unwrap_or(NodeId::MAX);
        self.numbers.borrow_mut().insert(node, number);
        nodes.push(Rc::new(Facts {
            node,
            name: self.question.name(node),
            order: self.question.order(node),
            fits: RefCell::default(),
            demands: RefCell::default(),
        }));
        number
    }

    /// What is known of a node.
    pub fn facts(&self, node: NodeId) -> Rc<Facts> {
        Rc::clone(&self.nodes.borrow()[node as usize])
    }

    /// A node, as a reader of messages would name it.
    pub fn name(&self, node: NodeId) -> String {
        self.facts(node).name.clone()
    }

    /// A version, as a reader of messages would name it.
    pub fn label(&self, node: NodeId, version: Version) -> Label {
        Label {
            version,
            text: self.question.version(self.facts(node).node, version),
        }
    }

    /// Some versions, as a reader of messages would name them.
    pub fn labels(&self, node: NodeId, versions: &Ranges<Version>) -> Ranges<Label> {
        let bounds = versions.iter().map(|(start, end)| {
            let start = start.as_ref().map(|version| self.label(node, *version));
            // Where a range ends, there may be no version any more.
            let end = match end {
                Bound::Excluded(version) => Bound::Included(self.label(node, version.saturating_sub(1))),
                Bound::Included(version) => Bound::Included(self.label(node, *version)),
                Bound::Unbounded => Bound::Unbounded,
            };
            match (&start, &end) {
                (Bound::Excluded(start), Bound::Included(end)) if start >= end => {
                    (Bound::Included(end.clone()), Bound::Included(end.clone()))
                }
                _ => (start, end),
            }
        });
        bounds.collect()
    }

    /// May a version be chosen at all?
    pub fn fits(&self, node: NodeId, version: Version) -> bool {
        let facts = self.facts(node);
        let known = facts.fits.borrow().get(&version).copied();
        known.unwrap_or_else(|| {
            let fits = self.question.fits(facts.node, version);
            facts.fits.borrow_mut().insert(version, fits);
            fits
        })
    }

    /// What a version demands, or why it can't be had.
    pub fn demands(&self, node: NodeId, version: Version) -> Rc<Demands> {
        let facts = self.facts(node);
        if let Some(demands) = facts.demands.borrow().get(&version) {
            return Rc::clone(demands);
        }
        let demands = self.question.demands(facts.node, version).map(|demands| {
            let demands = demands.into_iter();
            demands.map(|(node, versions)| (self.number(node), versions)).collect()
        });
        let demands = Rc::new(demands);
        facts.demands.borrow_mut().insert(version, Rc::clone(&demands));
        demands
    }

    /// The best version of a node.
    pub fn first_choice(&self, node: NodeId) -> Option<Version> {
        let facts = self.facts(node);
        let order = facts.order.as_deref().unwrap_or_default();
        order.iter().copied().find(|version| self.fits(node, *version))
    }

    /// The lowest version of a node.
    pub fn lowest(&self, node: NodeId) -> Option<Version> {
        let facts = self.facts(node);
        let order = facts.order.as_deref().unwrap_or_default();
        order.iter().copied().filter(|version| self.fits(node, *version)).min()
    }

    /// What the importer chose, if it chose something.
    pub fn chosen(&self) -> Option<FxHashMap<NodeId, Version>> {
        let chosen = self.question.chosen()?.into_iter();
        Some(chosen.map(|(node, version)| (self.number(node), version)).collect())
    }

    /// The packages of a solution that the program reaches.
    ///
    /// # Errors
    /// When it is none.
    pub fn packages(
        &self,
        asked: &Asked<'_>,
        solution: &FxHashMap<NodeId, Version>,
    ) -> Result<FxHashMap<NodeId, Version>, String> {
        let mut reached: FxHashMap<NodeId, Version> = FxHashMap::default();
        let mut stack = vec![(PROGRAM, 0)];
        while let Some((node, version)) = stack.pop() {
            if reached.insert(node, version).is_some() {
                continue;
            }
            let told = |problem: &str| format!("{} {problem}", self.name(node));
            if !self.fits(node, version) {
                return Err(told("may not be chosen"));
            }
            for (below, versions) in asked
                .demands(node, version)
                .as_ref()
                .as_ref()
                .map_err(|reason| told(reason))?
            {
                let chosen = match self.facts(*below).order {
                    Some(_) => solution.get(below).copied(),
                    // Not every solver chooses one: whoever demands it does.
                    None => match reached.get(below) {
                        Some(known) => Some(*known),
                        None => versions.as_singleton().copied(),
                    },
                };
                match chosen.filter(|version| versions.contains(version)) {
                    Some(version) => stack.push((*below, version)),
                    None => return Err(told(&format!("does not get {}", self.name(*below)))),
                }
            }
        }
        reached.retain(|node, _| self.facts(*node).node.is_package());
        Ok(reached)
    }
}

/// A question as it is asked once: of the program, and of a version of a package that it must have.
pub struct Asked<'p> {
    /// The program.
    pub program: &'p Program<'p>,
    /// The package that it must have.
    pub pin: Option<(NodeId, Version)>,
    count: Cell<usize>,
}

impl<'p> Asked<'p> {
    /// A question.
    pub fn new(program: &'p Program<'p>, pin: Option<(NodeId, Version)>) -> Self {
        Self {
            program,
            pin,
            count: Cell::new(0),
        }
    }

    /// How many demands were asked for.
    pub fn count(&self) -> usize {
        self.count.get()
    }

    /// What a version demands, or why it can't be had.
    pub fn demands(&self, node: NodeId, version: Version) -> Rc<Demands> {
        self.count.set(self.count.get() + 1);
        let demands = self.program.demands(node, version);
        let (PROGRAM, Some((pinned, place)), Ok(known)) = (node, self.pin, demands.as_ref()) else {
            return demands;
        };
        let others = known.iter().filter(|(node, _)| *node != pinned);
        let place = Ranges::singleton(place);
        let place = match known.iter().find(|(node, _)| *node == pinned) {
            Some((_, places)) => places.intersection(&place),
            None => place,
        };
        Rc::new(Ok(others.cloned().chain([(pinned, place)]).collect()))
    }
}

/// A version with its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    version: Version,
    text: String,
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
