//! Certificates: frozen when they are issued, shown to whose they are, and checked by anybody who has the number.

use jiff::civil::Date;
use store::Certificate;

use crate::{Failure, Usecases, clock, secret, who::Who};

/// A certificate, as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateView {
    /// Its number.
    pub number: String,
    /// The organisation.
    pub organisation: String,
    /// Whose it is.
    pub name: String,
    /// The module.
    pub title: String,
    /// The first characters of the hash of the version that was completed.
    pub version: String,
    /// The day of completion.
    pub completed_on: Date,
    /// The last day it counts; none if it has no end.
    pub valid_through: Option<Date>,
}

impl From<Certificate> for CertificateView {
    fn from(certificate: Certificate) -> Self {
        Self {
            number: certificate.number,
            organisation: certificate.organisation,
            name: certificate.name,
            title: certificate.title,
            version: secret::hex(&certificate.content_hash[..6]),
            completed_on: clock::date_of(certificate.completed_on),
            valid_through: certificate.valid_through.map(clock::date_of),
        }
    }
}

impl Usecases {
    /// One's own certificate.
    ///
    /// # Errors
    /// [`Failure::NotFound`] also for somebody else's, [`Failure::Store`].
    pub async fn certificate(&self, who: &Who, number: &str) -> Result<CertificateView, Failure> {
        let certificate = self.store.certificate(number).await?.ok_or(Failure::NotFound)?;
        if certificate.person != who.person {
            return Err(Failure::NotFound);
        }
        Ok(certificate.into())
    }

    /// One's own certificate as a PDF. `verify_url` is where anybody can check it.
    ///
    /// # Errors
    /// [`Failure::NotFound`] also for somebody else's, [`Failure::Store`], [`Failure::Internal`] where it cannot be drawn.
    pub async fn certificate_pdf(&self, who: &Who, number: &str, verify_url: &str) -> Result<Vec<u8>, Failure> {
        let view = self.certificate(who, number).await?;
        let drawn = tokio::task::spawn_blocking({
            let verify_url = verify_url.to_owned();
            move || {
                let day = clock::date_words;
                print::certificate(&print::Certificate {
                    organisation: &view.organisation,
                    name: &view.name,
                    title: &view.title,
                    completed_on: &day(view.completed_on),
                    valid_through: view.valid_through.map(day).as_deref(),
                    version: &view.version,
                    number: &view.number,
                    verify_url: &verify_url,
                })
            }
        });
        let drawn = drawn.await.map_err(|cause| Failure::Internal(cause.to_string()))?;
        drawn.map_err(|cause| Failure::Internal(format!("certificate {number} cannot be drawn: {cause}")))
    }

    /// What a certificate with this number says, for anybody who has it in hand.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where there is none, [`Failure::Store`].
    pub async fn certified(&self, number: &str) -> Result<CertificateView, Failure> {
        let number = secret::typed_number(number).ok_or(Failure::NotFound)?;
        Ok(self.store.certificate(&number).await?.ok_or(Failure::NotFound)?.into())
    }
}
