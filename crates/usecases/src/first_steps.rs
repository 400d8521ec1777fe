//! The first steps of whoever sets a site up: what is needed before the first person learns, and how far it is.

use jiff::Timestamp;
pub use store::SetSoFar;

use crate::{Failure, Usecases, who::Who};

impl Usecases {
    /// How much there is of what a site begins with.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn first_steps(&self, who: &Who, now: Timestamp) -> Result<SetSoFar, Failure> {
        who.as_administrator()?;
        Ok(self.store.set_so_far(self.today(now).await?).await?)
    }

    /// Whether who asks has first steps to take: an administrator of a site in which nothing was ever given to anybody, or nobody else has
    /// come in.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn has_first_steps(&self, who: &Who) -> Result<bool, Failure> {
        Ok(who.administrator && !self.store.is_begun().await?)
    }
}
