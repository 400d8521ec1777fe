//! The ledger: facts are appended and chained by hash. Personal data stays outside the chain, behind salted commitments, so that
//! erasing it keeps the chain whole.

use crate::{
    AttemptId, DocumentId, PersonId, Result, Store, StoreError, VersionId,
    db::{Row, Tx, Val, vals},
};

const DOMAIN: &[u8] = b"bedside fact 1\n";
/// How many entries are read at a time when the chain is recomputed.
const CHUNK: i64 = 1000;
/// How many are made ready at a time when many are appended.
const CHUNK_OF_MANY: usize = 5000;

/// The end of the chain: exported and kept elsewhere, it shows a tail that was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry, 0 when there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// What recomputing the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Every entry is as it was written.
    Ok {
        /// How many there are.
        entries: i64,
        /// The end of the chain.
        head: Head,
    },
    /// The first entry that is not.
    Bad {
        /// Its number.
        seq: i64,
        /// What is wrong with it, for the log.
        why: &'static str,
    },
}

/// A completion of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// The ledger number.
    pub fact: i64,
    /// The document.
    pub document: DocumentId,
    /// What it is.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// The number of its certificate, if one was issued.
    pub certificate: Option<String>,
    /// The last day it counts; none if that is not known or has no end.
    pub valid_through: Option<i32>,
    /// The attempt.
    pub attempt: Option<AttemptId>,
    /// The score in hundredths of a percent, where there is one.
    pub score: Option<i64>,
    /// The version that was completed.
    pub version: VersionId,
    /// The title it had.
    pub title: String,
    /// Its content hash.
    pub content_hash: [u8; 32],
    /// The day it counts for, days since 1970-01-01.
    pub effective_on: i32,
    /// When it was recorded, microseconds.
    pub recorded_at: i64,
}

/// One person of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamMember {
    /// Who.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// The name of the department they work in that day, if in any.
    pub department_name: Option<String>,
    /// What they do there.
    pub job_role: Option<String>,
    /// What they completed of the live documents of the kind asked for, the newest of each.
    pub completions: Vec<Completion>,
}

/// That somebody completed a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completion {
    /// The document.
    pub document: DocumentId,
    /// The last day it was completed.
    pub effective_on: i32,
}

/// A fact to append.
#[derive(Debug, Clone)]
pub(crate) struct NewFact {
    pub(crate) by: Option<PersonId>,
    pub(crate) effective_on: i32,
    pub(crate) kind: &'static str,
    pub(crate) person: Option<PersonId>,
    pub(crate) document: Option<DocumentId>,
    pub(crate) version: Option<VersionId>,
    pub(crate) attempt: Option<AttemptId>,
    pub(crate) supersedes: Option<i64>,
    /// The erasable part, JSON.
    pub(crate) body: String,
}

/// What an entry of the ledger needs; `{rows}` stands for the rows that [`Head::append`] makes.
pub(crate) const FACTS: &str =
    "INSERT INTO fact (seq, recorded_at, by_id, effective_on, kind, person_id, document_id, version_id,
        attempt_id, supersedes, commitment, hash)
    VALUES {rows}";
/// The same for its text.
pub(crate) const BODIES: &str = "INSERT INTO fact_body (seq, salt, body) VALUES {rows}";
/// How many bytes of chance keep a text from being guessed.
pub(crate) const SALT: usize = 32;

impl Head {
    /// The row of the next entry and that of its text. The entry becomes the end of the chain.
    pub(crate) fn append(&mut self, new: &NewFact, now: i64, salt: &[u8]) -> (Vec<Val>, Vec<Val>) {
        self.seq += 1;
        let chained = Chained {
            seq: self.seq,
            recorded_at: now,
            by: new.by.map(|id| id.0),
            effective_on: i64::from(new.effective_on),
            kind: new.kind.to_owned(),
            person: new.person.map(|id| id.0),
            document: new.document.map(|id| id.0),
            version: new.version.map(|id| id.0),
            attempt: new.attempt.map(|id| id.0),
            supersedes: new.supersedes,
            commitment: commitment(salt, &new.body),
        };
        self.hash = chained.hash(&self.hash);
        let fact = vals![
            chained.seq,
            now,
            chained.by,
            chained.effective_on,
            new.kind,
            chained.person,
            chained.document,
            chained.version,
            chained.attempt,
            chained.supersedes,
            chained.commitment,
            self.hash
        ];
        (fact, vals![chained.seq, salt, &new.body])
    }
}

/// Appends a fact. It locks the end of the chain until the commit: call it last.
pub(crate) async fn append_fact(tx: &mut Tx, new: &NewFact, now: i64) -> Result<i64> {
    let head = tx.one("UPDATE ledger_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash", vals![]).await?;
    let mut head = Head { seq: head.i64("seq")? - 1, hash: head.hash("hash")? };
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(StoreError::unavailable)?;
    let (fact, body) = head.append(new, now, &salt);
    let sql = "INSERT INTO fact (seq, recorded_at, by_id, effective_on, kind, person_id, document_id, version_id, attempt_id, supersedes,
            commitment, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    tx.run(sql, fact).await?;
    tx.run("INSERT INTO fact_body (seq, salt, body) VALUES ($1, $2, $3)", body).await?;
    tx.run("UPDATE ledger_head SET hash = $1 WHERE id = 1", vals![head.hash]).await?;
    Ok(head.seq)
}

/// Appends many facts in a row, in their order; gives the numbers of the first and the last, none where there are none. It locks the
/// end of the chain until the commit: call it last.
pub(crate) async fn append_facts(tx: &mut Tx, new: &[NewFact], now: i64) -> Result<Option<(i64, i64)>> {
    let Some(count) = i64::try_from(new.len()).ok().filter(|count| *count > 0) else { return Ok(None) };
    let row = tx.one("UPDATE ledger_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash", vals![count]).await?;
    let mut head = Head { seq: row.i64("seq")? - count, hash: row.hash("hash")? };
    let first = head.seq + 1;
    for some in new.chunks(CHUNK_OF_MANY) {
        let mut salts = vec![0; SALT * some.len()];
        getrandom::fill(&mut salts).map_err(StoreError::unavailable)?;
        let rows = some.iter().zip(salts.chunks(SALT)).map(|(new, salt)| head.append(new, now, salt));
        let (facts, bodies) = rows.unzip();
        tx.many(FACTS, facts).await?;
        tx.many(BODIES, bodies).await?;
    }
    tx.run("UPDATE ledger_head SET hash = $1 WHERE id = 1", vals![head.hash]).await?;
    Ok(Some((first, head.seq)))
}

/// The columns under the chain.
struct Chained {
    seq: i64,
    recorded_at: i64,
    by: Option<i64>,
    effective_on: i64,
    kind: String,
    person: Option<i64>,
    document: Option<i64>,
    version: Option<i64>,
    attempt: Option<i64>,
    supersedes: Option<i64>,
    commitment: [u8; 32],
}

impl Chained {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            seq: row.i64("seq")?,
            recorded_at: row.i64("recorded_at")?,
            by: row.i64_or_none("by_id")?,
            effective_on: row.i64("effective_on")?,
            kind: row.text("kind")?,
            person: row.i64_or_none("person_id")?,
            document: row.i64_or_none("document_id")?,
            version: row.i64_or_none("version_id")?,
            attempt: row.i64_or_none("attempt_id")?,
            supersedes: row.i64_or_none("supersedes")?,
            commitment: row.hash("commitment")?,
        })
    }

    /// Every field has a fixed width or its length before it, so that no two entries read the same.
    fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(DOMAIN).update(previous);
        for number in [self.seq, self.recorded_at, self.effective_on] {
            hasher.update(&number.to_be_bytes());
        }
        hasher.update(&(self.kind.len() as u64).to_be_bytes()).update(self.kind.as_bytes());
        for number in [self.by, self.person, self.document, self.version, self.attempt, self.supersedes] {
            hasher.update(&[u8::from(number.is_some())]).update(&number.unwrap_or(0).to_be_bytes());
        }
        hasher.update(&self.commitment);
        *hasher.finalize().as_bytes()
    }
}

fn commitment(salt: &[u8], body: &str) -> [u8; 32] {
    *blake3::Hasher::new().update(salt).update(body.as_bytes()).finalize().as_bytes()
}

/// A page of the people of a manager ($1) on a day ($2).
macro_rules! managed {
    () => {
        "SELECT DISTINCT p.id, p.name, p.sort_name, d.name AS department_name, t.job_role
            FROM right_held r JOIN department_below b ON b.ancestor_id = r.department_id
            JOIN tenure t ON t.department_id = b.department_id AND t.from_on <= $2 AND t.until_on > $2
            JOIN person p ON p.id = t.person_id AND p.disabled_at IS NULL
            JOIN department d ON d.id = t.department_id
            WHERE r.held = 'manager' AND (r.person_id = $1 OR r.person_id IN
                (SELECT manager_id FROM deputy WHERE deputy_id = $1 AND from_on <= $2 AND to_on >= $2)) ORDER BY p.sort_name, p.id LIMIT $3 OFFSET $4"
    };
}
/// A page of everybody ($1 is for nothing), with where they work on a day ($2).
macro_rules! everybody {
    () => {
        "SELECT p.id, p.name, p.sort_name, d.name AS department_name, t.job_role
            FROM person p LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $2 AND t.until_on > $2
            LEFT JOIN department d ON d.id = t.department_id
            WHERE p.disabled_at IS NULL AND $1 = 0 ORDER BY p.sort_name, p.id LIMIT $3 OFFSET $4"
    };
}
macro_rules! completed {
    () => {
        "SELECT f.person_id, f.document_id, max(f.effective_on) AS effective_on FROM fact f
            JOIN document c ON c.id = f.document_id AND c.kind = $5 AND c.live_version_id IS NOT NULL
            WHERE f.kind = 'completed' AND f.person_id IN (SELECT id FROM ("
    };
}
macro_rules! completed_end {
    () => {
        ") page) AND NOT EXISTS (SELECT s.seq FROM fact s WHERE s.supersedes = f.seq)
            GROUP BY f.person_id, f.document_id ORDER BY f.person_id, f.document_id"
    };
}
const MANAGED: &str = managed!();
const EVERYBODY: &str = everybody!();

fn member(row: &Row) -> Result<TeamMember> {
    Ok(TeamMember {
        person: PersonId(row.i64("id")?),
        name: row.text("name")?,
        department_name: row.text_or_none("department_name")?,
        job_role: row.text_or_none("job_role")?,
        completions: Vec::new(),
    })
}

impl Store {
    /// The end of the chain.
    pub async fn ledger_head(&self) -> Result<Head> {
        head(&mut self.reader().await?).await
    }

    /// Recomputes the chain from its first entry and names the first bad one. Reads in chunks; writing goes on.
    pub async fn verify(&self) -> Result<Verified> {
        verify(&mut self.reader().await?).await
    }

    /// What a person completed and nobody took back, newest first.
    pub async fn completions_of(&self, person: PersonId) -> Result<Vec<Completed>> {
        let sql =
            "SELECT f.seq, f.document_id, d.kind, d.slug, f.version_id, v.title, v.content_hash, f.effective_on, f.recorded_at,
                f.attempt_id, a.score, c.number, c.valid_through
            FROM fact f JOIN document d ON d.id = f.document_id JOIN version v ON v.id = f.version_id
            LEFT JOIN certificate c ON c.fact_seq = f.seq LEFT JOIN attempt a ON a.id = f.attempt_id
            WHERE f.person_id = $1 AND f.kind = 'completed'
              AND NOT EXISTS (SELECT s.seq FROM fact s WHERE s.supersedes = f.seq)
            ORDER BY f.effective_on DESC, f.seq DESC";
        self.reader().await?.all(sql, vals![person]).await?.iter().map(completed).collect()
    }

    /// A page of a team by name, with what they completed of the live documents of `kind`. The team of a manager are those who
    /// work on the day `today` in the departments they manage and below; without a manager it is everybody.
    pub async fn team(
        &self,
        manager: Option<PersonId>,
        kind: &str,
        today: i32,
        (limit, offset): (i64, i64),
    ) -> Result<Vec<TeamMember>> {
        let (people, done) = match manager {
            Some(_) => (MANAGED, concat!(completed!(), managed!(), completed_end!())),
            None => (EVERYBODY, concat!(completed!(), everybody!(), completed_end!())),
        };
        let manager = manager.map_or(0, |manager| manager.0);
        let mut reader = self.reader().await?;
        let rows = reader.all(people, vals![manager, today, limit, offset]).await?;
        let mut team = rows.iter().map(member).collect::<Result<Vec<_>>>()?;
        for row in reader.all(done, vals![manager, today, limit, offset, kind]).await? {
            let person = PersonId(row.i64("person_id")?);
            if let Some(member) = team.iter_mut().find(|member| member.person == person) {
                let document = DocumentId(row.i64("document_id")?);
                member.completions.push(Completion { document, effective_on: row.days("effective_on")? });
            }
        }
        Ok(team)
    }
}

pub(crate) async fn head(tx: &mut Tx) -> Result<Head> {
    let row = tx.one("SELECT seq, hash FROM ledger_head WHERE id = 1", vals![]).await?;
    Ok(Head { seq: row.i64("seq")?, hash: row.hash("hash")? })
}

pub(crate) async fn verify(tx: &mut Tx) -> Result<Verified> {
    let sql = "SELECT f.seq, f.recorded_at, f.by_id, f.effective_on, f.kind, f.person_id, f.document_id, f.version_id, f.attempt_id,
            f.supersedes, f.commitment, f.hash, b.salt, b.body
        FROM fact f LEFT JOIN fact_body b ON b.seq = f.seq WHERE f.seq > $1 ORDER BY f.seq LIMIT $2";
    let mut before = Head { seq: 0, hash: [0; 32] };
    // Entries may be appended meanwhile. The chain is read first and its end afterwards, until both meet.
    loop {
        let rows = tx.all(sql, vals![before.seq, CHUNK]).await?;
        if rows.is_empty() {
            let head = head(tx).await?;
            if head == before {
                return Ok(Verified::Ok { entries: head.seq, head });
            }
            if head.seq == before.seq {
                return Ok(Verified::Bad { seq: head.seq, why: "the end of the chain has another hash" });
            }
            if head.seq < before.seq {
                return Ok(Verified::Bad { seq: head.seq + 1, why: "it stands behind the end of the chain" });
            }
            let next = tx.optional(sql, vals![before.seq, 1]).await?;
            if next.is_none() {
                return Ok(Verified::Bad { seq: before.seq + 1, why: "it is missing" });
            }
        }
        for row in rows {
            let seq = row.i64("seq")?;
            let bad = |why| Ok(Verified::Bad { seq, why });
            if seq != before.seq + 1 {
                return Ok(Verified::Bad { seq: before.seq + 1, why: "it is missing" });
            }
            let Ok(chained) = Chained::read(&row) else { return bad("a column cannot be read") };
            let hash = chained.hash(&before.hash);
            if row.hash("hash").ok() != Some(hash) {
                return bad("it does not have the hash it was written with");
            }
            if let (Some(salt), Some(body)) = (row.blob_or_none("salt")?, row.text_or_none("body")?)
                && commitment(&salt, &body) != chained.commitment
            {
                return bad("its text is not the one it was written with");
            }
            before = Head { seq, hash };
        }
    }
}

fn completed(row: &Row) -> Result<Completed> {
    Ok(Completed {
        fact: row.i64("seq")?,
        document: DocumentId(row.i64("document_id")?),
        kind: row.text("kind")?,
        slug: row.text("slug")?,
        certificate: row.text_or_none("number")?,
        valid_through: row.days_or_none("valid_through")?,
        attempt: row.i64_or_none("attempt_id")?.map(AttemptId),
        score: row.i64_or_none("score")?,
        version: VersionId(row.i64("version_id")?),
        title: row.text("title")?,
        content_hash: row.hash("content_hash")?,
        effective_on: row.days("effective_on")?,
        recorded_at: row.i64("recorded_at")?,
    })
}
