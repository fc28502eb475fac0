use super::*;
use crate::item::Inside;

/// A set of items: programs `a`, `b`, …, libraries, and std at the end that all use.
fn items(list: &[(&str, &[usize])]) -> Vec<Item> {
    let std = list.len();
    let mut items: Vec<Item> = list
        .iter()
        .map(|(label, dependencies)| Item {
            name: (*label).to_owned(),
            label: (*label).to_owned(),
            program: label.len() == 1,
            dependencies: dependencies.iter().copied().chain([std]).collect(),
            bytes: 1_000_000,
            ..Item::default()
        })
        .collect();
    items.push(Item {
        name: "std".to_owned(),
        label: "std".to_owned(),
        bytes: 1_000_000,
        ..Item::default()
    });
    items
}

fn place(items: &[Item], form: Form) -> Vec<(String, Vec<usize>)> {
    let placement = Placement::new(items, form, &CostModel::default(), false).unwrap();
    placement
        .files
        .into_iter()
        .map(|file| (file.name, file.items))
        .collect()
}

fn expected(list: &[(&str, &[usize])]) -> Vec<(String, Vec<usize>)> {
    list.iter()
        .map(|(name, items)| ((*name).to_owned(), items.to_vec()))
        .collect()
}

#[test]
fn what_one_program_uses_is_in_it_and_the_rest_is_shared_once() {
    let items = items(&[("a", &[2, 3]), ("b", &[3]), ("alone", &[3]), ("both", &[])]);
    assert_eq!(
        place(&items, Form::Image),
        expected(&[("a", &[0, 2]), ("b", &[1]), ("libimage.so", &[3, 4])])
    );
    assert_eq!(
        place(&items, Form::Static),
        expected(&[("a", &[0, 2, 3, 4]), ("b", &[1, 3, 4])])
    );
    let trim = [
        ("a", [0].as_slice()),
        ("b", &[1]),
        ("libalone.so", &[2]),
        ("libboth.so", &[3]),
        ("libstd.so", &[4]),
    ];
    assert_eq!(place(&items, Form::Trim), expected(&trim));
}

/// A set of programs from several graphs may have memchr 2.7.4 and 2.7.5, whose symbols have the same names.
#[test]
fn no_program_loads_two_builds_of_one_crate() {
    let mut items = items(&[
        ("a", &[4]),
        ("b", &[4, 6]),
        ("c", &[5, 6]),
        ("d", &[5]),
        ("memchr", &[]),
        ("memchr-2", &[]),
        ("common", &[]),
    ]);
    (items[4].twins, items[5].twins) = (vec![5], vec![4]);
    let files = place(&items, Form::Image);
    assert_eq!(
        files[4..],
        expected(&[
            ("libmemchr.so", &[4]),
            ("libmemchr-2.so", &[5]),
            ("libimage.so", &[6, 7])
        ])
    );
    // Together they would be in the one object that all programs load.
    (items[4].twins, items[5].twins) = (Vec::new(), Vec::new());
    assert_eq!(
        place(&items, Form::Image)[4..],
        expected(&[("libimage.so", &[4, 5, 6, 7])])
    );
}

#[test]
fn constructors_run_only_in_programs_that_have_them() {
    let mut items = items(&[
        ("a", &[3]),
        ("b", &[3, 4]),
        ("c", &[4]),
        ("registry", &[4]),
        ("common", &[]),
    ]);
    items[3].constructors = true;
    let files = place(&items, Form::Image);
    assert_eq!(
        files[3..],
        expected(&[("libregistry.so", &[3]), ("libimage.so", &[4, 5])])
    );
    // Where it is small, a copy in each program is cheaper than one more object to load.
    items[3].bytes = 1000;
    assert_eq!(
        place(&items, Form::Image),
        expected(&[("a", &[0, 3]), ("b", &[1, 3]), ("c", &[2]), ("libimage.so", &[4, 5])])
    );
}

#[test]
fn users_of_an_exact_piece_do_not_pull_it_into_other_programs() {
    let mut items = items(&[
        ("a", &[3]),
        ("b", &[3]),
        ("c", &[5]),
        ("user", &[4, 5]),
        ("registry", &[5]),
        ("common", &[]),
    ]);
    items[4].foreign = vec!["-lssl".to_owned()];
    let files = place(&items, Form::Image);
    assert_eq!(
        files[3..],
        expected(&[("libimage.so", &[3, 4]), ("libimage-2.so", &[5, 6])])
    );
}

#[test]
fn users_of_a_slice_are_where_the_slice_is() {
    let mut items = items(&[
        ("a", &[2]),
        ("b", &[2, 4]),
        ("elements", &[3, 4]),
        ("slice", &[4]),
        ("common", &[]),
    ]);
    items[3].slices = vec!["COMMANDS".to_owned()];
    let files = place(&items, Form::Image);
    assert_eq!(
        files,
        expected(&[("a", &[0, 2, 3]), ("b", &[1, 2, 3]), ("libimage.so", &[4, 5])])
    );
}

#[test]
fn code_that_refers_back_is_with_what_it_refers_to() {
    let mut items = items(&[("a", &[2, 3]), ("b", &[2]), ("clang", &[]), ("callback", &[2])]);
    items[2].backward = vec![3];
    let files = place(&items, Form::Image);
    assert_eq!(
        files,
        expected(&[("a", &[0, 2, 3]), ("b", &[1, 2]), ("libstd.so", &[4])])
    );
}

#[test]
fn two_builds_of_a_c_library_are_not_in_one_file() {
    let mut items = items(&[
        ("a", &[4]),
        ("b", &[4]),
        ("c", &[5]),
        ("d", &[5]),
        ("one", &[]),
        ("two", &[]),
    ]);
    for item in [4, 5] {
        items[item].names = vec!["deflate".to_owned()];
    }
    let files = place(&items, Form::Image);
    assert!(
        files
            .iter()
            .all(|(_, contents)| !(contents.contains(&4) && contents.contains(&5))),
        "{files:?}"
    );
    assert!(files[4..].iter().any(|(_, contents)| contents.contains(&4)));
}

#[test]
fn what_must_be_relocated_is_kept_from_programs_that_do_not_use_it() {
    let mut items = items(&[("a", &[3]), ("b", &[3]), ("c", &[]), ("tables", &[])]);
    items[3].relocated = 10_000_000;
    assert_eq!(
        place(&items, Form::Image)[3..],
        expected(&[("libtables.so", &[3]), ("libstd.so", &[4])])
    );
    items[3].relocated = 1000;
    assert_eq!(place(&items, Form::Image)[3..], expected(&[("libimage.so", &[3, 4])]));
}

/// num-integer, which coreutils and hyperfine use, had all programs of an image load libm, for one function of coreutils'.
#[test]
fn what_calls_libm_is_kept_from_programs_that_do_not() {
    let mut items = items(&[
        ("a", &[4]),
        ("b", &[4]),
        ("c", &[]),
        ("d", &[]),
        ("user", &[5]),
        ("roots", &[]),
    ]);
    items[5].bytes = 10_000;
    items[4].bytes = 10_000;
    let all_shared = expected(&[("libimage.so", &[4, 5, 6])]);
    assert_eq!(place(&items, Form::Image)[4..], all_shared);
    items[5].calls_libm = true;
    // What uses it goes along, as nothing that is shared can use what is copied.
    let copied = [("a", [0, 4, 5].as_slice()), ("b", &[1, 4, 5]), ("c", &[2]), ("d", &[3])];
    assert_eq!(place(&items, Form::Image)[..4], expected(&copied));
    // Two of different programs, where moving one alone would gain nothing.
    items[4].dependencies = vec![6];
    (items[1].dependencies, items[2].dependencies) = (vec![4, 5, 6], vec![4, 6]);
    (items[0].dependencies, items[4].calls_libm) = (vec![5, 6], true);
    let copied = [("a", [0, 5].as_slice()), ("b", &[1, 4, 5]), ("c", &[2, 4]), ("d", &[3])];
    assert_eq!(place(&items, Form::Image)[..4], expected(&copied));
    // Programs that call it themselves lose nothing.
    (items[0].calls_libm, items[1].calls_libm) = (true, true);
    (items[2].calls_libm, items[3].calls_libm) = (true, true);
    assert_eq!(place(&items, Form::Image)[4..], all_shared);
}

#[test]
fn one_program_alone_has_everything_inside() {
    let items = items(&[("a", &[1]), ("lib", &[])]);
    assert_eq!(place(&items, Form::Image), expected(&[("a", &[0, 1, 2])]));
}

#[test]
fn the_checks_see_a_missing_item_and_a_wrong_constructor() {
    let mut items = items(&[("a", &[2]), ("b", &[]), ("lib", &[])]);
    let reach = reach(&items, &[0, 1]);
    let placement = Placement::new(&items, Form::Trim, &CostModel::default(), false).unwrap();
    assert!(placement.check(&items, &reach).is_ok());
    let mut lacking = placement.clone();
    lacking.files[2].items.clear();
    assert!(
        lacking
            .check(&items, &reach)
            .unwrap_err()
            .to_string()
            .contains("does not find lib")
    );
    items[3].constructors = true;
    items[2].constructors = true;
    assert!(placement.check(&items, &reach).is_ok());
    let mut wide = placement;
    wide.files[2].programs.add(&Programs::one(1));
    assert!(
        wide.check(&items, &reach)
            .unwrap_err()
            .to_string()
            .contains("constructors")
    );
}

#[test]
fn grouped_objects_are_what_the_same_programs_use() {
    let items = items(&[
        ("a", &[3, 5]),
        ("b", &[3, 4]),
        ("c", &[4]),
        ("two", &[4]),
        ("three", &[]),
        ("alone", &[]),
    ]);
    let group = grouped::name(&items, &[4, 6]);
    assert_eq!(
        place(&items, Form::Grouped),
        expected(&[
            ("a", &[0, 5]),
            ("b", &[1]),
            ("c", &[2]),
            ("libtwo.so", &[3]),
            (&group, &[4, 6])
        ])
    );
    // A name is made of what is in an object, in whatever order.
    assert_eq!(group, grouped::name(&items, &[6, 4]));
    assert_ne!(group, grouped::name(&items, &[3, 4]));
}

#[test]
fn small_classes_go_together() {
    let mut items = items(&[("a", &[3]), ("b", &[3]), ("c", &[]), ("two", &[])]);
    items[3].bytes = 1000;
    let group = grouped::name(&items, &[3, 4]);
    assert_eq!(
        place(&items, Form::Grouped),
        expected(&[("a", &[0]), ("b", &[1]), ("c", &[2]), (&group, &[3, 4])])
    );
}

#[test]
fn grouped_programs_have_few_objects() {
    few_objects(&["a", "b", "c", "d", "e"]);
}

/// With as many classes as this several are moved in a round.
#[test]
fn grouped_programs_of_many_classes_have_few_objects() {
    few_objects(&["a", "b", "c", "d", "e", "f", "g"]);
}

/// Programs, and a crate for each set of two and more of them: of five each has fifteen classes, of seven sixty-three.
fn few_objects(programs: &[&'static str]) {
    let sets: Vec<u32> = (0..1u32 << programs.len()).filter(|set| set.count_ones() > 1).collect();
    let uses: Vec<Vec<usize>> = (0..programs.len())
        .map(|program| (0..sets.len()).filter(|&at| sets[at] >> program & 1 == 1).collect())
        .collect();
    let uses: Vec<Vec<usize>> = uses
        .into_iter()
        .map(|uses| uses.into_iter().map(|at| at + programs.len()).collect())
        .collect();
    let names: Vec<String> = sets.iter().map(|set| format!("crate-{set}")).collect();
    let mut list: Vec<(&str, &[usize])> = programs.iter().copied().zip(uses.iter().map(Vec::as_slice)).collect();
    list.extend(names.iter().map(|name| (name.as_str(), [].as_slice())));
    let items = items(&list);
    let placement = Placement::new(&items, Form::Grouped, &CostModel::default(), false).unwrap();
    let counts: Vec<usize> = (0..programs.len())
        .map(|program| placement.loaded(program).len() + 1)
        .collect();
    assert!(
        counts.iter().all(|&count| (2..=grouped::MOST_OBJECTS).contains(&count)),
        "{counts:?}"
    );
    let shared = placement.files.len() - programs.len();
    assert!(shared > 1, "{shared}");
}

/// All of a program was in the file that is started, and new with each update of a library, if one crate of it had to be there.
#[test]
fn what_need_not_be_in_the_file_that_is_started_is_apart() {
    let list = [
        ("a", [2, 3].as_slice()),
        ("b", &[4]),
        ("stays", &[3, 4]),
        ("alone", &[4]),
        ("both", &[]),
    ];
    let mut items = items(&list);
    let inside = |started: bool| {
        let reason = "it has functions of its own".to_owned();
        Some(Inside { reason, started })
    };
    items[2].inside = inside(true);
    let placement = |items: &[Item]| Placement::new(items, Form::Grouped, &CostModel::default(), true).unwrap();
    let contents = |placement: &Placement| {
        placement
            .files
            .iter()
            .map(|file| file.items.clone())
            .collect::<Vec<_>>()
    };
    let placed = placement(&items);
    assert_eq!(contents(&placed), [vec![0, 2], vec![], vec![3], vec![1], vec![4, 5]]);
    assert_eq!(
        (placed.files[2].name.as_str(), placed.files[2].code_of),
        ("liba.so", Some(0))
    );
    assert_eq!(placed.files[0].dependencies, [2, 4]);
    assert_eq!(placed.files[1].dependencies, [3]);
    // It has something for whoever looks into its file.
    items[1].one_file = Some("it has a section of its own".to_owned());
    assert_eq!(contents(&placement(&items)), [vec![0, 2], vec![1], vec![3], vec![4, 5]]);
    // What an object of its program may hold as well, such as a `malloc` of its own, was new with each update of a library, too.
    items[2].inside = inside(false);
    assert_eq!(
        contents(&placement(&items)),
        [vec![], vec![1], vec![0, 2, 3], vec![4, 5]]
    );
}
