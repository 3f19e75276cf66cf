//! Runs every target, or those that are named, over its corpus and over what once broke it.
//!
//! Prints one line per target; a target that panics says on which file, and an empty corpus fails.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{env, fs, io, panic};

use mail_fuzz::targets;

/// The file that is being run, for who reads the panic.
static RUNNING: Mutex<Option<PathBuf>> = Mutex::new(None);

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named: Vec<String> = env::args().skip(1).collect();
    if let Some(unknown) = named.iter().find(|name| targets::ALL.iter().all(|(n, _)| n != name)) {
        return Err(io::Error::other(format!("no target {unknown}")));
    }
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        report(info);
        if let Ok(running) = RUNNING.lock() {
            eprintln!("while running {running:?}");
        }
    }));
    for (name, run) in targets::ALL {
        if !named.is_empty() && !named.iter().any(|n| n == name) {
            continue;
        }
        let corpus = files(&root.join("corpus").join(name))?;
        let regressions = files(&root.join("regressions").join(name))?;
        if corpus.is_empty() {
            return Err(io::Error::other(format!("the corpus of {name} is empty")));
        }
        for file in corpus.iter().chain(&regressions) {
            let data = fs::read(file)?;
            if let Ok(mut running) = RUNNING.lock() {
                *running = Some(file.clone());
            }
            run(&data);
        }
        println!("{name:<20} {:>5} seeds {:>4} regressions", corpus.len(), regressions.len());
    }
    Ok(())
}

/// The files of a folder in the order of their names; none if there is no folder.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    Ok(files)
}
