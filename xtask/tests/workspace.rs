//! The workspace against what ARCHITECTURE.md says about it, and against what no file may say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace is there")
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// Returns the cells of the rows of the table under a heading of ARCHITECTURE.md.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let section = text.split_once(&format!("## {heading}\n")).expect(heading).1;
    section
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect())
        .collect()
}

fn words(cell: &str) -> BTreeSet<String> {
    cell.split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty() && word != "—")
        .collect()
}

/// Dependencies that are compiled into the crate, not those of its tests.
fn dependencies(package: &Value) -> BTreeSet<String> {
    package["dependencies"]
        .as_array()
        .expect("dependencies")
        .iter()
        .filter(|dependency| dependency["kind"].is_null())
        .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn crates_use_what_the_architecture_allows_them() {
    let rows = table("Crates");
    let allowed: BTreeMap<&str, BTreeSet<String>> =
        rows.iter().map(|row| (row[0].as_str(), words(&row[2]))).collect();
    let packages = packages();
    let names: BTreeSet<&str> =
        packages.iter().map(|package| package["name"].as_str().expect("a name")).collect();
    assert_eq!(allowed.keys().copied().collect::<BTreeSet<_>>(), names, "the table names each crate once");
    assert_eq!(rows.len(), names.len());
    for package in &packages {
        let name = package["name"].as_str().expect("a name");
        let own: BTreeSet<String> = dependencies(package)
            .into_iter()
            .filter(|dependency| names.contains(dependency.as_str()))
            .collect();
        let surplus: Vec<&String> = own.difference(&allowed[name]).collect();
        assert!(surplus.is_empty(), "{name} may not use {surplus:?} (ARCHITECTURE.md, Crates)");
        let folder =
            Path::new(package["manifest_path"].as_str().expect("a path")).parent().expect("a folder");
        assert_eq!(
            folder.file_name().and_then(|folder| folder.to_str()),
            Some(name),
            "folder and crate are one name"
        );
    }
}

#[test]
fn effects_have_one_room_each() {
    let rows = table("Only here");
    assert!(rows.len() >= 4, "the table is there");
    for package in packages() {
        let name = package["name"].as_str().expect("a name");
        for dependency in dependencies(&package) {
            for row in &rows {
                if words(&row[0]).contains(&dependency) {
                    assert!(
                        words(&row[1]).contains(name),
                        "{name} may not use {dependency} (ARCHITECTURE.md, Only here)"
                    );
                }
            }
        }
    }
}

#[test]
fn nothing_names_a_machine_a_registry_or_the_samples() {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let Ok(output) = output else {
        println!("git is not there: nothing was looked at");
        return;
    };
    // Put together here, so that this file does not hold them.
    let banned = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("index.crates", ".io"),
        concat!("pypi", ".org"),
        concat!("registry.npmjs", ".org"),
        concat!("C:\\Us", "ers"),
    ];
    for path in String::from_utf8_lossy(&output.stdout).split('\0').filter(|path| !path.is_empty()) {
        let Ok(text) = fs::read_to_string(root().join(path)) else { continue };
        for word in banned {
            assert!(!text.contains(word), "{path} names {word}");
        }
    }
}

#[test]
fn every_dependency_is_explained() {
    let decisions = fs::read_to_string(root().join("docs/decisions.md")).expect("docs/decisions.md is there");
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml is there");
    let section = manifest.split_once("[workspace.dependencies]").expect("dependencies").1;
    let section = section.split_once("\n[").expect("another section").0;
    for line in section.lines() {
        let Some((name, _)) = line.split_once(" = ") else { continue };
        if !name.starts_with("duewell-") {
            assert!(
                decisions.contains(&format!("`{name}`")),
                "docs/decisions.md does not say why we use {name}"
            );
        }
    }
}
