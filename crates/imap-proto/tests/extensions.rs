//! The index of extensions against the registry of IANA and the files of the codec.

#![allow(missing_docs, clippy::unwrap_used)]
use std::collections::BTreeMap;
use std::path::Path;

use imap_proto::{EXTENSIONS, Extension, ExtensionStates};

/// Names of the registry, and the RFCs that it gives for them.
fn registry() -> BTreeMap<String, Vec<u16>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/imap-capabilities.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let (name, reference) = line.split_once(',').unwrap();
        let name = name.strip_suffix(" (OBSOLETE)").unwrap_or(name);
        let rfcs =
            reference.split(['[', ']']).filter_map(|it| it.strip_prefix("RFC")?.parse().ok());
        (name.to_string(), rfcs.collect())
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn every_registered_capability_has_its_row() {
    let registry = registry();
    assert_eq!(registry.len(), 78);
    for (name, rfcs) in &registry {
        let extension = Extension::find(name).unwrap_or_else(|| panic!("no row for {name}"));
        assert!(extension.is_registered && !rfcs.is_empty(), "{name}");
        // A row may name more: RFCs that take an extension into the base, or that follow.
        assert!(rfcs.iter().all(|rfc| extension.rfcs.contains(rfc)), "{name}: {rfcs:?}");
    }
    for extension in EXTENSIONS {
        assert_eq!(
            extension.is_registered,
            registry.contains_key(extension.name),
            "{}",
            extension.name
        );
    }
}

#[test]
fn every_file_exists() {
    let codec = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codec");
    for extension in EXTENSIONS {
        assert!(!extension.files.is_empty(), "{}", extension.name);
        assert!(extension.files.is_sorted(), "{}", extension.name);
        for file in extension.files {
            let path = codec.join(file);
            assert!(path.exists(), "{}: {file}", extension.name);
            assert_eq!(path.is_dir(), file.ends_with('/'), "{}: {file}", extension.name);
        }
    }
}

#[test]
fn no_name_stands_twice() {
    let names: std::collections::BTreeSet<_> =
        EXTENSIONS.iter().map(|extension| extension.name.to_ascii_uppercase()).collect();
    assert_eq!(names.len(), EXTENSIONS.len());
}

/// The table of the README: a row for each extension.
fn table() -> String {
    let mut table = String::from(
        "| capability | RFC | met | states | ENABLE | files |\n|---|---|---|---|---|---|\n",
    );
    for extension in EXTENSIONS {
        let rfcs: Vec<_> = extension.rfcs.iter().map(u16::to_string).collect();
        let files: Vec<_> = extension.files.iter().map(|file| format!("`{file}`")).collect();
        table += &format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            extension.name,
            if rfcs.is_empty() { "none".to_owned() } else { rfcs.join(", ") },
            format!("{:?}", extension.life).to_lowercase(),
            match extension.states {
                ExtensionStates::Any => "any",
                ExtensionStates::NotAuthenticated => "before login",
                ExtensionStates::Authenticated => "after login",
                ExtensionStates::Selected => "selected",
            },
            if extension.is_enabled { "yes" } else { "" },
            files.join(" "),
        );
    }
    table
}

/// `UPDATE_README=1 cargo test -p imap-proto --test extensions` writes it.
#[test]
fn the_readme_has_the_same_table() {
    const BEGIN: &str = "<!-- capabilities -->\n\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (found, behind) = rest.split_once("\n</details>").unwrap();
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{}\n</details>{behind}", table())).unwrap();
        return;
    }
    for (found, expected) in found.lines().zip(table().lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found, table());
}
