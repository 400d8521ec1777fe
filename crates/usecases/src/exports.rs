//! Reports as files. A small one is made while its owner waits; a larger one is made in the background, kept for seven days, and is for its
//! owner alone. Both are [`Usecases::whole_report`] written down, so that a file has the rows of the pages.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp, civil::Date, civil::DateTime};
use sheets::{Cell, Format, SheetError, Writer};
use store::{
    Export, ExportAdded, ExportId, ExportLease, ExportPart, ExportProgress, ExportState, LeasedExport, NewExport, Store,
};
use tokio::sync::{Semaphore, mpsc};

use crate::{
    Failure, Usecases,
    audit::Object,
    clock::date_words,
    reports::{Column, Count, Head, Kind, Report, Row, Typed, Value, thousands},
    who::{Actor, Who},
};

/// A file of up to so many rows is made while its owner waits.
const AT_ONCE: u64 = 20_000;
/// The same of a PDF, which takes longer.
const PDF_AT_ONCE: u64 = 2_000;
/// For so many days a file is kept.
pub const KEPT_DAYS: i64 = 7;
/// How many files a list shows.
const LISTED: i64 = 200;
/// So long nobody else takes up a file that is being made, from the last sign of life on.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How often a sign of life is given where no rows come.
const SIGN: std::time::Duration = std::time::Duration::from_secs(20);
/// How many bytes are kept together. Those of a CSV shrink to a tenth.
const PART: usize = 256 * 1024;
const PART_TO_PACK: usize = 1024 * 1024;
/// How many spreadsheets and PDFs are put together at a time: that takes a processor for itself.
static ENDINGS: Semaphore = Semaphore::const_new(2);

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Commas.
    Csv,
    /// The same with a mark by which Excel knows its letters.
    CsvForExcel,
    /// A spreadsheet.
    Xlsx,
    /// For paper.
    Pdf,
}

impl FileKind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Csv, Self::CsvForExcel, Self::Xlsx, Self::Pdf];

    /// Its name in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::CsvForExcel => "csv-excel",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// The kind of a name in forms.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::CsvForExcel => "CSV for Excel",
            Self::Xlsx => "Excel (XLSX)",
            Self::Pdf => "Print version (PDF)",
        }
    }

    /// Why it cannot be had where it would be longer than `most` rows, and what to do.
    pub fn too_long(self, most: u64) -> String {
        let what = if self == Self::Pdf { "A print version of these columns" } else { "A spreadsheet" };
        let most = thousands(most);
        format!("{what} has at most {most} rows: narrow the report by a filter, or take it as CSV, which has no end")
    }

    fn format(self) -> Format {
        match self {
            Self::Csv => Format::Csv,
            Self::CsvForExcel => Format::CsvWithMark,
            Self::Xlsx => Format::Xlsx,
            Self::Pdf => Format::Pdf,
        }
    }

    fn at_once(self) -> u64 {
        if self == Self::Pdf { PDF_AT_ONCE } else { AT_ONCE }
    }

    /// Whether its bytes are kept smaller than they are; a spreadsheet and a PDF are small already.
    fn is_packed(self) -> bool {
        matches!(self, Self::Csv | Self::CsvForExcel)
    }

    /// Whether a file of so many rows and columns can be had, and how.
    pub fn offer(self, columns: usize, rows: Count) -> Offer {
        let (Count::Exactly(least) | Count::MoreThan(least)) = rows;
        match self.format().most_rows(columns) {
            Some(most) if least > most => Offer::Never(most),
            _ if rows == Count::Exactly(least) && least <= self.at_once() => Offer::Now,
            _ => Offer::Later,
        }
    }
}

/// Whether a file can be had, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// At once.
    Now,
    /// It is made in the background.
    Later,
    /// It would be too long: this kind of file has at most so many rows here.
    Never(u64),
}

/// What came of asking for a file.
pub enum Exported {
    /// It comes at once.
    Now(Download),
    /// It is made in the background.
    Later,
}

/// A file on its way.
pub struct Download {
    /// The name it is saved under.
    pub file_name: String,
    /// What it is to a browser.
    pub media_type: &'static str,
    /// How long it is, where that is known beforehand.
    pub length: Option<u64>,
    source: Source,
}

enum Source {
    /// From whoever makes it, with what has come already.
    Making(Option<Vec<u8>>, mpsc::Receiver<Told>),
    /// From the database, as far as it is still to be read.
    Kept { store: Store, id: ExportId, no: i64, left: u64, packed: bool },
    /// Nothing more.
    Over,
}

impl Download {
    /// The next bytes of it; nothing at its end. After a failure it is not whole.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, Failure>> {
        let next = self.part().await.transpose();
        if !matches!(next, Some(Ok(_))) {
            self.source = Source::Over;
        }
        next
    }

    async fn part(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match &mut self.source {
            Source::Over | Source::Kept { left: 0, .. } => Ok(None),
            Source::Making(first, told) => {
                if let Some(first) = first.take() {
                    return Ok(Some(first));
                }
                loop {
                    match told.recv().await {
                        Some(Told::Ready(ready)) if ready.bytes.is_empty() => {}
                        Some(Told::Ready(ready)) => return Ok(Some(ready.bytes)),
                        Some(Told::Whole(_)) => return Ok(None),
                        Some(Told::Failed(failure)) => return Err(failure),
                        None => return Err(ended_early()),
                    }
                }
            }
            Source::Kept { store, id, no, left, packed } => {
                let gone = || Failure::Internal(format!("export {id} was deleted while it was read"));
                let kept = store.export_part(*id, *no).await?.ok_or_else(gone)?;
                let part = if *packed { unpacked(&kept)? } else { kept };
                *no += 1;
                *left = left.saturating_sub(part.len() as u64);
                Ok(Some(part))
            }
        }
    }
}

/// A file in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportLine {
    /// Its number.
    pub id: i64,
    /// What it is of.
    pub title: String,
    /// What kind of file it is.
    pub kind: &'static str,
    /// When it was asked for.
    pub made: DateTime,
    /// The last day on which it is there.
    pub until: Date,
    /// How it stands.
    pub standing: Standing,
}

/// How a file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Others are made first.
    Waiting,
    /// It is being made.
    Running {
        /// How many rows are in it so far.
        done: u64,
        /// How many there will be, where that is known.
        all: Option<u64>,
    },
    /// It is there.
    Done {
        /// How many rows it has.
        rows: u64,
        /// How long it is.
        bytes: u64,
    },
    /// It is there, and was made with rights that its owner does not have any more.
    Withheld,
    /// It could not be made, and why.
    Failed(String),
}

impl Standing {
    /// It in words.
    pub fn words(&self) -> String {
        let rows = |many: u64| Count::Exactly(many).to_string();
        match self {
            Self::Waiting => "Waiting for its turn".to_owned(),
            Self::Running { done, all: Some(all) } if done < all => {
                format!("{} of {}", thousands(*done), rows(*all))
            }
            Self::Running { done, all: None } => format!("{} so far", rows(*done)),
            Self::Running { done, .. } => format!("{}, being put together", rows(*done)),
            Self::Done { rows: many, bytes } => format!("{}, {}", rows(*many), size(*bytes)),
            Self::Withheld => {
                "Your rights have changed since it was made. Make it again to have what is yours to see now.".to_owned()
            }
            Self::Failed(why) => why.clone(),
        }
    }

    /// Whether it will be otherwise by itself.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Running { .. })
    }
}

/// What whoever makes a file tells.
enum Told {
    Ready(Ready),
    Whole(Whole),
    Failed(Failure),
}

/// How far a file is.
struct Ready {
    /// The bytes since the last time.
    bytes: Vec<u8>,
    /// How many rows are in it so far.
    rows: u64,
    /// How many there will be, where that is known.
    all: Option<u64>,
}

/// A file that is whole.
struct Whole {
    rows: u64,
    /// What stands above it, for the audit log.
    said: String,
}

/// What a file is made of.
struct Asked {
    who: Who,
    report: Report,
    typed: Typed,
    kind: FileKind,
}

impl Usecases {
    /// A report as a file: at once where it is small, else in the background.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with what to do where a file of this kind would be too long, too many are waited for, or a filter is not
    /// understood; else as [`Usecases::report`].
    pub async fn export_report(
        &self,
        who: &Who,
        (report, typed, kind): (Report, &Typed, FileKind),
        now: Timestamp,
    ) -> Result<Exported, Failure> {
        let (head, columns, waiting) = self.report_head(who, report, typed, now).await?;
        // A file that is made tomorrow is still of today.
        let typed = typed.with(|typed| typed.as_of = head.as_of.to_string());
        let file_name = file_name(&head, kind);
        match kind.offer(columns.len(), head.rows) {
            Offer::Never(most) => Err(Failure::field("format", kind.too_long(most))),
            Offer::Now if waiting == 0 => {
                let asked = Asked { who: who.clone(), report, typed, kind };
                let mut told = self.making(asked, now);
                let first = loop {
                    match told.recv().await {
                        Some(Told::Ready(ready)) if ready.bytes.is_empty() => {}
                        Some(Told::Ready(ready)) => break ready.bytes,
                        Some(Told::Failed(failure)) => return Err(failure),
                        Some(Told::Whole(_)) | None => return Err(ended_early()),
                    }
                };
                // Before the first byte leaves the house.
                self.audit(who, EXPORTED, Object::default(), &detail(report, kind, &said(&head), head.rows), now)
                    .await?;
                let media_type = kind.format().media_type();
                Ok(Exported::Now(Download {
                    file_name,
                    media_type,
                    length: None,
                    source: Source::Making(Some(first), told),
                }))
            }
            Offer::Now | Offer::Later => {
                let new = NewExport {
                    person: who.person,
                    report: report.as_str().to_owned(),
                    query: typed.query(),
                    format: kind.as_str().to_owned(),
                    title: format!("{}: {}", report.title(), said(&head)),
                    file_name,
                    all_rows: match head.rows {
                        Count::Exactly(rows) => Some(rows),
                        Count::MoreThan(_) => None,
                    },
                };
                match self.store.add_export(new, now.as_microsecond()).await? {
                    ExportAdded::Waits(_) => Ok(Exported::Later),
                    ExportAdded::TooMany => Err(Failure::field(
                        "files",
                        "Five files are being made for you already: wait until one of them is there, or delete one",
                    )),
                }
            }
        }
    }

    /// The files that were made for whoever asks, or are being made, the newest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn exports(&self, who: &Who) -> Result<Vec<ExportLine>, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let local = self.local().await?;
        let found = self.store.exports_of(who.person, LISTED).await?;
        Ok(found.into_iter().map(|export| line(export, who, &local)).collect())
    }

    /// A file that was made for whoever asks. Anybody else's is not there.
    ///
    /// # Errors
    /// [`Failure::NotFound`] too where it is not whole, or was made with rights that they have lost; [`Failure::Denied`] for those
    /// without a team; [`Failure::Store`].
    pub async fn export_file(&self, who: &Who, id: i64) -> Result<Download, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let export = self.store.export(who.person, ExportId(id)).await?.ok_or(Failure::NotFound)?;
        let kind = FileKind::parse(&export.format).ok_or(Failure::NotFound)?;
        if export.state != ExportState::Done || !still_held(&export.rights, who) {
            return Err(Failure::NotFound);
        }
        let (store, left) = (self.store.clone(), export.bytes);
        Ok(Download {
            file_name: export.file_name,
            media_type: kind.format().media_type(),
            length: Some(left),
            source: Source::Kept { store, id: export.id, no: 0, left, packed: kind.is_packed() },
        })
    }

    /// Deletes a file; one that is just being made is made no further.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where it is not theirs, [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn delete_export(&self, who: &Who, id: i64) -> Result<(), Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let deleted = self.store.delete_export(who.person, ExportId(id)).await?;
        if deleted { Ok(()) } else { Err(Failure::NotFound) }
    }

    /// Makes a file once more. One that is being made already goes on.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where it is not theirs, [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn export_again(&self, who: &Who, id: i64, now: Timestamp) -> Result<(), Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        self.store.export(who.person, ExportId(id)).await?.ok_or(Failure::NotFound)?;
        self.store.make_export_again(who.person, ExportId(id), now.as_microsecond()).await?;
        Ok(())
    }

    /// Makes the file that has waited longest, if any waits, as `owner`, whom no other server is called. What takes long reads `clock`
    /// again. Gives whether there was one. Given up half way, it leaves nothing but a lease that runs out, or that
    /// [`Usecases::return_exports`] ends.
    ///
    /// # Errors
    /// [`Failure::Store`]: then somebody begins it anew when the lease has run out.
    pub async fn make_next_export(&self, owner: &str, clock: fn() -> Timestamp) -> Result<bool, Failure> {
        let now = clock();
        if !self.store.exports_wait(now.as_microsecond()).await? {
            return Ok(false);
        }
        let Some(leased) = self.store.lease_export(owner, until(now), now.as_microsecond()).await? else {
            return Ok(false);
        };
        let mut work = Work {
            lease: ExportLease { id: leased.id, owner: owner.to_owned(), until: until(now) },
            store: self.store.clone(),
            clock,
            progress: ExportProgress::default(),
            no: 0,
        };
        match self.make_leased(&leased, &mut work).await {
            Ok(()) => {}
            Err(Failure::Store(cause)) => return Err(cause.into()),
            Err(failure) => {
                tracing::warn!(export = %leased.id, %failure, "a file could not be made");
                self.store.fail_export(&work.lease, &why(&failure), clock().as_microsecond()).await?;
            }
        }
        Ok(true)
    }

    /// Lets others begin anew what `owner` was making.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn return_exports(&self, owner: &str) -> Result<(), Failure> {
        self.store.return_exports(owner).await?;
        Ok(())
    }

    async fn make_leased(&self, leased: &LeasedExport, work: &mut Work) -> Result<(), Failure> {
        // The rights of now, not of when it was asked for.
        let who = self.who_at(leased.person, (work.clock)()).await?.ok_or(Failure::Denied)?;
        let unknown = || Failure::Internal(format!("export {} is of no kind that is known", leased.id));
        let report = Report::parse(&leased.report).ok_or_else(unknown)?;
        let kind = FileKind::parse(&leased.format).ok_or_else(unknown)?;
        let rights = rights(&who);
        let asked = Asked { who, report, typed: Typed::of_query(&leased.query), kind };
        let mut told = self.making(asked, (work.clock)());
        let (mut bytes, most) = (Vec::new(), if kind.is_packed() { PART_TO_PACK } else { PART });
        let whole = loop {
            match tokio::time::timeout(SIGN, told.recv()).await {
                Ok(Some(Told::Ready(ready))) => {
                    (work.progress.done_rows, work.progress.all_rows) = (ready.rows, ready.all);
                    bytes.extend(ready.bytes);
                    if bytes.len() >= most && !work.keep(&mut bytes, kind).await? {
                        return Ok(());
                    }
                }
                Ok(Some(Told::Whole(whole))) => break whole,
                Ok(Some(Told::Failed(failure))) => return Err(failure),
                Ok(None) => return Err(ended_early()),
                // Somebody else has it by now, or its owner has deleted it: whoever makes it hears that nobody listens.
                Err(_) if !work.keep(&mut Vec::new(), kind).await? => return Ok(()),
                Err(_) => {}
            }
            if work.is_silent() && !work.keep(&mut Vec::new(), kind).await? {
                return Ok(());
            }
        };
        if !bytes.is_empty() && !work.keep(&mut bytes, kind).await? {
            return Ok(());
        }
        let now = (work.clock)();
        let detail = detail(report, kind, &whole.said, Count::Exactly(whole.rows));
        let actor = Actor { person: Some(leased.person), from: None };
        let noting = self.noting(actor, EXPORTED, Object::default(), &detail, now);
        noting.finish_export(&work.lease, whole.rows, &rights, now.as_microsecond()).await?;
        Ok(())
    }

    /// Makes a file beside everything else. Whoever stops listening ends it.
    fn making(&self, asked: Asked, now: Timestamp) -> mpsc::Receiver<Told> {
        let (tell, told) = mpsc::channel(2);
        let usecases = self.clone();
        tokio::spawn(async move {
            let last = match usecases.make(asked, now, &tell).await {
                Ok(whole) => Told::Whole(whole),
                Err(failure) => Told::Failed(failure),
            };
            // Where nobody listens any more there is nobody to tell.
            drop(tell.send(last).await);
        });
        told
    }

    async fn make(&self, asked: Asked, now: Timestamp, tell: &mpsc::Sender<Told>) -> Result<Whole, Failure> {
        let Asked { who, report, typed, kind } = asked;
        let making = Arc::new(Mutex::new(None));
        let (begun, filled, teller) = (Arc::clone(&making), Arc::clone(&making), tell.clone());
        let (reader, maker) = (who.clone(), who);
        let begin = move |head: &Head, columns: &[Column]| {
            *lock(&begun) = Some(Making::begin(kind, head, columns, &maker, now)?);
            Ok(())
        };
        let each = async move |part: Vec<Row>| {
            let ready = match lock(&filled).as_mut() {
                Some(making) => making.rows(&part)?,
                None => return Err(ended_early()),
            };
            teller.send(Told::Ready(ready)).await.map_err(|_| nobody_listens())?;
            // Others first.
            tokio::task::yield_now().await;
            Ok(())
        };
        self.whole_report(&reader, report, &typed, now, begin, each).await?;
        let Making { writer, rows, all, said, .. } = lock(&making).take().ok_or_else(ended_early)?;
        let turn = ENDINGS.acquire().await.map_err(|_| ended_early())?;
        let rest = tokio::task::spawn_blocking(move || writer.finish()).await.map_err(|_| ended_early())?;
        drop(turn);
        for bytes in rest.map_err(sheet_failure)? {
            let ready = Ready { bytes: bytes.map_err(sheet_failure)?, rows, all };
            tell.send(Told::Ready(ready)).await.map_err(|_| nobody_listens())?;
        }
        Ok(Whole { rows, said })
    }
}

/// The word in the audit log.
const EXPORTED: &str = "report.exported";

/// A file that is leased and being made.
struct Work {
    store: Store,
    lease: ExportLease,
    clock: fn() -> Timestamp,
    progress: ExportProgress,
    no: i64,
}

impl Work {
    /// Whether the last sign of life was given a while ago.
    fn is_silent(&self) -> bool {
        let renewed = until((self.clock)());
        SignedDuration::from_micros(renewed.saturating_sub(self.lease.until)) >= SignedDuration::from_secs(5)
    }

    /// Keeps how far the file is, with these bytes of it, and takes them. False where it is not ours any more.
    async fn keep(&mut self, bytes: &mut Vec<u8>, kind: FileKind) -> Result<bool, Failure> {
        self.lease.until = until((self.clock)());
        let bytes = std::mem::take(bytes);
        let mut progress = self.progress.clone();
        if !bytes.is_empty() {
            let length = bytes.len() as u64;
            let bytes = if kind.is_packed() { packed(&bytes)? } else { bytes };
            progress.part = Some(ExportPart { no: self.no, bytes, length });
            self.no += 1;
        }
        Ok(self.store.keep_export(&self.lease, progress).await?)
    }
}

/// A file that takes rows.
struct Making {
    writer: Writer,
    /// How many rows are in it, sums not counted.
    rows: u64,
    all: Option<u64>,
    said: String,
}

impl Making {
    fn begin(kind: FileKind, head: &Head, columns: &[Column], who: &Who, now: Timestamp) -> Result<Self, Failure> {
        let all = match (kind.offer(columns.len(), head.rows), head.rows) {
            (Offer::Never(most), _) => return Err(Failure::field("format", kind.too_long(most))),
            (_, Count::Exactly(rows)) => Some(rows),
            (_, Count::MoreThan(_)) => None,
        };
        let mut lines = head.lines();
        lines.push(format!(
            "Made on {} at {} for {}",
            date_words(head.made_at.date()),
            head.made_at.strftime("%H:%M"),
            who.name
        ));
        let above =
            sheets::Head { organisation: head.organisation.clone(), title: head.title.clone(), lines, made: now };
        let writer = Writer::new(kind.format(), above, columns.iter().map(column).collect()).map_err(sheet_failure)?;
        Ok(Self { writer, rows: 0, all, said: said(head) })
    }

    fn rows(&mut self, part: &[Row]) -> Result<Ready, Failure> {
        let mut cells = Vec::new();
        for row in part {
            cells.clear();
            cells.extend(row.fields.iter().map(|field| cell(&field.value)));
            self.writer.row(&cells).map_err(sheet_failure)?;
            self.rows += u64::from(!row.total);
        }
        Ok(Ready { bytes: self.writer.take(), rows: self.rows, all: self.all })
    }
}

/// A value as a file holds it: what leads somewhere on a page is only its words here.
fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::None => Cell::Empty,
        Value::Text(words) | Value::State(words, _) => Cell::Text(words),
        Value::Number(many) => Cell::Number(i64::from(*many)),
        Value::Date(day) => Cell::Date(*day),
        Value::Share(share) => Cell::Share { part: u64::from(share.part), whole: u64::from(share.whole) },
    }
}

fn column(column: &Column) -> sheets::Column {
    let (kind, width) = match column.kind {
        Kind::Text => (sheets::Kind::Text, if column.name == "Department" { 32 } else { 24 }),
        Kind::Number => (sheets::Kind::Number, 10),
        Kind::Date => (sheets::Kind::Date, 12),
        Kind::Share => (sheets::Kind::Share, 16),
    };
    sheets::Column::new(column.name.clone(), kind, width)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn until(now: Timestamp) -> i64 {
    now.saturating_add(LEASE).map_or(i64::MAX, Timestamp::as_microsecond)
}

/// What stands above a report, in one line and without the number of rows.
fn said(head: &Head) -> String {
    let mut lines = head.lines();
    lines.pop();
    lines.insert(0, head.title.clone());
    lines.join(" · ")
}

fn detail(report: Report, kind: FileKind, said: &str, rows: Count) -> String {
    format!("{} as {}: {said} · {rows}", report.title(), kind.words())
}

/// `overdue-2027-05-03.csv`.
fn file_name(head: &Head, kind: FileKind) -> String {
    let letters =
        head.title.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { ' ' });
    let letters: String = letters.collect();
    let words: Vec<&str> = letters.split_whitespace().chain([""]).collect();
    format!("{}{}.{}", words.join("-"), head.as_of, kind.format().extension())
}

/// The rights that a file is made with.
fn rights(who: &Who) -> String {
    if who.administrator {
        return "administrator".to_owned();
    }
    who.manages.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Whether somebody still has all rights that a file was made with.
fn still_held(rights: &str, who: &Who) -> bool {
    let holds = |right: &str| who.manages.iter().any(|department| department.to_string() == right);
    who.administrator || rights.split(' ').all(holds)
}

fn line(export: Export, who: &Who, local: &impl Fn(i64) -> DateTime) -> ExportLine {
    let Export { id, format, title, state, done_rows, all_rows, bytes, rights, error, made_at, .. } = export;
    let made = local(made_at);
    let standing = match state {
        ExportState::Waiting => Standing::Waiting,
        ExportState::Running => Standing::Running { done: done_rows, all: all_rows },
        ExportState::Done if still_held(&rights, who) => Standing::Done { rows: done_rows, bytes },
        ExportState::Done => Standing::Withheld,
        ExportState::Failed => Standing::Failed(error),
    };
    let until =
        local(made_at.saturating_add(SignedDuration::from_hours(24 * KEPT_DAYS).as_micros().try_into().unwrap_or(0)));
    let kind = FileKind::parse(&format).map_or("File", FileKind::words);
    ExportLine { id: id.0, title, kind, made, until: until.date(), standing }
}

/// A number of bytes as people read it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", thousands(bytes / 1_000_000), bytes / 100_000 % 10),
    }
}

/// What its owner reads of a file that could not be made.
fn why(failure: &Failure) -> String {
    match failure {
        Failure::Invalid(errors) if !errors.is_empty() => {
            errors.iter().map(|error| format!("{}.", error.message)).collect::<Vec<_>>().join(" ")
        }
        Failure::NotFound | Failure::Denied => {
            "It asks about departments that are not yours to see any more. Open the \
                                                report again and choose from what is yours now."
                .to_owned()
        }
        _ => "It could not be made. It is our fault, not yours, and it has been written down. Try again in a while."
            .to_owned(),
    }
}

fn sheet_failure(error: SheetError) -> Failure {
    match error {
        SheetError::TooManyRows { .. } => Failure::field("format", error.to_string()),
        other => Failure::Internal(other.to_string()),
    }
}

fn ended_early() -> Failure {
    Failure::Internal("a file that was being made came to no end".to_owned())
}

fn nobody_listens() -> Failure {
    Failure::Internal("nobody waits for the file any more".to_owned())
}

fn packed(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut packer =
        flate2::write::DeflateEncoder::new(Vec::with_capacity(bytes.len() / 6), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, bytes)
        .and_then(|()| packer.finish())
        .map_err(|error| Failure::Internal(format!("a part of a file could not be made smaller: {error}")))
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut unpacker = flate2::write::DeflateDecoder::new(Vec::with_capacity(PART_TO_PACK + PART));
    std::io::Write::write_all(&mut unpacker, bytes)
        .and_then(|()| unpacker.finish())
        .map_err(|error| Failure::Internal(format!("a part of a file is damaged: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(title: &str) -> Head {
        Head {
            title: title.to_owned(),
            organisation: "Mercy Clinic".to_owned(),
            as_of: jiff::civil::date(2027, 5, 3),
            known_on: None,
            made_at: jiff::civil::datetime(2027, 5, 3, 9, 30, 0, 0),
            filters: Vec::new(),
            rows: Count::Exactly(1),
        }
    }

    #[test]
    fn a_file_is_called_by_what_it_shows_and_its_day() {
        assert_eq!(file_name(&head("Overdue"), FileKind::CsvForExcel), "overdue-2027-05-03.csv");
        assert_eq!(file_name(&head("Due in 14 days: \"é\"/.."), FileKind::Xlsx), "due-in-14-days-2027-05-03.xlsx");
        assert_eq!(file_name(&head("…"), FileKind::Pdf), "2027-05-03.pdf");
    }

    #[test]
    fn what_is_small_comes_at_once_and_what_is_too_long_never() {
        let of = |kind: FileKind, rows| kind.offer(9, rows);
        assert_eq!(of(FileKind::Csv, Count::Exactly(20_000)), Offer::Now);
        assert_eq!(of(FileKind::Csv, Count::Exactly(20_001)), Offer::Later);
        assert_eq!(of(FileKind::Csv, Count::Exactly(5_000_000)), Offer::Later);
        assert_eq!(of(FileKind::Xlsx, Count::MoreThan(0)), Offer::Later, "nobody knows how long it gets");
        assert_eq!(of(FileKind::Xlsx, Count::Exactly(1_048_575)), Offer::Later);
        assert_eq!(of(FileKind::Xlsx, Count::Exactly(1_048_576)), Offer::Never(1_048_575));
        assert_eq!(of(FileKind::Pdf, Count::Exactly(2_000)), Offer::Now);
        assert_eq!(of(FileKind::Pdf, Count::Exactly(2_001)), Offer::Later);
        assert!(matches!(of(FileKind::Pdf, Count::MoreThan(100_000)), Offer::Never(_)));
    }

    #[test]
    fn a_file_is_withheld_once_one_of_its_rights_is_lost() {
        let held = |rights: &str, administrator: bool, manages: &[i64]| {
            let manages = manages.iter().map(|id| store::DepartmentId(*id)).collect();
            still_held(rights, &Who::for_tests(administrator, manages))
        };
        assert!(held("3 7", false, &[7, 9, 3]));
        assert!(!held("3 7", false, &[7, 30]));
        assert!(held("3", true, &[]), "administrators see everything");
        assert!(!held("administrator", false, &[3]));
        assert!(!held("", false, &[3]), "rights that nobody wrote down");
    }

    #[test]
    fn a_part_comes_back_as_it_was() {
        let bytes: Vec<u8> =
            (0..20_000_u32).flat_map(|at| format!("Person {at},Ward 3,Nurse,Hello,Overdue\r\n").into_bytes()).collect();
        let small = packed(&bytes).expect("packed");
        assert!(small.len() < bytes.len() / 2);
        assert_eq!(unpacked(&small).expect("unpacked"), bytes);
        assert!(unpacked(&small[..small.len() / 2]).map_or(true, |part| part != bytes));
    }

    #[test]
    fn progress_is_told_in_words() {
        assert_eq!(Standing::Running { done: 12_000, all: Some(5_000_000) }.words(), "12,000 of 5,000,000 rows");
        assert_eq!(Standing::Running { done: 500, all: None }.words(), "500 rows so far");
        assert_eq!(Standing::Running { done: 5, all: Some(5) }.words(), "5 rows, being put together");
        assert_eq!(Standing::Done { rows: 1, bytes: 3_260_000 }.words(), "1 row, 3.2 MB");
    }
}
