//! The organisation itself: its name and its clocks.

use jiff::{Timestamp, civil::Date};
use records::person::Name;

use crate::{
    Failure, Usecases, clock,
    set_up::{organisation_refused, zone_named, zone_refused},
    who::Who,
};

/// The organisation as an administrator changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteView {
    /// Its name.
    pub name: String,
    /// Its IANA zone.
    pub zone: String,
}

impl Usecases {
    /// The organisation.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] before it is set up,
    /// [`Failure::Store`].
    pub async fn site(&self, who: &Who) -> Result<SiteView, Failure> {
        who.as_administrator()?;
        let site = self.store.site().await?.ok_or(Failure::NotFound)?;
        Ok(SiteView { name: site.name, zone: site.zone })
    }

    /// The organisation's name and its day at `now`, for what is printed.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn letterhead(&self, now: Timestamp) -> Result<(String, Date), Failure> {
        let (name, zone) = match self.store.site().await? {
            Some(site) => (site.name, site.zone),
            None => (String::new(), "UTC".to_owned()),
        };
        Ok((name, clock::day_in(now, &zone)))
    }

    /// Changes the organisation's name and zone. Days that are in the record stay the days they were.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::NotFound`] before it is set up, [`Failure::Store`].
    pub async fn change_site(&self, who: &Who, typed: &SiteView, now: Timestamp) -> Result<(), Failure> {
        who.as_administrator()?;
        let mut errors = Vec::new();
        let name = Name::parse(&typed.name).map_err(|_| errors.push(organisation_refused()));
        let zone = zone_named(&typed.zone);
        if zone.is_none() {
            errors.push(zone_refused());
        }
        let (Ok(name), Some(zone)) = (name, zone) else { return Err(Failure::Invalid(errors)) };
        let locale = self.store.site().await?.ok_or(Failure::NotFound)?.locale;
        let detail = format!("{}, {}", name.as_str(), zone);
        let noting = self.noting(who, "site.changed", None, &detail, now);
        let changed = noting.update_site(name.as_str(), &zone, &locale).await?;
        if changed { Ok(()) } else { Err(Failure::NotFound) }
    }
}
