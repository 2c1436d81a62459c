//! Which file of a crate names what is in which other: `use`, and paths that begin with `crate`, `super` or a module. A
//! name that a folder or the crate passes on (`pub use`) counts for the file it comes from.

use super::files::TextFile;
use std::collections::{BTreeMap, BTreeSet};

/// A module's path from the root of its crate.
type Module = Vec<String>;

/// What one file says.
#[derive(Default)]
struct Said {
    /// Paths it names.
    named: Vec<Vec<String>>,
    /// Names it passes on, and where it has them from.
    passed_on: BTreeMap<String, Vec<String>>,
}

/// Each file of one crate, by its path without `.rs` and `mod`, with the files it imports from.
pub fn arrows(files: &[&TextFile]) -> BTreeMap<String, BTreeSet<String>> {
    let said: BTreeMap<Module, Said> =
        files.iter().filter_map(|file| Some((module(&file.path)?, read(file.without_tests())))).collect();
    let name = |module: &Module| if module.is_empty() { "lib".to_owned() } else { module.join("/") };
    said.iter()
        .map(|(from, words)| {
            let to = words.named.iter().filter_map(|path| home(&said, from, path, 0)).filter(|to| to != from);
            (name(from), to.map(|to| name(&to)).collect())
        })
        .collect()
}

/// `crates/a/src/b/mod.rs` is `b`. Programs of a crate stand outside of its library.
fn module(path: &str) -> Option<Module> {
    let inside = path.split_once("/src/")?.1.strip_suffix(".rs")?;
    if inside == "main" || inside.starts_with("bin/") {
        return None;
    }
    let mut parts: Module = inside.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    Some(parts)
}

fn read(code: &str) -> Said {
    let mut said = Said::default();
    let lines: Vec<&str> = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let mut rest = String::new();
    for statement in lines.join("\n").split_inclusive([';', '{', '}']) {
        rest.push_str(statement);
        // A `use` with braces is cut in pieces by the split; it is whole again at its semicolon.
        let Some(start) = start_of_use(&rest) else {
            said.named.extend(paths(&std::mem::take(&mut rest)));
            continue;
        };
        if statement.ends_with(';') {
            let is_public = rest[..start].trim_end().ends_with("pub") || rest[..start].trim_end().ends_with(')');
            for path in expand(rest[start + 4..].trim_end_matches(';')) {
                match path.last() {
                    Some(last) if is_public => drop(said.passed_on.insert(last.clone(), path)),
                    _ => said.named.push(path),
                }
            }
            rest.clear();
        }
    }
    said
}

/// Where a `use` begins that is the statement's first word, but for `pub`.
fn start_of_use(statement: &str) -> Option<usize> {
    let start = statement.find("use ")?;
    let before = statement[..start].trim();
    // Attributes and `pub(crate)` may stand before it, code may not.
    (before.is_empty() || before.ends_with(']') || before.starts_with("pub") && !before.contains(' ')).then_some(start)
}

/// `a::{b, c::d as e}` is `a::b` and `a::c::d`.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some((before, inside)) = tree.split_once('{') else {
        let plain = tree.split(" as ").next().unwrap_or_default();
        let path: Vec<String> = plain.split("::").map(|part| part.trim().to_owned()).collect();
        return if tree.is_empty() { vec![] } else { vec![path] };
    };
    let prefix: Vec<String> =
        before.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let inside = inside.strip_suffix('}').unwrap_or(inside);
    let mut depth = 0;
    let branches = inside.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    branches.flat_map(expand).map(|path| [prefix.clone(), path].concat()).collect()
}

/// Every path of two parts or more in a piece of code.
fn paths(code: &str) -> Vec<Vec<String>> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .filter(|word| word.contains("::"))
        .map(|word| word.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect())
        .collect()
}

/// The file in which what `from` calls `path` is. None for what is not of this crate.
fn home(said: &BTreeMap<Module, Said>, from: &Module, path: &[String], depth: usize) -> Option<Module> {
    let (mut here, mut path) = match path.first()?.as_str() {
        "crate" => (Module::new(), &path[1..]),
        "self" => (from.clone(), &path[1..]),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            (from[..from.len().checked_sub(ups)?].to_vec(), &path[ups..])
        }
        first if said.contains_key(&below(from, first)) => (from.clone(), path),
        _ => return None,
    };
    while let Some((first, rest)) = path.split_first() {
        if said.contains_key(&below(&here, first)) {
            here = below(&here, first);
            path = rest;
        } else if let Some(source) = said[&here].passed_on.get(first).filter(|_| depth < 8) {
            return home(said, &here, source, depth + 1).or(Some(here));
        } else {
            break;
        }
    }
    Some(here)
}

fn below(module: &Module, name: &str) -> Module {
    [module.as_slice(), &[name.to_owned()]].concat()
}
