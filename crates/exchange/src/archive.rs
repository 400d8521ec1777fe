//! What is in a zip that anybody may have made.
//!
//! Nothing is believed that an archive says of itself: files and bytes are counted while it is unpacked. A name that leads out, a link,
//! or the same name twice is refused with the whole archive, since no honest program writes such a thing. Files of a kind that nobody
//! asked for, archives in the archive among them, are never opened.

use std::collections::HashSet;
use std::io::{Cursor, Read as _};

use unicode_normalization::UnicodeNormalization as _;
use zip::ZipArchive;

use crate::ExchangeError;
use crate::report::short;

/// The largest archive that is read: a hundred modules with their images are a tenth of it.
pub(crate) const MOST_BYTES: usize = 64 * 1024 * 1024;
/// The most bytes that come out of one. Images hardly shrink in a zip, so that an honest archive stays near its own size.
pub(crate) const MOST_UNPACKED: u64 = 2 * MOST_BYTES as u64;
/// The most files in one. An H5P archive brings its libraries along, some thousand small files.
pub(crate) const MOST_FILES: usize = 5_000;
/// The longest path, in bytes: what every system can write.
const LONGEST_PATH: usize = 200;

/// What was in an archive.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    /// The files that were wanted, in the order of their paths.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The paths of those that were not.
    pub(crate) passed: Vec<String>,
}

/// Unpacks the files that are `wanted`, which says for a path how many bytes a file there may have.
pub(crate) fn unpack(bytes: &[u8], wanted: impl Fn(&str) -> Option<usize>) -> Result<Unpacked, ExchangeError> {
    if bytes.len() > MOST_BYTES {
        return Err(ExchangeError::TooLarge { most: MOST_BYTES });
    }
    // Counted before the directory of the archive is read, which takes much more memory than its bytes.
    if bytes.windows(4).filter(|window| window == b"PK\x01\x02").take(MOST_FILES + 1).count() > MOST_FILES {
        return refused(format!("it holds more than {MOST_FILES} files"));
    }
    let unreadable = |_| ExchangeError::Archive("it is damaged, or no zip at all".to_owned());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.has_duplicate_names() {
        return refused("two of its files have the same name".to_owned());
    }
    let mut unpacked = Unpacked::default();
    let mut seen: HashSet<String> = HashSet::new();
    let mut left = MOST_UNPACKED;
    for at in 0..archive.len() {
        let entry = archive.by_index_data(at).map_err(unreadable)?;
        let name = entry.name().map_err(unreadable)?.into_owned();
        if let Err(why) = plain_path(&name) {
            return refused(format!("“{}” {why}", short(&name)));
        }
        // The kind of file is in the upper bits of its mode; some programs set none.
        let kind = entry.unix_mode().unwrap_or(0) & 0o170_000;
        if entry.is_symlink() || !matches!(kind, 0 | 0o100_000 | 0o040_000) {
            return refused(format!("“{}” is a link or device, not a file", short(&name)));
        }
        if !seen.insert(same(&name)) {
            return refused(format!("“{}” is there twice, once in other letters", short(&name)));
        }
        if entry.is_dir() {
            continue;
        }
        let Some(most) = wanted(&name) else {
            unpacked.passed.push(name);
            continue;
        };
        if entry.encrypted() {
            return refused(format!("“{}” is locked with a password", short(&name)));
        }
        let most = most as u64;
        let file = archive.by_index(at).map_err(|_| damaged(&name))?;
        let mut content = Vec::new();
        let read = file.take(most.min(left) + 1).read_to_end(&mut content).map_err(|_| damaged(&name))? as u64;
        if read > most {
            let said = format!("“{}” has more than {} KiB, which is more than is read", short(&name), most / 1024);
            return refused(said);
        }
        if read > left {
            return refused(format!("it unpacks to more than {} MiB", MOST_UNPACKED / (1024 * 1024)));
        }
        left -= read;
        unpacked.files.push((name, content));
    }
    unpacked.files.sort_by(|(a, _), (b, _)| a.cmp(b));
    unpacked.passed.sort();
    Ok(unpacked)
}

fn refused<T>(why: String) -> Result<T, ExchangeError> {
    Err(ExchangeError::Archive(why))
}

fn damaged(name: &str) -> ExchangeError {
    ExchangeError::Archive(format!("“{}” is damaged, or packed in a way that is not known", short(name)))
}

/// Whether a path stays where it is unpacked, and means the same on every system.
pub(crate) fn plain_path(path: &str) -> Result<(), &'static str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.len() > LONGEST_PATH {
        return Err("has a path that is too long");
    }
    // A colon names a drive or a hidden stream on Windows.
    if path.chars().any(|c| !courseware::is_plain(c) || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')) {
        return Err("has a sign in its path that is not allowed");
    }
    for part in path.split('/') {
        match part {
            "" => return Err("has a path that does not start inside the archive"),
            "." | ".." => return Err("has a path that leads out of the archive"),
            _ if part.ends_with(['.', ' ']) || part.starts_with(' ') => {
                return Err("has a name that starts or ends with a blank or dot");
            }
            _ => {}
        }
    }
    Ok(())
}

/// What makes two paths the same on some system.
pub(crate) fn same(path: &str) -> String {
    path.trim_end_matches('/').nfkc().collect::<String>().to_lowercase().nfc().collect()
}
