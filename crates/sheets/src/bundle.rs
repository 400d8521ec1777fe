//! Several files in one (zip), with a list of their checksums.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::DateTime;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};

use crate::SheetError;

/// The list of checksums, the last file of every bundle. `sha256sum --check checksums.sha256` holds the others against it, on a Mac
/// `shasum -a 256 --check checksums.sha256`.
pub const CHECKSUMS: &str = "checksums.sha256";

/// The most bytes of a file. Larger ones want a newer kind of zip, which not every system unpacks.
pub const MOST: u64 = u32::MAX as u64;

/// Takes files one after the other, each in parts, and gives the bytes of one zip file in parts.
///
/// ```
/// # fn main() -> Result<(), sheets::SheetError> {
/// let mut bundle = sheets::Bundle::new(jiff::civil::datetime(2027, 5, 3, 9, 30, 0, 0));
/// bundle.file("obligations.csv")?;
/// bundle.write(b"Person,Due\r\n")?;
/// let mut file = bundle.take();
/// file.extend(bundle.finish()?);
/// assert!(file.starts_with(b"PK"));
/// # Ok(())
/// # }
/// ```
pub struct Bundle {
    zip: ZipWriter<StreamWriter<Shared>>,
    ready: Shared,
    options: SimpleFileOptions,
    /// The names so far.
    names: Vec<String>,
    /// Of the file that is being written.
    hash: Sha256,
    /// How many bytes it has so far.
    size: u64,
    checksums: String,
}

/// What the zip writes into and [`Bundle::take`] takes out of.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Bundle {
    /// An empty one, whose files were all made at this time.
    pub fn new(made: DateTime) -> Self {
        let ready = Shared::default();
        let part = |number: i8| number.unsigned_abs();
        // A zip knows the years 1980 to 2107; outside of them it says the first of them.
        let made = zip::DateTime::from_date_and_time(
            made.year().unsigned_abs(),
            part(made.month()),
            part(made.day()),
            part(made.hour()),
            part(made.minute()),
            part(made.second()),
        );
        let options = SimpleFileOptions::default()
            .last_modified_time(made.unwrap_or_default())
            .compression_method(zip::CompressionMethod::Deflated);
        Self {
            zip: ZipWriter::new_stream(ready.clone()),
            ready,
            options,
            names: Vec::new(),
            hash: Sha256::new(),
            size: 0,
            checksums: String::new(),
        }
    }

    /// Begins the next file.
    ///
    /// # Errors
    /// [`SheetError::Name`], unless it is a plain name that no other file has: letters, digits, and `-`, `_`, `.` inside.
    pub fn file(&mut self, name: &str) -> Result<(), SheetError> {
        // Plain to every system, and written into the list as it is.
        let plain = name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.'))
            && !name.starts_with(['.', '-'])
            && !name.ends_with('.');
        let taken = name == CHECKSUMS || self.names.iter().any(|other| other == name);
        if name.is_empty() || !plain || taken {
            return Err(SheetError::Name(name.to_owned()));
        }
        self.end();
        self.zip.start_file(name, self.options).map_err(disk)?;
        self.names.push(name.to_owned());
        self.size = 0;
        Ok(())
    }

    /// Adds to the file that was begun last.
    ///
    /// # Errors
    /// [`SheetError::Name`], if none was begun; [`SheetError::TooLarge`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), SheetError> {
        let Some(name) = self.names.last() else {
            return Err(SheetError::Name(String::new()));
        };
        self.size += bytes.len() as u64;
        if self.size > MOST {
            return Err(SheetError::TooLarge(name.clone()));
        }
        self.hash.update(bytes);
        Ok(self.zip.write_all(bytes)?)
    }

    /// The bytes that are ready and were not taken before.
    pub fn take(&mut self) -> Vec<u8> {
        self.ready.take()
    }

    /// Adds the list of checksums and gives the rest.
    ///
    /// # Errors
    /// [`SheetError::Disk`], which memory has no cause for.
    pub fn finish(mut self) -> Result<Vec<u8>, SheetError> {
        self.end();
        self.zip.start_file(CHECKSUMS, self.options).map_err(disk)?;
        self.zip.write_all(self.checksums.as_bytes())?;
        self.zip.finish().map_err(disk)?;
        Ok(self.ready.take())
    }

    /// Writes down the checksum of the file that was begun last.
    fn end(&mut self) {
        if let Some(name) = self.names.last() {
            for byte in self.hash.finalize_reset() {
                self.checksums.push_str(&format!("{byte:02x}"));
            }
            self.checksums.push_str(&format!("  {name}\n"));
        }
    }
}

fn disk(cause: ZipError) -> SheetError {
    match cause {
        ZipError::Io(cause) => SheetError::Disk(cause),
        other => SheetError::Disk(std::io::Error::other(other)),
    }
}
