//! Courseware on its way in: files found, checked, and handed to the use case that publishes them.

use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
};

use courseware::{Problem, Surroundings};
use rust_embed::RustEmbed;

/// The starter curriculum, as trainers write it.
#[derive(RustEmbed)]
#[folder = "../content"]
#[include = "*.md"]
#[allow_missing = true]
struct Starter;

/// One file of courseware.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path inside its folder, with `/` between names; the stem becomes the slug.
    pub name: String,
    /// What it holds, not yet known to be text.
    pub bytes: Vec<u8>,
}

/// A file with what the checks found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its path as given.
    pub name: String,
    /// Its text; empty when it is none.
    pub text: String,
    /// Every problem found.
    pub problems: Vec<Problem>,
    /// Whether it can be published.
    pub publishable: bool,
}

/// The starter curriculum inside the binary.
pub fn starter() -> Vec<Source> {
    let mut names: Vec<Cow<'static, str>> = Starter::iter().collect();
    names.sort_unstable();
    names
        .into_iter()
        .filter_map(|name| {
            Starter::get(&name).map(|file| Source { name: name.into_owned(), bytes: file.data.into_owned() })
        })
        .collect()
}

/// Finds courseware: a file is taken as it is; a folder is walked for `.md`, in the order of names. Links to other places
/// and names that begin with a dot are passed over, and so are README files.
///
/// # Errors
///
/// The first path that cannot be read, by name.
pub fn find(path: &Path) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    let named = |error: io::Error, path: &Path| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    if fs::metadata(path).map_err(|error| named(error, path))?.is_file() {
        let bytes = fs::read(path).map_err(|error| named(error, path))?;
        return Ok(vec![Source { name: written(path), bytes }]);
    }
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<(PathBuf, fs::FileType)> = fs::read_dir(&folder)
            .and_then(|entries| entries.map(|entry| entry.and_then(|e| Ok((e.path(), e.file_type()?)))).collect())
            .map_err(|error| named(error, &folder))?;
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (entry, kind) in entries {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry);
            } else if kind.is_file() && name.ends_with(".md") && name != "README.md" {
                let bytes = fs::read(&entry).map_err(|error| named(error, &entry))?;
                found.push(Source { name: written(&entry), bytes });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn written(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/").replace("//", "/")
}

/// Runs every check on a file.
pub fn check(source: &Source) -> Checked {
    let name = source.name.clone();
    match courseware::decode(&name, &source.bytes) {
        Err(problem) => Checked { name, text: String::new(), problems: vec![*problem], publishable: false },
        Ok(text) => {
            let document = courseware::parse(&name, text, &Surroundings::default());
            let publishable = document.is_publishable();
            Checked { text: text.to_owned(), problems: document.problems, publishable, name }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_walked_for_courseware_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        for name in ["b.md", "deep/a.md", "README.md", ".hidden.md", "notes.txt"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let names: Vec<String> = find(folder.path()).unwrap().into_iter().map(|source| source.name).collect();
        assert_eq!(names.len(), 2);
        assert!(names[0].ends_with("/b.md") && names[1].ends_with("/deep/a.md"), "{names:?}");
    }

    #[test]
    fn bytes_that_are_no_text_are_a_problem_and_not_a_crash() {
        let checked = check(&Source { name: "x.md".to_owned(), bytes: vec![0xff, 0xfe] });
        assert!(!checked.publishable);
        assert_eq!(checked.problems.len(), 1);
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        assert!(find(Path::new("no/such/file.md")).unwrap_err().to_string().contains("no/such/file.md"));
    }
}
