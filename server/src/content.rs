//! Courseware on its way in: files found, checked, and handed to the use case that publishes them.

use std::{
    borrow::Cow,
    fs, io,
    io::Read as _,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use courseware::{Content, Document, Entry, Folder, Hash, Surroundings};
use jiff::civil::Date;
use rust_embed::RustEmbed;
use usecases::publish::Attached;

use crate::cli::complain;

/// The starter curriculum, as trainers write it.
#[derive(RustEmbed)]
#[folder = "../content"]
#[include = "*.md"]
#[include = "img/*"]
#[include = "paths.yaml"]
#[include = "competencies.yaml"]
#[allow_missing = true]
struct Starter;

/// One file of courseware.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path as the caller named it.
    pub shown: String,
    /// Its path inside its content folder, with `/` between names; the stem becomes the slug.
    pub path: String,
    /// What it holds, not yet known to be text. Of a file that is too large, the beginning.
    pub bytes: Vec<u8>,
    /// How many bytes it has.
    pub length: usize,
}

/// Courseware with what lies around it.
#[derive(Clone, Debug)]
pub struct Found {
    /// The files to look at, in the order of names.
    pub sources: Vec<Source>,
    /// What the checks may look at beside them.
    pub around: Surroundings,
    /// The content folder.
    pub root: PathBuf,
}

/// A file with what the checks found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its path as the caller named it.
    pub shown: String,
    /// Its path inside its content folder.
    pub path: String,
    /// Its text; empty when it is none.
    pub text: String,
    /// What it holds, and every problem.
    pub document: Document,
}

/// The starter curriculum inside the binary, in the order in which it is published. It passed every check before it came in, so that no
/// start follows its role-plays again.
pub fn starter() -> Vec<Checked> {
    let mut names: Vec<Cow<'static, str>> = Starter::iter().collect();
    names.sort_unstable();
    let checked = names.into_iter().filter(|name| name.ends_with(".md") && name != "README.md").filter_map(|name| {
        let path = name.into_owned();
        let text = String::from_utf8(starter_file(&path)?).ok()?;
        let document = courseware::parse_checked(&path, &text, &Surroundings::default());
        Some(Checked { shown: path.clone(), path, text, document })
    });
    let mut checked: Vec<Checked> = checked.collect();
    in_order(&mut checked);
    checked
}

/// The most files of a content folder that are listed when a single file of it is asked for: somebody's home is no content folder.
const MANY: usize = 20_000;

/// Finds courseware. A file is taken as it is, and its folder is its content folder; a folder is walked for `.md`. Links to
/// folders and names that begin with a dot are passed over, and so are README files.
///
/// # Errors
///
/// The first path that cannot be read, by name.
pub fn find(path: &Path, today: Date) -> io::Result<Found> {
    let is_file = fs::metadata(path).map_err(|error| named(error, path))?.is_file();
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let root = if is_file { parent } else { path };
    let listing = list(root, if is_file { MANY } else { usize::MAX })?;
    let sources = if is_file {
        vec![Source::read(path, written(path.file_name().map_or(path, Path::new)))?]
    } else {
        let wanted = listing.iter().flatten().filter(|(name, file)| {
            let lower = name.to_ascii_lowercase();
            !file.is_link && lower.ends_with(".md") && lower.rsplit('/').next() != Some("readme.md")
        });
        let source = |(name, _): &(String, Listed)| Source::read(&root.join(name), name.clone());
        wanted.map(source).collect::<io::Result<_>>()?
    };
    let folder = listing.map(|files| files.into_iter().map(|(name, file)| (name, file.entry)).collect::<Folder>());
    Ok(Found {
        sources,
        around: Surroundings { today: Some(today), folder, competencies: competencies(root)?, kind: None },
        root: root.to_path_buf(),
    })
}

/// What belongs to a version of a document beside its text: each target of an image or an embedded document, and the hash of what
/// `read` gives for its path in the content folder.
pub fn attached(checked: &Checked, read: impl Fn(&str) -> Option<Vec<u8>>) -> Vec<Attached> {
    let targets = checked.document.attachments(&checked.path);
    let attach = |(target, path): (String, String)| {
        let bytes = read(&path)?;
        Some(match std::str::from_utf8(&bytes) {
            Ok(text) if path.ends_with(".md") => {
                Attached { target, hash: courseware::content_hash(text, &[]), bytes: None }
            }
            _ => Attached { target, hash: Hash::of(&bytes), bytes: Some(bytes) },
        })
    };
    targets.into_iter().filter_map(attach).collect()
}

/// Files in the order in which they are published: what a module embeds comes before it.
pub fn in_order(checked: &mut [Checked]) {
    checked.sort_by_key(|file| matches!(file.document.content, Some(Content::Module(_))));
}

/// The paths that the starter curriculum suggests.
pub fn starter_plan() -> courseware::Plan {
    let text = starter_file("paths.yaml").and_then(|bytes| String::from_utf8(bytes).ok());
    // It was read before it came in.
    text.and_then(|text| courseware::plan(&text).ok()).unwrap_or_default()
}

/// The competencies of the starter curriculum.
pub fn starter_competencies() -> Vec<courseware::Competency> {
    let text = starter_file("competencies.yaml").and_then(|bytes| String::from_utf8(bytes).ok());
    // It was read before it came in.
    text.and_then(|text| courseware::competencies(&text).ok()).unwrap_or_default()
}

/// A file of the starter curriculum.
pub fn starter_file(path: &str) -> Option<Vec<u8>> {
    Starter::get(path).map(|file| file.data.into_owned())
}

/// The text of a small file that somebody names beside courseware. More of it than a megabyte is not read.
///
/// # Errors
///
/// The file cannot be read, is larger, or is no text.
pub fn read_text(file: &Path) -> io::Result<String> {
    const MOST: u64 = 1 << 20;
    let mut text = String::new();
    fs::File::open(file)?.take(MOST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 1 MB"));
    }
    Ok(text)
}

fn named(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

impl Source {
    /// Reads a file, but no more of it than is looked at.
    fn read(file: &Path, path: String) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let mut read = || {
            let open = fs::File::open(file)?;
            let length = open.metadata()?.len();
            open.take(courseware::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
            Ok(usize::try_from(length).unwrap_or(usize::MAX).max(bytes.len()))
        };
        let length = read().map_err(|error| named(error, file))?;
        Ok(Self { shown: written(file), path, bytes, length })
    }
}

/// A file of a content folder.
struct Listed {
    entry: Entry,
    is_link: bool,
}

/// Every file below a folder, by its path in it, in the order of names; none if there are more than `most`.
fn list(root: &Path, most: usize) -> io::Result<Option<Vec<(String, Listed)>>> {
    let whole = fs::canonicalize(root).map_err(|error| named(error, root))?;
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let here = root.join(&folder);
        for entry in fs::read_dir(&here).map_err(|error| named(error, &here))? {
            let entry = entry.map_err(|error| named(error, &here))?;
            let kind = entry.file_type().map_err(|error| named(error, &here))?;
            let name = folder.join(entry.file_name());
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(name);
            } else if kind.is_file() {
                found.push((written(&name), Listed { entry: entry_of(&entry.path()), is_link: false }));
            } else if kind.is_symlink() {
                // A link to a folder is not followed, one to a file counts as that file if it stays inside.
                match fs::canonicalize(entry.path()) {
                    Ok(target) if target.is_dir() => {}
                    Ok(target) if target.starts_with(&whole) => {
                        found.push((written(&name), Listed { entry: entry_of(&target), is_link: true }));
                    }
                    Ok(_) => found.push((written(&name), Listed { entry: Entry::Outside, is_link: true })),
                    Err(_) => {}
                }
            }
        }
        if found.len() + folders.len() > most {
            return Ok(None);
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Some(found))
}

/// The size of an image, where it can be told from its first bytes.
fn entry_of(file: &Path) -> Entry {
    let extension = file.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let size = match extension.as_deref() {
        Some("svg") => svg_size(file),
        Some("png" | "jpg" | "jpeg" | "gif" | "webp") => {
            imagesize::size(file).ok().map(|size| (size.width, size.height))
        }
        _ => None,
    };
    let whole = |size: (usize, usize)| Some((u32::try_from(size.0).ok()?, u32::try_from(size.1).ok()?));
    match size.and_then(whole).filter(|(width, height)| *width > 0 && *height > 0) {
        Some((width, height)) => Entry::Image { width, height },
        None => Entry::File,
    }
}

/// The size that the first tag of an SVG names, or else its view box.
fn svg_size(file: &Path) -> Option<(usize, usize)> {
    let mut head = String::new();
    let mut bytes = Vec::new();
    io::Read::take(fs::File::open(file).ok()?, 16 * 1024).read_to_end(&mut bytes).ok()?;
    head.push_str(&String::from_utf8_lossy(&bytes));
    let tag = head.split_once("<svg")?.1.split_once('>')?.0;
    let attribute = |name: &str| {
        let value = tag.split_once(&format!(" {name}="))?.1;
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value.get(1..)?.split_once(quote).map(|(value, _)| value)
    };
    let number = |text: &str| {
        let number = text.trim().trim_end_matches("px").parse::<f64>().ok()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept between 0 and 100,000")]
        (number > 0.0 && number < 100_000.0).then(|| number.round() as usize)
    };
    if let (Some(width), Some(height)) = (attribute("width").and_then(number), attribute("height").and_then(number)) {
        return Some((width, height));
    }
    let mut sides = attribute("viewBox")?.split([' ', ',']).filter(|part| !part.is_empty()).skip(2).map(number);
    Some((sides.next()??, sides.next()??))
}

/// The ids in the `competencies.yaml` of a folder, or of the nearest one above it that has some.
fn competencies(root: &Path) -> io::Result<Option<Vec<String>>> {
    let whole = fs::canonicalize(root).map_err(|error| named(error, root))?;
    for folder in whole.ancestors() {
        let file = folder.join("competencies.yaml");
        if !file.is_file() {
            continue;
        }
        let text = read_text(&file).map_err(|error| named(error, &file))?;
        return match courseware::competency_ids(&text) {
            Ok(ids) => Ok(Some(ids)),
            Err(why) => {
                // No document is to blame for it, so none is judged by it.
                complain(format_args!("{}: {why}; competencies are not looked up", file.display()));
                Ok(None)
            }
        };
    }
    Ok(None)
}

/// A path as it is shown, with `/` between names and without a `./` before them.
fn written(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/").replace("//", "/")
}

/// Runs every check on some files, on all processors, and gives the answers in the order of the files.
pub fn check(found: &Found) -> Vec<Checked> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(found.sources.len().max(1));
    let work = || {
        let mut done = Vec::new();
        while let Some((at, source)) =
            Some(next.fetch_add(1, Relaxed)).and_then(|at| Some((at, found.sources.get(at)?)))
        {
            done.push((at, check_one(source, &found.around)));
        }
        done
    };
    let mut done: Vec<(usize, Checked)> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, checked)| checked).collect()
}

/// Runs every check on a file.
pub fn check_one(source: &Source, around: &Surroundings) -> Checked {
    let Source { shown, path, bytes, length } = source;
    let large = || Document { content: None, problems: courseware::refuse_large(path, *length), graph: None };
    let (text, mut document) = match courseware::decode(path, bytes) {
        _ if *length > courseware::MAX_BYTES => (Cow::Borrowed(""), large()),
        Ok(text) => (Cow::Borrowed(text), courseware::parse(path, text, around)),
        // What can be read of it is judged all the same; its bytes are not the file's, so nothing is mended in it.
        Err(problem) => {
            let text = String::from_utf8_lossy(bytes);
            // Each byte that is none may have become three.
            let mut document = if text.len() > courseware::MAX_BYTES {
                Document { content: None, problems: Vec::new(), graph: None }
            } else {
                courseware::parse(path, &text, around)
            };
            document.problems.iter_mut().for_each(|problem| problem.fix = None);
            document.problems.insert(0, *problem);
            (text, document)
        }
    };
    let file: Arc<str> = shown.as_str().into();
    document.problems.iter_mut().for_each(|problem| problem.file = Arc::clone(&file));
    Checked { shown: shown.clone(), path: path.clone(), text: text.into_owned(), document }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Date = jiff::civil::date(2026, 11, 25);

    #[test]
    fn a_folder_is_walked_for_courseware_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        for name in ["b.md", "deep/A.MD", "README.md", ".hidden.md", "notes.txt"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let found = find(folder.path(), DAY).unwrap();
        let paths: Vec<&str> = found.sources.iter().map(|source| source.path.as_str()).collect();
        assert_eq!(paths, ["b.md", "deep/A.MD"]);
        assert!(found.sources[1].shown.ends_with("/deep/A.MD"));
        let files = found.around.folder.unwrap();
        assert_eq!(files.paths().collect::<Vec<_>>(), ["README.md", "b.md", "deep/A.MD", "notes.txt"]);
    }

    #[test]
    fn a_single_file_has_its_folder_around_it() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.md", "b.md"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let found = find(&folder.path().join("a.md"), DAY).unwrap();
        assert_eq!((found.sources.len(), found.sources[0].path.as_str()), (1, "a.md"));
        assert!(found.around.folder.unwrap().get("b.md").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_marked_and_one_to_a_folder_is_not_followed() {
        use std::os::unix::fs::symlink;
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(other.path().join("secret.svg"), "x").unwrap();
        fs::write(folder.path().join("own.txt"), "x").unwrap();
        symlink(other.path().join("secret.svg"), folder.path().join("out.svg")).unwrap();
        symlink(other.path(), folder.path().join("outfolder")).unwrap();
        symlink(folder.path().join("own.txt"), folder.path().join("in.txt")).unwrap();
        symlink(folder.path(), folder.path().join("round")).unwrap();
        let files = find(folder.path(), DAY).unwrap().around.folder.unwrap();
        assert_eq!(files.paths().collect::<Vec<_>>(), ["in.txt", "out.svg", "own.txt"]);
        assert_eq!(files.get("out.svg"), Some(Entry::Outside));
        assert_eq!(files.get("in.txt"), Some(Entry::File));
    }

    #[test]
    fn sizes_of_images_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let svg =
            |name: &str, head: &str| fs::write(folder.path().join(name), format!("<?xml?><svg {head}></svg>")).unwrap();
        svg("a.svg", "width=\"40\" height='30px' viewBox=\"0 0 1 1\"");
        svg("b.svg", "viewBox=\"0 0 640 480.4\" width=\"100%\"");
        svg("c.svg", "x=\"1\"");
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x07\0\0\0\x05\x08\x06\0\0\0";
        fs::write(folder.path().join("d.png"), png).unwrap();
        let files = find(folder.path(), DAY).unwrap().around.folder.unwrap();
        assert_eq!(files.get("a.svg"), Some(Entry::Image { width: 40, height: 30 }));
        assert_eq!(files.get("b.svg"), Some(Entry::Image { width: 640, height: 480 }));
        assert_eq!(files.get("c.svg"), Some(Entry::File));
        assert_eq!(files.get("d.png"), Some(Entry::Image { width: 7, height: 5 }));
    }

    #[test]
    fn bytes_that_are_no_text_are_a_problem_and_not_a_crash() {
        let bytes = b"---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n\xff ![](a.svg)\n".to_vec();
        let source = Source { shown: "y/x.md".to_owned(), path: "x.md".to_owned(), length: bytes.len(), bytes };
        let checked = check_one(&source, &Surroundings::default());
        assert!(!checked.document.is_publishable());
        let found: Vec<_> = checked.document.problems.iter().map(|problem| (problem.code, problem.line)).collect();
        assert_eq!(found, [(courseware::Code::C12, 9), (courseware::Code::C01, 9)]);
        assert!(checked.document.problems.iter().all(|problem| &*problem.file == "y/x.md"));
    }

    #[test]
    fn a_file_without_end_is_read_in_part() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("answers.json");
        fs::write(&file, " ".repeat(1 << 20)).unwrap();
        assert_eq!(read_text(&file).unwrap().len(), 1 << 20);
        fs::write(&file, " ".repeat((1 << 20) + 1)).unwrap();
        assert!(read_text(&file).unwrap_err().to_string().contains("larger than 1 MB"));
    }

    #[test]
    fn bytes_that_grow_as_text_are_told_as_no_text() {
        let bytes = [b"---\nkind: module\ntitle: T\n---\n", vec![0xff; courseware::MAX_BYTES - 40].as_slice()].concat();
        let source = Source { shown: "x.md".to_owned(), path: "x.md".to_owned(), length: bytes.len(), bytes };
        let checked = check_one(&source, &Surroundings::default());
        let codes: Vec<_> = checked.document.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [courseware::Code::C12]);
    }

    #[test]
    fn many_files_are_checked_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        for at in 0..40 {
            fs::write(
                folder.path().join(format!("{at:02}.md")),
                format!("---\nkind: module\ntitle: T{at}\n---\n# T{at}\n"),
            )
            .unwrap();
        }
        let checked = check(&find(folder.path(), DAY).unwrap());
        let paths: Vec<&str> = checked.iter().map(|file| file.path.as_str()).collect();
        assert!(paths.is_sorted() && paths.len() == 40);
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        assert!(find(Path::new("no/such/file.md"), DAY).unwrap_err().to_string().contains("no/such/file.md"));
    }
}
