//! Checks `docs/asvs.md`: its totals match its tables, and the files and functions it names
//! exist.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Number of level 1 and 2 items in ASVS 5.0.0.
const ALL_ITEMS: usize = 253;

const MAX_WORDS: usize = 12;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn document() -> String {
    fs::read_to_string(root().join("docs/asvs.md")).expect("is there")
}

/// Returns the rows of each section, with trimmed cells.
fn tables(document: &str) -> BTreeMap<&str, Vec<Vec<&str>>> {
    let mut tables = BTreeMap::new();
    let mut section = "";
    for line in document.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title;
        }
        let cells = line
            .strip_prefix("| ")
            .and_then(|row| row.strip_suffix(" |"));
        let cells: Vec<_> = cells.into_iter().flat_map(|row| row.split(" | ")).collect();
        let is_item = |cell: &&str| cell.starts_with(|first: char| first.is_ascii_digit());
        if cells.first().is_some_and(is_item) {
            tables.entry(section).or_insert_with(Vec::new).push(cells);
        }
    }
    tables
}

#[test]
fn totals_match_the_tables() {
    let document = document();
    let tables = tables(&document);
    let mut items = BTreeSet::new();
    let mut counts = BTreeMap::new();
    for (section, rows) in &tables {
        for row in rows {
            for item in row[0].split(", ") {
                assert!(items.insert(item), "{item} is listed twice");
                *counts.entry(*section).or_insert(0) += 1;
            }
            if *section != "Does not apply" {
                assert_eq!(row.len(), 4, "{row:?}");
                assert!(matches!(row[1], "1" | "2"), "{row:?}");
                let words = row[2].split_whitespace().count();
                assert!(words <= MAX_WORDS, "{} has {words} words", row[0]);
            }
        }
    }
    assert_eq!(items.len(), ALL_ITEMS);
    let (met, unmet) = (counts["Met"], counts["Not met"]);
    let (later, absent) = (counts["Later"], counts["Does not apply"]);
    let applicable = met + unmet;
    let come = if later == 1 { "comes" } else { "come" };
    let line = format!(
        "**{met} of {applicable} applicable items are met ({} %), {unmet} are not, {later} {come} \
         later, {absent} do not apply: {ALL_ITEMS} in all.**",
        met * 100 / applicable
    );
    assert!(document.contains(&line), "the document should say: {line}");
    let with_later = format!("makes {} %", met * 100 / (applicable + later));
    assert!(document.contains(&with_later), "{with_later}");
}

#[test]
fn referenced_files_and_functions_exist() {
    let document = document();
    let security = fs::read_to_string(root().join("SECURITY.md")).expect("is there");
    for row in tables(&document).into_values().flatten() {
        let evidence = row.last().expect("has cells");
        for name in evidence.split('`').skip(1).step_by(2) {
            check_reference(row[0], name);
        }
        for rest in evidence.split("`SECURITY.md`, ").skip(1) {
            let title = rest
                .split([';', '(', '|'])
                .next()
                .unwrap_or_default()
                .trim();
            let is_there = security.contains(&format!("\n## {title}\n"))
                || security.contains(&format!("\n### {title}\n"));
            assert!(is_there, "{}: SECURITY.md has no section {title}", row[0]);
        }
    }
}

/// Checks text in code style if it names a file, or a file and a function in it. Other code is
/// ignored.
#[track_caller]
fn check_reference(item: &str, name: &str) {
    let (file, function) = match name.split_once("::") {
        Some((file, function)) => (file, Some(function)),
        None => (name, None),
    };
    let is_path = file.contains('/') && !file.starts_with('/') && !file.contains(' ');
    if !is_path {
        return;
    }
    let path = match file.strip_prefix("it/") {
        Some(test) => format!("backend/tests/it/{test}"),
        None => file.to_owned(),
    };
    let text = fs::read_to_string(root().join(&path));
    let text = text.unwrap_or_else(|_| panic!("{item}: there is no {path}"));
    if let Some(function) = function {
        let definition = format!("fn {function}(");
        assert!(
            text.contains(&definition),
            "{item}: {path} has no {function}"
        );
    }
}
