//! Publishing a draft: what differs, who is in the middle of it, and what asking everybody for it would do.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    assignments::people_words,
    clock::date_words,
    studio::{
        Comparison, Consequence, EDITORIAL_WORDS, Kind, MANDATORY_WORDS, MATERIAL_WORDS, Publishing, Sending, Went,
        kind_of,
    },
    who::Who,
};

use super::{
    super::{
        SignedIn, failed,
        form::{Field, field, summary, title},
        requirements::still,
        see_other_saying,
        updates::WHY,
    },
    Place, address,
    approval::approval,
    comparison::{folded, in_words, pictures},
    problem_list,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

const DAYS: Field = Field::text("days", "How many days people have for it", None);
/// What is offered to begin with, as where an update is asked for by itself.
const THIRTY: &str = "30";
/// So many warnings are shown without being asked for.
const MOST_WARNINGS: usize = 3;

/// What is sent to publish, and to count again.
#[derive(Default, Deserialize)]
pub(crate) struct Publish {
    #[serde(default)]
    rev: i64,
    #[serde(default)]
    change: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    why: String,
}

impl Publish {
    fn sending(&self) -> Sending<'_> {
        Sending { rev: self.rev, change: &self.change, days: &self.days, seen: &self.seen, why: &self.why }
    }
}

pub(crate) async fn publishing(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Query(typed): Query<Publish>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    answer(&state, &who, (kind, &slug), &typed, Vec::new()).await
}

pub(crate) async fn publish(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Form(sent): Form<Publish>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let now = usecases::clock::now();
    match state.usecases.publish_draft(&who, (kind, &slug), sent.sending(), now).await {
        Ok(Went { title, asked, wished }) => {
            let words = match (asked, wished) {
                (Some(people), _) => format!("{title} is live, and {} asked for it.", are_words(people)),
                (None, true) => {
                    format!("{title} is live. Administrators see now that everybody who holds it should learn it soon.")
                }
                (None, false) => format!("{title} is live."),
            };
            see_other_saying(&address(kind, &slug), words)
        }
        Err(Failure::Conflict) => {
            let words = "It has changed since you looked, and nothing was published: look at it again, then publish";
            answer(&state, &who, (kind, &slug), &sent, vec![FieldError::new("change", words)]).await
        }
        Err(Failure::Invalid(errors)) => answer(&state, &who, (kind, &slug), &sent, errors).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn are_words(people: i64) -> String {
    if people == 1 { "1 person is".to_owned() } else { format!("{} are", people_words(people)) }
}

/// The page of what publishing would do, with what was typed and what of it is to be corrected.
pub(super) async fn answer(
    state: &AppState,
    who: &Who,
    (kind, slug): (Kind, &str),
    typed: &Publish,
    mut errors: Vec<FieldError>,
) -> Response {
    let now = usecases::clock::now();
    let days = if typed.days.is_empty() { THIRTY } else { typed.days.as_str() };
    let publishing = match state.usecases.publishing(who, (kind, slug), days, now).await {
        Err(Failure::Invalid(wrong)) => {
            let new = wrong.into_iter().filter(|error| errors.iter().all(|known| known.field != error.field));
            let new: Vec<_> = new.collect();
            errors.extend(new);
            state.usecases.publishing(who, (kind, slug), THIRTY, now).await
        }
        other => other,
    };
    match publishing {
        Ok(publishing) => draw(state, who, publishing, (&typed.change, days, &typed.why), &errors),
        // There is nothing to publish but what is live.
        Err(Failure::NotFound) => see_other_saying(&address(kind, slug), "There is no draft to publish."),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn draw(
    state: &AppState,
    who: &Who,
    publishing: Publishing,
    decided: (&str, &str, &str),
    errors: &[FieldError],
) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let heading = format!("Publish {}", publishing.looked.title);
    let title = title(&heading, errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/studio");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(status, &frame, || {
        let here = address(publishing.kind, &publishing.slug);
        let looks_over = publishing.is_changed && publishing.looked.is_publishable;
        let may_publish = publishing.approval.as_ref().is_none_or(usecases::studio::Approval::is_given);
        let asked = publishing.approval.clone().filter(|_| looks_over);
        let (rows, words, shown) = match publishing.comparison.clone() {
            Some(Comparison { words, pictures, rows }) => (Some(rows), words, pictures),
            None => (None, Vec::new(), Vec::new()),
        };
        let labels = (if publishing.is_withdrawn { "Live until it was withdrawn" } else { "Live" }, "Draft");
        view! {
            <a class="back-link" href=here.clone()>"Back to the text"</a>
            {summary(errors)}
            <h1>{heading.clone()}</h1>
            {if publishing.is_changed {
                view! {
                    {looks_over.then(|| view! { <p><a href="#decide">"Go to the decision"</a>", below what it is about."</p> })}
                    {(!publishing.looked.is_publishable).then(|| view! { <p role="alert">{format!("It cannot be published yet: mend the errors first. {}", meanwhile(&publishing))}</p> })}
                    {problems(&publishing, &here)}
                    {(!words.is_empty()).then(|| view! { <h2>"What changes"</h2> {in_words(words)} })}
                    {pictures(shown, labels)}
                    {looks_over.then(|| affected(&publishing, who))}
                    {looks_over.then(|| view! { <h2 id="decide">"The decision"</h2> })}
                    {asked.map(|asked| approval(&asked, (&here, publishing.rev), errors))}
                    {(looks_over && may_publish).then(|| form(&publishing, who, decided, errors))}
                    {rows.map(|rows| view! { <h2>{differs(publishing.is_withdrawn)}</h2> {folded(rows, labels)} })}
                }.into_any()
            } else {
                view! { {unchanged(&publishing, &here)} {problem_list(&publishing.looked, &here)} }.into_any()
            }}
        }
    })
}

/// How it stands as long as the draft cannot be published.
fn meanwhile(publishing: &Publishing) -> &'static str {
    match (&publishing.comparison, publishing.is_withdrawn) {
        (None, _) => "Until then only trainers and administrators see it.",
        (Some(_), true) => "Until then it stays withdrawn.",
        (Some(_), false) => "What is live stays as it is.",
    }
}

/// A draft that says what is live has one way to go, right here.
fn unchanged(publishing: &Publishing, here: &str) -> impl IntoView + use<> {
    let words = if publishing.is_withdrawn {
        view! { <p>"Nothing has changed since it was withdrawn. "<a href=format!("{here}/withdraw")>"Make it live again"</a>", or go on writing."</p> }.into_any()
    } else {
        view! { <p>"Nothing has changed: the draft says what is live. Throw it away, or go on writing."</p> }.into_any()
    };
    view! {
        {words}
        <form method="post" action=format!("{here}/discard")>
            <input type="hidden" name="rev" value=publishing.rev.to_string() />
            <div class="button-row"><button class="button button-secondary" type="submit">"Throw the draft away"</button></div>
        </form>
        <p class="hint">"What is published stays. Pictures that were added and are not shown go with the draft."</p>
    }
}

/// The problems; many warnings, which do not stand in the way, are folded.
fn problems(publishing: &Publishing, here: &str) -> impl IntoView + use<> {
    let many = publishing.looked.problems.len();
    let list = problem_list(&publishing.looked, here);
    if publishing.looked.is_publishable && many > MOST_WARNINGS {
        view! { <details><summary>{format!("{many} warnings, which do not stand in the way")}</summary>{list}</details> }
            .into_any()
    } else {
        list.into_any()
    }
}

/// Who is touched by it: whoever is in the middle, and whoever is required to do it.
fn affected(publishing: &Publishing, who: &Who) -> impl IntoView + use<> {
    if publishing.comparison.is_none() {
        return view! {
            <h2>"Who is affected"</h2>
            <p>"It was never published. From now on everybody finds it; nobody is asked for it until a requirement or a path names it."</p>
        }
        .into_any();
    }
    if publishing.kind == Kind::JobAid {
        return view! { <h2>"Who is affected"</h2> <p>"A job aid is looked up, not learned: whoever opens it sees the new one from now on."</p> }.into_any();
    }
    let middle = match publishing.running {
        0 => "Nobody is in the middle of it.".to_owned(),
        1 => "One person is in the middle of it, and ends with the version that they began.".to_owned(),
        more => format!("{more} people are in the middle of it, and end with the version that they began."),
    };
    let administrator = who.administrator;
    let required = match &publishing.mandatory {
        None => view! { <p>"Nobody is required to do this: no requirement asks for it."</p> }.into_any(),
        Some(consequence) => {
            let lines = consequence.each.iter().map(|one| {
                let done = match one.people {
                    0 => ": nobody has done it so that it counts today".to_owned(),
                    1 => ": 1 person has done it, and it counts today".to_owned(),
                    people => format!(": {} have done it, and it counts today", people_words(people)),
                };
                let name = match administrator {
                    true => view! { <a href=format!("/requirements/{}", one.id)>{one.name.clone()}</a> }.into_any(),
                    false => one.name.clone().into_any(),
                };
                view! { <li>{name}{done}</li> }
            });
            view! { <p>"It is required by:"</p> <ul>{lines.collect::<Vec<_>>()}</ul> }.into_any()
        }
    };
    view! { <h2>"Who is affected"</h2> <p>{middle}</p> {required} }.into_any()
}

fn differs(is_withdrawn: bool) -> &'static str {
    if is_withdrawn { "Side by side with what was live" } else { "Side by side with what is live" }
}

/// The form that publishes.
fn form(
    publishing: &Publishing,
    who: &Who,
    decided: (&str, &str, &str),
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let here = address(publishing.kind, &publishing.slug);
    let error = errors.iter().find(|error| error.field == "change").map(|error| error.message.clone());
    // Nobody learned what was never live, and nobody learns a job aid.
    let changes = if publishing.comparison.is_some() && publishing.kind != Kind::JobAid {
        changes(publishing, who, decided, errors).into_any()
    } else {
        error.map(|error| view! { <p class="error-message" id="change">{error}</p> }).into_any()
    };
    view! {
        <form class="form" method="post" action=format!("{here}/publish") novalidate>
            <input type="hidden" name="rev" value=publishing.rev.to_string() />
            {publishing.is_withdrawn.then(|| view! { <p>"It was withdrawn. Publishing makes it live again."</p> })}
            {changes}
            <div class="button-row"><button class="button" type="submit">"Publish now"</button></div>
        </form>
    }
}

/// What the change is to those who learned the version before.
fn changes(
    publishing: &Publishing,
    who: &Who,
    decided: (&str, &str, &str),
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let (change, days, why) = decided;
    let here = address(publishing.kind, &publishing.slug);
    let error = errors.iter().find(|error| error.field == "change").map(|error| error.message.clone());
    let class = if error.is_some() { "studio-changes field field-error" } else { "studio-changes field" };
    let option = |value: &'static str, label: &'static str, hint: String| {
        let id = format!("change-{value}");
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name="change" value=value checked=change == value />
                <label for=id>{label}<span class="hint">{hint}</span></label>
            </div>
        }
    };
    let people = publishing.mandatory.as_ref().map_or(0, |consequence| consequence.people);
    let material = match (publishing.mandatory.is_some(), people) {
        (false, _) => "Nobody is required to do this, so that nobody is asked again. The history says that it was more than words.".to_owned(),
        (true, 0) => "Nobody has done it so that it counts today, so that nobody is asked again: whoever does it does it in the new version.".to_owned(),
        (true, people) => format!("{} done it, and it counts to its last day. Whoever has a further cycle learns the new version then.", have_words(people)),
    };
    let mandatory = publishing.mandatory.as_ref().map(|consequence| {
        let hint = if who.administrator {
            "Everybody who has done it and for whom it counts today is asked for the new version too, in the same step. What they have counts to its last day."
        } else {
            "You ask for it; an administrator decides whether people are asked for the new version soon. Until then it is something to learn in the next cycle."
        };
        let does = does(consequence, who);
        let waiting = consequence.waiting;
        let seen = consequence.seen();
        view! {
            {(consequence.people > 0).then(|| option("mandatory", MANDATORY_WORDS, hint.to_owned()))}
            <div class="studio-consequence">
                {still(waiting)}
                {does}
                {(consequence.people > 0).then(|| view! {
                    {field(WHY, why, errors)}
                    {field(DAYS, days, errors)}
                    <input type="hidden" name="seen" value=seen />
                    <button class="button button-secondary button-small" type="submit" formmethod="get" formaction=format!("{here}/publish")>"Count again"</button>
                })}
            </div>
        }
    });
    let why_not = publishing.mandatory.is_none().then(|| {
        view! { <p class="hint">{format!("“{MANDATORY_WORDS}” cannot be chosen: nobody is required to do this.")}</p> }
    });
    view! {
        <fieldset class=class id="change" tabindex="-1">
            <legend>"What is this change to those who learned the version before?"</legend>
            {error.map(|error| view! { <p class="error-message"><span class="visually-hidden">"Error: "</span>{error}</p> })}
            {option("editorial", EDITORIAL_WORDS, "Nothing follows from it: those who learned the version before know all that is in it.".to_owned())}
            {option("material", MATERIAL_WORDS, material)}
            {mandatory}
            {why_not}
        </fieldset>
    }
}

fn have_words(people: i64) -> String {
    if people == 1 { "1 person has".to_owned() } else { format!("{} have", people_words(people)) }
}

/// What asking everybody would do, in numbers.
fn does(consequence: &Consequence, who: &Who) -> impl IntoView + use<> {
    let Consequence { each, people, days, due, .. } = consequence;
    let when = format!("due {} (in {days} days)", date_words(*due));
    let words = match (people, who.administrator) {
        (0, _) => format!(
            "“{MANDATORY_WORDS}” cannot be chosen: requirements ask for it, and nobody holds it today, so that nobody would be asked for the new version."
        ),
        (people, true) => {
            format!("{MANDATORY_WORDS}: this will give {} an update {when}.", people_words(*people))
        }
        (people, false) => format!("Asked for today, this would give {} an update {when}.", people_words(*people)),
    };
    let more = each.iter().filter(|one| one.people > 0).count() > 1;
    view! { <p>{words}{more.then_some(" Whoever has done it for several requirements is counted once, and asked for each.")}</p> }
}
