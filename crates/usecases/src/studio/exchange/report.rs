//! What came of a file that was brought, to come back to: the report as it was, and how its drafts stand now.

use jiff::civil::DateTime;
use store::BroughtFile;

use super::{Brought, BroughtDraft};
use crate::{Failure, Usecases, who::Who};

/// How many files are listed.
const MOST_LISTED: i64 = 20;

/// A file that was brought, in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroughtLine {
    /// The number of its report.
    pub number: i64,
    /// What it was called.
    pub file_name: String,
    /// Who brought it.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// How many drafts it became.
    pub drafts: i64,
}

/// How a draft that a file became stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// As the file left it.
    AsItCame,
    /// Somebody wrote on, gave it another picture or asked somebody to look at it, or it was thrown away and begun anew.
    Changed,
    /// It is no draft any more: it was published, or thrown away so that what was live before is what there is.
    NoDraft,
    /// There is nothing of its name.
    ThrownAway,
}

impl Stand {
    /// Whether there is something to go to.
    pub fn is_there(self) -> bool {
        self != Self::ThrownAway
    }
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The file, and who brought it when.
    pub line: BroughtLine,
    /// What came of it then.
    pub brought: Brought,
    /// How each of its drafts stands now, in their order.
    pub stands: Vec<Stand>,
}

impl Usecases {
    /// The files that were brought last, the newest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn import_reports(&self, who: &Who) -> Result<Vec<BroughtLine>, Failure> {
        who.as_trainer()?;
        let local = self.local().await?;
        let files = self.store.brought_files(MOST_LISTED).await?;
        Ok(files.into_iter().map(|file| line(file, &local)).collect())
    }

    /// What came of a file that was brought.
    ///
    /// # Errors
    /// As [`Usecases::import_reports`]; [`Failure::NotFound`] also for a report so old that it is not kept any more.
    pub async fn import_report(&self, who: &Who, number: i64) -> Result<Report, Failure> {
        who.as_trainer()?;
        let (file, brought) = self.kept_report(number).await?;
        let mut stands = Vec::with_capacity(brought.drafts.len());
        for draft in &brought.drafts {
            stands.push(self.stand(draft).await?);
        }
        Ok(Report { line: line(file, &self.local().await?), brought, stands })
    }

    /// A report as it is kept.
    pub(super) async fn kept_report(&self, number: i64) -> Result<(BroughtFile, Brought), Failure> {
        let (file, report) = self.store.brought(number).await?.ok_or(Failure::NotFound)?;
        let brought =
            serde_json::from_str(&report).map_err(|cause| Failure::Internal(format!("brought.report: {cause}")))?;
        Ok((file, brought))
    }

    async fn stand(&self, draft: &BroughtDraft) -> Result<Stand, Failure> {
        match self.mark(&draft.slug).await? {
            Some(mark) if mark == draft.mark => Ok(Stand::AsItCame),
            Some(_) => Ok(Stand::Changed),
            None if self.store.known_slug(&draft.slug).await?.is_some() => Ok(Stand::NoDraft),
            None => Ok(Stand::ThrownAway),
        }
    }
}

fn line(file: BroughtFile, local: &impl Fn(i64) -> DateTime) -> BroughtLine {
    BroughtLine { number: file.id, file_name: file.file_name, by: file.by, at: local(file.at), drafts: file.drafts }
}

#[cfg(test)]
mod tests {
    use super::super::{Became, Brought};

    #[test]
    fn a_report_that_was_kept_before_is_read() {
        let kept = r#"{"drafts":[{"kind":"job-aid","slug":"desk","title":"Desk","holds":"","mark":"1.00.desk"}],
            "same":2,"told":[{"became":"ToDo","draft":["module","a","A"],"place":null,"lines":[3],"text":"mend it"}]}"#;
        let brought: Brought = serde_json::from_str(kept).expect("is read");
        assert_eq!((brought.drafts[0].kind, brought.same), (courseware::Kind::JobAid, 2));
        let told = &brought.told[0];
        assert_eq!((told.became, told.lines.as_slice(), told.text.as_str()), (Became::ToDo, [3].as_slice(), "mend it"));
        assert_eq!(serde_json::from_str::<Brought>("{}").expect("is read"), Brought::default());
    }
}
