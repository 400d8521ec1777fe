//! `/certificates/{number}`, its PDF, and `/verify`, where anybody checks one.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{Failure, FieldError, certificate::CertificateView};

use super::{
    SignedIn, Visitor, failed,
    form::{Field, field, summary, title},
    modules::date_words,
    see_other,
};
use crate::{
    request::{OwnAddress, encoded},
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    OwnAddress(own): OwnAddress,
    Path(number): Path<String>,
) -> Response {
    let certificate = match state.usecases.certificate(&who, &number).await {
        Ok(certificate) => certificate,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = format!("Certificate: {}", certificate.title);
    let mut frame = Frame::new(&state.assets, Some(&who), &title, "/record");
    frame.class = "page page-certificate";
    page(StatusCode::OK, &frame, || {
        let verify = format!("{own}/verify/{}", certificate.number);
        let pdf = format!("/certificates/{}/certificate.pdf", certificate.number);
        view! {
            <a class="back-link" href="/record">"My record"</a>
            <article class="certificate">
                <p class="certificate-organisation">{certificate.organisation.clone()}</p>
                <h1>"Certificate of completion"</h1>
                <p class="certificate-name">{certificate.name.clone()}</p>
                <p>"has completed"</p>
                <p class="certificate-title">{certificate.title.clone()}</p>
                <p>{format!("on {}", date_words(certificate.completed_on))}</p>
                <p>{valid_words(&certificate)}</p>
                <p class="certificate-foot">
                    {format!("Number {} · version ", certificate.number)}<code>{certificate.version.clone()}</code>
                    <br />
                    "Anyone can check it at "<a href=format!("/verify/{}", certificate.number)>{verify}</a>
                </p>
            </article>
            <p class="button-row no-print"><a class="button" href=pdf>"Download as PDF"</a></p>
        }
    })
}

fn valid_words(certificate: &CertificateView) -> String {
    certificate
        .valid_through
        .map_or_else(|| "It has no end date.".to_owned(), |last| format!("Valid through {}", date_words(last)))
}

pub(crate) async fn pdf(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    OwnAddress(own): OwnAddress,
    Path(number): Path<String>,
) -> Response {
    let verify = format!("{own}/verify/{}", encoded(&number));
    match state.usecases.certificate_pdf(&who, &number, &verify).await {
        Ok(bytes) => {
            // A number holds only letters, digits and dashes.
            let name = format!("attachment; filename=\"certificate-{number}.pdf\"");
            let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
            let kind = HeaderValue::from_static("application/pdf");
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    number: Option<String>,
}

const NUMBER: Field =
    Field::text("number", "Number of the certificate", Some("For example K7QM-4XW9-D2F0. It stands at the foot."));

pub(crate) async fn ask(State(state): State<AppState>, Visitor(who): Visitor, Query(asked): Query<Asked>) -> Response {
    match asked.number.as_deref().map(str::trim) {
        Some(number) if !number.is_empty() => match usecases::secret::typed_number(number) {
            Some(number) => see_other(&format!("/verify/{number}")),
            None => ask_again(
                &state,
                who.as_ref(),
                number,
                "This is not the number of a certificate. It has 12 letters and digits.",
            ),
        },
        Some(empty) => ask_again(&state, who.as_ref(), empty, "Enter the number"),
        None => form(&state, who.as_ref(), StatusCode::OK, "", &[]),
    }
}

fn ask_again(state: &AppState, who: Option<&usecases::who::Who>, typed: &str, words: &'static str) -> Response {
    form(state, who, StatusCode::UNPROCESSABLE_ENTITY, typed, &[FieldError::new("number", words)])
}

fn form(
    state: &AppState,
    who: Option<&usecases::who::Who>,
    status: StatusCode,
    typed: &str,
    errors: &[FieldError],
) -> Response {
    page(status, &Frame::new(&state.assets, who, &title("Check a certificate", errors), ""), || {
        view! {
            {summary(errors)}
            <h1>"Check a certificate"</h1>
            <p class="lead">"See whether a certificate was issued here, and what it says."</p>
            <form class="form" method="get" action="/verify">
                {field(NUMBER, typed, errors)}
                <button class="button" type="submit">"Check"</button>
            </form>
        }
    })
}

pub(crate) async fn verify(
    State(state): State<AppState>,
    Visitor(who): Visitor,
    Path(number): Path<String>,
) -> Response {
    let certificate = match state.usecases.certified(&number).await {
        Ok(certificate) => certificate,
        Err(Failure::NotFound) => {
            let words = "No certificate with this number was issued here. Compare it with the paper, letter by letter.";
            return form(&state, who.as_ref(), StatusCode::NOT_FOUND, &number, &[FieldError::new("number", words)]);
        }
        Err(failure) => return failed(&failure, &state.assets),
    };
    page(StatusCode::OK, &Frame::new(&state.assets, who.as_ref(), "Certificate", ""), || {
        let line = |name: &'static str, value: String| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
        view! {
            <h1>"This certificate was issued here"</h1>
            <p class="lead">"Compare it with the paper. This is all that it says."</p>
            <dl class="summary-list">
                {line("Name", certificate.name.clone())}
                {line("Has completed", certificate.title.clone())}
                {line("On", date_words(certificate.completed_on))}
                {line("Validity", valid_words(&certificate))}
                {line("Organisation", certificate.organisation.clone())}
                {line("Number", certificate.number.clone())}
                {line("Version", certificate.version.clone())}
            </dl>
        }
    })
}
