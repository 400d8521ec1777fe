//! The site: the clinic's name, its time zone and language, and how it is set up once.

use jiff::{Timestamp, tz::TimeZone};
use records::day::Day;

use crate::{
    PersonId, Result, Store, StoreError,
    db::{Tx, vals},
    link, person,
};

/// The clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its name, as shown on every page.
    pub name: String,
    /// Its time zone, an IANA name.
    pub zone: String,
    /// Its language, a BCP 47 tag.
    pub locale: String,
    /// What fills the tokens in texts, JSON: names to words.
    pub tokens: String,
    /// How it reckons working days, and whatever else it sets, JSON.
    pub settings: String,
    /// Changes whenever something that may be cached does.
    pub config_rev: i64,
}

/// Who sets the site up.
#[derive(Debug, Clone)]
pub struct FirstAdministrator {
    /// Full name.
    pub name: String,
    /// E-mail address, already parsed.
    pub email: Option<String>,
    /// Staff number, already parsed.
    pub employee_no: Option<String>,
    /// The password's hash.
    pub password_hash: String,
}

/// What became of setting up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetUp {
    /// Done; this is the first administrator.
    Done(PersonId),
    /// The site is set up already.
    AlreadySetUp,
    /// The set-up link is unknown, spent or expired.
    LinkRefused,
    /// The e-mail address or staff number belongs to somebody, or both are missing.
    LoginRefused,
}

struct SetUpArgs {
    name: String,
    zone: String,
    locale: String,
    first: FirstAdministrator,
    link_hash: Vec<u8>,
    now: i64,
}

impl Store {
    /// The site, none before it is set up.
    pub async fn site(&self) -> Result<Option<Site>> {
        let sql = "SELECT s.name, s.zone, s.locale, s.tokens, s.settings, m.config_rev FROM site s CROSS JOIN meta m WHERE s.id = 1 AND m.id = 1";
        let Some(row) = self.reader().await?.optional(sql, vals![]).await? else { return Ok(None) };
        Ok(Some(Site {
            name: row.text("name")?,
            zone: row.text("zone")?,
            locale: row.text("locale")?,
            tokens: row.text("tokens")?,
            settings: row.text("settings")?,
            config_rev: row.i64("config_rev")?,
        }))
    }

    /// Names the site, makes its first administrator and spends the set-up link, all or nothing.
    pub async fn set_up(
        &self,
        name: &str,
        zone: &str,
        locale: &str,
        first: FirstAdministrator,
        link_hash: &[u8],
        now: i64,
    ) -> Result<SetUp> {
        let args = SetUpArgs {
            name: name.to_owned(),
            zone: zone.to_owned(),
            locale: locale.to_owned(),
            first,
            link_hash: link_hash.to_vec(),
            now,
        };
        self.write(args, |tx, args| Box::pin(set_up(tx, args))).await
    }

    /// Changes the site's name, zone, language, tokens and settings. Returns false before the site is set up.
    pub async fn update_site(&self, site: Site) -> Result<bool> {
        self.write(site, |tx, site| {
            Box::pin(async move {
                let sql = "UPDATE site SET name = $1, zone = $2, locale = $3, tokens = $4, settings = $5 WHERE id = 1";
                let Site { name, zone, locale, tokens, settings, .. } = site;
                let changed = tx.run(sql, vals![name, zone, locale, tokens, settings]).await? == 1;
                config_changed(tx).await?;
                Ok(changed)
            })
        })
        .await
    }
}

/// The site's day at an instant; UTC's before it is set up.
pub(crate) async fn day_of(tx: &mut Tx, now: i64) -> Result<i32> {
    let row = tx.optional("SELECT zone FROM site WHERE id = 1", vals![]).await?;
    let zone = row.map(|row| row.text("zone")).transpose()?;
    let zone = zone.and_then(|zone| TimeZone::get(&zone).ok()).unwrap_or(TimeZone::UTC);
    let instant = Timestamp::from_microsecond(now).map_err(|error| StoreError::corrupt("now", error))?;
    Ok(Day::at(instant, &zone).0)
}

/// Tells every server that what it cached under the old number is stale.
pub(crate) async fn config_changed(tx: &mut Tx) -> Result<()> {
    tx.run("UPDATE meta SET config_rev = config_rev + 1 WHERE id = 1", vals![]).await.map(drop)
}

async fn set_up(tx: &mut Tx, args: &SetUpArgs) -> Result<SetUp> {
    // The row everybody changes first: of two set-ups at once the second waits here and then sees the first.
    config_changed(tx).await?;
    if tx.optional("SELECT id FROM site WHERE id = 1", vals![]).await?.is_some() {
        return Ok(SetUp::AlreadySetUp);
    }
    if !link::is_fresh_set_up(tx, &args.link_hash, args.now).await? {
        return Ok(SetUp::LinkRefused);
    }
    let first = &args.first;
    let new = person::NewPerson {
        name: first.name.clone(),
        email: first.email.clone(),
        employee_no: first.employee_no.clone(),
        password_hash: Some(first.password_hash.clone()),
    };
    let person::Added::Person(person) = person::add(tx, &new, args.now).await? else { return Ok(SetUp::LoginRefused) };
    tx.run("INSERT INTO right_held (person_id, held) VALUES ($1, 'administrator')", vals![person]).await?;
    let site = "INSERT INTO site (id, name, zone, locale) VALUES (1, $1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone, locale = excluded.locale";
    tx.run(site, vals![&args.name, &args.zone, &args.locale]).await?;
    tx.run("UPDATE link SET spent_at = $1, person_id = $2 WHERE hash = $3", vals![args.now, person, &args.link_hash])
        .await?;
    Ok(SetUp::Done(person))
}
