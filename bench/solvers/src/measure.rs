//! What is counted.

use std::fmt;

use cpu_time::ThreadTime;

use crate::Packages;
use crate::question::Program;

#[cfg(feature = "memory")]
#[global_allocator]
static ALLOCATED: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// What a solver's answers are like.
#[derive(Default)]
pub struct Tally {
    solved: usize,
    demands: usize,
    packages: usize,
    not_first: usize,
    /// Seconds for all questions.
    pub times: Vec<f64>,
}

impl Tally {
    /// Counts an answer.
    pub fn count(&mut self, program: &Program<'_>, demands: usize, packages: Option<&Packages>) {
        self.demands += demands;
        if let Some(packages) = packages {
            self.solved += 1;
            self.packages += packages.len();
            self.not_first += Self::not_first(program, packages);
        }
    }

    /// How many packages have another version than the preferred one.
    pub fn not_first(program: &Program<'_>, packages: &Packages) -> usize {
        let not_first = |(node, version): &(&u32, &u32)| program.first_choice(**node) != Some(**version);
        packages.iter().filter(not_first).count()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            solved,
            demands,
            packages,
            not_first,
            times,
        } = self;
        let time = median(&mut times.clone()) * 1e3;
        write!(
            formatter,
            "{time:.1} ms, {solved} solved, {packages} packages, {not_first} not in the preferred version; asked for {demands} demands"
        )
    }
}

/// Sorts the numbers and takes the one in the middle.
pub fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// The seconds for which this thread has a processor while `work` is done.
pub fn cpu(work: impl FnOnce()) -> f64 {
    let start = ThreadTime::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The bytes that are allocated at most while `work` is done; none if they are not counted.
#[cfg(feature = "memory")]
pub fn memory(work: impl FnOnce()) -> Option<usize> {
    ALLOCATED.reset_peak_usage();
    let before = ALLOCATED.current_usage();
    work();
    Some(ALLOCATED.peak_usage().saturating_sub(before))
}

/// The bytes that are allocated at most while `work` is done; none if they are not counted.
#[cfg(not(feature = "memory"))]
pub fn memory(_: impl FnOnce()) -> Option<usize> {
    None
}
