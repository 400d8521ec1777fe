//! Who is writing a draft just now, so that two know of each other before their texts meet. It is known to this server alone and only for
//! minutes; what keeps texts from being overwritten is the revision of the draft.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use store::PersonId;

use crate::{Failure, Usecases, who::Who};

/// For how long somebody who wrote is said to be writing.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(3);

/// Who writes one draft: by person the name, and when they wrote last.
type Writers = HashMap<PersonId, (String, Timestamp)>;

/// Who writes what, by the draft's name in addresses.
#[derive(Clone, Default)]
pub(crate) struct Writing(Arc<Mutex<HashMap<String, Writers>>>);

impl Writing {
    fn note(&self, who: &Who, slug: &str, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, people| {
            people.retain(|_, (_, at)| now.duration_since(*at) < JUST_NOW);
            !people.is_empty()
        });
        all.entry(slug.to_owned()).or_default().insert(who.person, (who.name.clone(), now));
    }

    fn others(&self, who: &Who, slug: &str, now: Timestamp) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let people = all.get(slug).into_iter().flatten();
        let others = people.filter(|(person, (_, at))| **person != who.person && now.duration_since(*at) < JUST_NOW);
        let mut names: Vec<String> = others.map(|(_, (name, _))| name.clone()).collect();
        names.sort();
        names
    }
}

impl Usecases {
    /// Notes that somebody writes a draft. Gives who else does.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators.
    pub fn writes(&self, who: &Who, slug: &str, now: Timestamp) -> Result<Vec<String>, Failure> {
        who.as_trainer()?;
        self.writing.note(who, slug, now);
        Ok(self.writing.others(who, slug, now))
    }

    /// Who else writes a draft just now, or changed it minutes ago on another server: by name.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn also_writing(&self, who: &Who, slug: &str, now: Timestamp) -> Result<Vec<String>, Failure> {
        who.as_trainer()?;
        let mut names = self.writing.others(who, slug, now);
        if let Some(draft) = self.store.draft(slug).await?
            && draft.changed_by != who.name
            && now.as_microsecond() - draft.changed_at < i64::try_from(JUST_NOW.as_micros()).unwrap_or(0)
            && !names.contains(&draft.changed_by)
        {
            names.push(draft.changed_by);
        }
        Ok(names)
    }
}
