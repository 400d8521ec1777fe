//! `/studio`: the trainer's library, the editor with its problems and preview, publishing, and the history. All of it works without
//! scripts; with them the preview follows what is typed.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    clock::date_words,
    studio::{
        Editing, Kept, Kind, LibraryLine, Looked, Merged, Over, ProblemView, Sought, State as Stands, Typed, kind_of,
        kind_words,
    },
    who::Who,
};

use self::preview::preview_of;
use super::{
    SignedIn, Visitor, Wants, failed,
    form::{Choice, Field, area, choice, field, summary, time_words, title},
    see_other_saying,
};
use crate::{
    posted::Form,
    request::encoded,
    shell::{Frame, alone, page},
    state::AppState,
};

mod approval;
mod beside;
mod comparison;
mod competency;
mod curriculum;
mod exchange;
mod history;
mod images;
mod manual;
mod map;
mod meeting;
mod preview;
mod publishing;
mod rehearsal;
mod withdrawing;

pub(crate) use approval::approve;
pub(crate) use competency::{add_competency, change_competency, competencies, competency};
pub(crate) use curriculum::{change_suggestion, suggest, suggestion, suggestions};
pub(crate) use exchange::{bring, everything, import, report, take_out, undo};
pub(crate) use history::{history, past, restore};
pub(crate) use images::{images, upload};
pub(crate) use manual::{check, manual};
pub(crate) use map::map;
pub(crate) use meeting::{left, settle, take_up};
pub(crate) use publishing::{publish, publishing};
pub(crate) use rehearsal::{answer, play, send_answer};
pub(crate) use withdrawing::{withdraw, withdrawing};

const TITLE: Field =
    Field::text("title", "Title", Some("What learners read above it. It also makes the address, which stays."));
const KIND: Choice = Choice { name: "kind", label: "What it will be", hint: None, none: "Choose one" };

/// What is sought in the library.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    state: String,
}

pub(crate) async fn library(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(asked): Query<Asked>,
) -> Response {
    let sought = Sought { words: asked.q.clone(), kind: asked.kind.clone(), state: asked.state.clone() };
    let found = async {
        let lines = state.usecases.library(&who, &sought, usecases::clock::now()).await?;
        Ok((lines, state.usecases.takes_second_pair_of_eyes().await?))
    };
    let (lines, approves) = match found.await {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "Studio", "/studio");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let many = lines.len();
        let filtered = sought != Sought::default();
        view! {
            <h1>"Studio"</h1>
            <p class="lead">"Everything that is taught here: written as plain text, checked as you write, and published when you say so."</p>
            <p class="link-row">
                <a class="button" href="/studio/new">"Write something new"</a>
                <a class="button button-secondary" href="/studio/import">"Bring a file"</a>
                <a href="/studio/paths">"Suggested paths"</a>
                <a href="/studio/competencies">"Competencies"</a>
                <a href="/studio/import#out">"Take everything out"</a>
                <a href="/studio/help">"How to write"</a>
            </p>
            <form class="filters" method="get" action="/studio" role="search">
                {field(Field { kind: "search", ..Field::text("q", "Words in the title or text", None) }, &asked.q, &[])}
                {choice(Choice { name: "kind", label: "Kind", hint: None, none: "All kinds" }, &kinds(), &asked.kind, &[])}
                {choice(Choice { name: "state", label: "How it stands", hint: None, none: "However it stands" }, &states(approves), &asked.state, &[])}
                <button class="button button-secondary" type="submit">"Show"</button>
            </form>
            {if many == 0 && filtered {
                view! { <p>"Nothing like this. "<a href="/studio">"Show everything"</a></p> }.into_any()
            } else if many == 0 {
                view! { <div class="empty"><h2>"Nothing here yet"</h2><p>"Write the first module, role-play or quiz."</p></div> }.into_any()
            } else {
                library_table(lines).into_any()
            }}
        }
    })
}

fn library_table(lines: Vec<LibraryLine>) -> impl IntoView {
    let many = if lines.len() == 1 { "1 document".to_owned() } else { format!("{} documents", lines.len()) };
    let rows = lines.into_iter().map(|line| {
        let address = address(line.kind, &line.slug);
        let tag = match line.state {
            Stands::Draft => "tag tag-muted",
            Stands::Live => "tag tag-done",
            Stands::Changed => "tag",
            Stands::Waiting => "tag tag-warning",
            Stands::Withdrawn => "tag tag-muted",
        };
        let review = line.review_by.map(|(day, passed)| {
            let words = if passed { format!("{}, over", date_words(day)) } else { date_words(day) };
            view! { <span class=passed.then_some("late")>{words}</span> }
        });
        let modules = line.modules.iter().map(|title| format!("module “{title}”"));
        let used = line.paths.iter().cloned().chain(modules).collect::<Vec<_>>().join(", ");
        // A cell without anything in it is left out where the table is cards.
        let some = |words: String| (!words.is_empty()).then_some(words);
        let changed = line.changed.map(|(by, day)| format!("{by}, {}", date_words(day)));
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Title"><a href=address>{line.title}</a></th>
                <td role="cell" data-label="Kind">{kind_words(line.kind)}</td>
                <td role="cell" data-label="How it stands"><span class=tag>{line.state.words()}</span></td>
                <td role="cell" data-label="Problems">{some(problem_count(line.problems))}</td>
                <td role="cell" data-label="Draft changed by">{changed}</td>
                <td role="cell" data-label="To review by">{review}</td>
                <td role="cell" data-label="Used in">{some(used)}</td>
                <td role="cell" data-label="In the middle of it" class="number">{line.running}</td>
            </tr>
        }
    });
    view! {
        <p class="muted">{many}</p>
        <table class="table" role="table">
            <caption class="visually-hidden">"Documents"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"Title"</th><th role="columnheader" scope="col">"Kind"</th><th role="columnheader" scope="col">"How it stands"</th><th role="columnheader" scope="col">"Problems"</th>
                <th role="columnheader" scope="col">"Draft changed by"</th><th role="columnheader" scope="col">"To review by"</th><th role="columnheader" scope="col">"Used in"</th><th role="columnheader" scope="col" class="number">"In the middle of it"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
}

fn problem_count((errors, warnings): (usize, usize)) -> String {
    let named = |many: usize, what: &str| match many {
        0 => None,
        1 => Some(format!("1 {what}")),
        more => Some(format!("{more} {what}s")),
    };
    [named(errors, "error"), named(warnings, "warning")].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn kinds() -> Vec<(String, String)> {
    Kind::ALL.into_iter().map(|kind| (kind.as_str().to_owned(), kind_words(kind).to_owned())).collect()
}

fn states(approves: bool) -> Vec<(String, String)> {
    let offered = Stands::ALL.into_iter().filter(|stands| approves || *stands != Stands::Waiting);
    offered.map(|stands| (stands.as_str().to_owned(), stands.words().to_owned())).collect()
}

fn address(kind: Kind, slug: &str) -> String {
    format!("/studio/{}/{}", kind.as_str(), encoded(slug))
}

/// Something new.
#[derive(Default, Deserialize)]
pub(crate) struct New {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    title: String,
}

pub(crate) async fn new(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match who.as_trainer() {
        Ok(()) => answer_new(&state, &who, StatusCode::OK, &New::default(), &[]),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn begin(State(state): State<AppState>, SignedIn(who): SignedIn, Form(new): Form<New>) -> Response {
    match state.usecases.begin_draft(&who, &new.kind, &new.title, usecases::clock::now()).await {
        Ok((kind, slug)) => see_other_saying(
            &address(kind, &slug),
            "This is a draft that passes the checks and shows how it is written. Write over it; learners do not see it until you publish it.",
        ),
        Err(Failure::Invalid(errors)) => answer_new(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &new, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn answer_new(state: &AppState, who: &Who, status: StatusCode, new: &New, errors: &[FieldError]) -> Response {
    let title = title("Write something new", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/studio"), || {
        view! {
            <a class="back-link" href="/studio">"Studio"</a>
            {summary(errors)}
            <h1>"Write something new"</h1>
            <form class="form" method="post" action="/studio/new" novalidate>
                {choice(KIND, &kinds(), &new.kind, errors)}
                {field(TITLE, &new.title, errors)}
                <button class="button" type="submit">"Begin"</button>
            </form>
            <p class="hint">"It begins as a short example of its kind, for you to write over. "<a href="/studio/help">"How to write"</a>" says all there is."</p>
        }
    })
}

/// What the editor sends.
#[derive(Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    source: String,
    /// The revision it was changed from; empty where there was no draft.
    #[serde(default)]
    rev: String,
    /// The version below it.
    over: Option<String>,
    #[serde(default, rename = "do")]
    turn: String,
}

impl Sent {
    fn rev(&self) -> Option<i64> {
        self.rev.trim().parse().ok()
    }

    fn typed(&self) -> Typed {
        Typed { rev: self.rev(), over: Over::parse(self.over.as_deref()) }
    }
}

/// The kind and the name of an address; nothing where there is no such kind.
type Place = Path<(String, String)>;

pub(crate) async fn edit(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    match state.usecases.editing(&who, kind, &slug).await {
        Ok(editing) => answer_editor(&state, &who, (&editing, Stand::Kept), &[]).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// How the text in the field stands to the draft.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// It is what is kept.
    Kept,
    /// It was looked at; whether it is what is kept.
    Checked(bool),
    /// It could not be kept.
    Refused,
}

pub(crate) async fn write(
    State(state): State<AppState>,
    Visitor(who): Visitor,
    wants: Wants,
    Path((kind, slug)): Place,
    Form(sent): Form<Sent>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    // What somebody wrote for an hour is not sent away with them to sign in.
    let Some(who) = who else {
        return match wants {
            Wants::Part => StatusCode::UNAUTHORIZED.into_response(),
            Wants::Page => meeting::answer_signed_out(&state, (kind, &slug), &sent),
        };
    };
    let now = usecases::clock::now();
    let others = match state.usecases.writes(&who, &slug, now) {
        Ok(others) => others,
        Err(failure) => return failed(&failure, &state.assets),
    };
    if sent.turn == "check" {
        let found = async {
            let editing = state.usecases.editing(&who, kind, &slug).await?;
            let looked = state.usecases.check_draft(&who, kind, &slug, &sent.source).await?;
            let is_kept = editing.source == sent.source.replace("\r\n", "\n");
            Ok((
                Editing { source: sent.source.clone(), rev: sent.rev(), over: sent.typed().over, looked, ..editing },
                is_kept,
            ))
        };
        return match found.await {
            Ok((editing, _)) if wants == Wants::Part => answer_looked(&editing, &others, None),
            Ok((editing, is_kept)) => answer_editor(&state, &who, (&editing, Stand::Checked(is_kept)), &[]).await,
            Err(failure) => failed(&failure, &state.assets),
        };
    }
    match state.usecases.keep_typed(&who, (kind, &slug), (&sent.source, sent.typed()), now).await {
        Ok(Kept::Kept(_)) if ["publish", "play", "answer"].contains(&sent.turn.as_str()) => {
            super::see_other(&format!("{}/{}", address(kind, &slug), sent.turn))
        }
        Ok(kept @ (Kept::Kept(_) | Kept::Merged(_))) if wants == Wants::Part => {
            match state.usecases.editing(&who, kind, &slug).await {
                Ok(editing) => answer_looked(&editing, &others, merged(&kept)),
                Err(failure) => failed(&failure, &state.assets),
            }
        }
        Ok(Kept::Kept(_)) => {
            see_other_saying(&address(kind, &slug), "Kept as a draft. Learners see what is live until you publish it.")
        }
        Ok(met) => meeting::answer_met(&state, &who, (kind, &slug), (&sent.turn, met)),
        Err(Failure::Invalid(errors)) => match state.usecases.editing(&who, kind, &slug).await {
            Ok(editing) => {
                let editing =
                    Editing { source: sent.source.clone(), rev: sent.rev(), over: sent.typed().over, ..editing };
                answer_editor(&state, &who, (&editing, Stand::Refused), &errors).await
            }
            Err(failure) => failed(&failure, &state.assets),
        },
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// The text of both, where somebody else's was brought together with what was sent.
fn merged(kept: &Kept) -> Option<&Merged> {
    match kept {
        Kept::Merged(merged) => Some(merged),
        Kept::Kept(_) | Kept::Apart(_) => None,
    }
}

async fn answer_editor(
    state: &AppState,
    who: &Who,
    (editing, stand): (&Editing, Stand),
    errors: &[FieldError],
) -> Response {
    let Editing { kind, slug, source, rev, is_live, is_withdrawn, approval, looked, .. } = editing;
    let also = match state.usecases.also_writing(who, slug, usecases::clock::now()).await {
        Ok(names) => names,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let knows = match knows(state, who, *kind, slug).await {
        Ok(knows) => knows,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let left = async {
        let has_left = !state.usecases.left_drafts(who, *kind, slug).await?.is_empty();
        Ok((has_left, state.usecases.changed_of_mine(who, *kind, slug).await?.filter(|_| stand == Stand::Kept)))
    };
    let (has_left, of_mine) = match left.await {
        Ok(left) => left,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let (status, is_kept) = match stand {
        Stand::Kept => (StatusCode::OK, true),
        Stand::Checked(is_kept) => (StatusCode::OK, is_kept),
        Stand::Refused => (StatusCode::UNPROCESSABLE_ENTITY, false),
    };
    let title = match stand {
        Stand::Checked(is_kept) => checked_title(looked, is_kept),
        Stand::Kept | Stand::Refused => title(&looked.title, errors),
    };
    let script = state.assets.studio.clone();
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/studio");
    frame.class = "page page-wide page-studio";
    frame.not_kept = true;
    page(status, &frame, || {
        let here = address(*kind, slug);
        let was_live = *is_live || *is_withdrawn;
        let asked = approval.as_ref().and_then(|approval| approval.asked.as_ref());
        let lines = source.lines().count().clamp(12, 40).to_string();
        let rev_words = rev.map(|rev| rev.to_string()).unwrap_or_default();
        view! {
            <a class="back-link" href="/studio">"Studio"</a>
            {summary(errors)}
            {matches!(stand, Stand::Checked(_)).then(|| checked(looked, is_kept))}
            <h1 class="studio-title">{looked.title.clone()}</h1>
            {stands(editing, true)}
            {also_writing(&also)}
            {of_mine.map(|left| meeting::changed_of_mine(&left, &here))}
            <p class="link-row">
                {(was_live || has_left).then(|| view! { <a href=format!("{here}/history")>"History"</a> })}
                <a href=format!("{here}/images")>"Pictures"</a>
                {was_live.then(|| view! { <a href=format!("{here}/withdraw")>{if *is_withdrawn { "Make it live again" } else { "Withdraw" }}</a> })}
                <a href=format!("{here}/as/md") download="">"As a file"</a>
                {(*kind == Kind::Quiz).then(|| view! { <a href=format!("{here}/as/gift") download="">"As GIFT"</a> })}
                {(*kind == Kind::Scenario).then(|| view! { <a href=format!("{here}/as/twee") download="">"As Twee"</a> })}
                {is_live.then(|| view! { <a href=usecases::place_of(kind.as_str(), slug)>"As learners see it"</a> })}
                {manual::beside("/studio/help".to_owned(), "How to write")}
            </p>
            {asked.map(|asked| view! { <div class="banner">{approval::told(asked)}</div> })}
            <div class="studio">
                <div class="studio-text">
                    <div class="studio-writing">
                    <form class="form" method="post" action=here.clone() novalidate>
                        <div class="field">
                            <div class="studio-bar">
                                <label for="source" id="source-label">"Text"</label>
                                {problem_link(looked)}
                                <p class="hint studio-status" data-status=""></p>
                            </div>
                            <textarea class="studio-source" id="source" name="source" rows=lines spellcheck="true" autocapitalize="sentences" data-studio="" data-knows=knows data-unkept=(!is_kept).then_some("")>{area(source)}</textarea>
                        </div>
                        <input type="hidden" name="rev" value=rev_words />
                        {over_field(editing.over)}
                        <p class="visually-hidden" data-aloud="" role="status"></p>
                        <div class="button-row">
                            <button class="button" type="submit" name="do" value="check">"Check and preview"</button>
                            <button class="button button-secondary" type="submit" name="do" value="keep">"Keep as draft"</button>
                            {match kind {
                                Kind::Scenario => Some(view! { <button class="button button-secondary" type="submit" name="do" value="play">"Keep and play"</button> }.into_any()),
                                Kind::Quiz | Kind::Module => Some(view! { <button class="button button-secondary" type="submit" name="do" value="answer">"Keep and answer"</button> }.into_any()),
                                Kind::JobAid => None,
                            }}
                            <button class="button button-secondary" type="submit" name="do" value="publish">"Publish…"</button>
                        </div>
                        {editor_hint()}
                    </form>
                    </div>
                    {problem_list(looked, "")}
                    {numbered(source)}
                </div>
                <section class="studio-preview" aria-label="Preview" tabindex="0">
                    <h2>"Preview"</h2>
                    {preview_body(looked, &here)}
                </section>
            </div>
            {(!script.is_empty()).then(|| view! { <script type="module" src=script></script> })}
            {throw_away(editing, &also)}
        }
    })
}

/// The version that a text was opened over, for what is sent.
fn over_field(over: Over) -> impl IntoView + use<> {
    over.word().map(|word| view! { <input type="hidden" name="over" value=word /> })
}

/// The parts of the editor's page that follow the text, for the script that puts each in the place of its class.
fn answer_looked(editing: &Editing, others: &[String], merged: Option<&Merged>) -> Response {
    alone(StatusCode::OK, || {
        view! {
            {merged.map(meeting::merged_part)}
            <h1 class="studio-title">{editing.looked.title.clone()}</h1>
            {stands(editing, merged.is_none())}
            {also_writing(others)}
            {problem_link(&editing.looked)}
            {problem_list(&editing.looked, "")}
            {preview_body(&editing.looked, &address(editing.kind, &editing.slug))}
            {throw_away(editing, others)}
        }
    })
}

/// The title of a text that was looked at: what came of it is read first.
fn checked_title(looked: &Looked, is_kept: bool) -> String {
    let kept = if is_kept { "" } else { ", not kept yet" };
    format!("{}{kept}: {}", problem_words(looked), looked.title)
}

/// What came of looking at a text, above it: without a script nothing else says that it is not kept.
fn checked(looked: &Looked, is_kept: bool) -> impl IntoView + use<> {
    let words = problem_words(looked);
    let found = match looked.problems.is_empty() {
        true => words.into_any(),
        false => view! { <a href="#problems">{words}</a> }.into_any(),
    };
    view! {
        <div class=if is_kept { "banner" } else { "banner banner-warning" } role="status" tabindex="-1" autofocus>
            <p>{found}"."{(!is_kept).then_some(" Not kept yet: press “Keep as draft”.")}</p>
        </div>
    }
}

fn problem_words(looked: &Looked) -> String {
    let errors = looked.problems.iter().filter(|problem| problem.is_error).count();
    let counted = problem_count((errors, looked.problems.len() - errors));
    if counted.is_empty() { "No problems".to_owned() } else { counted }
}

/// How many problems there are, beside the text: the list can be out of sight.
fn problem_link(looked: &Looked) -> impl IntoView + use<> {
    let words = problem_words(looked);
    view! { <p class="studio-count"><a href="#problems">{words}</a></p> }
}

/// What the editor can complete, as its script reads it.
async fn knows(state: &AppState, who: &Who, kind: Kind, slug: &str) -> Result<String, Failure> {
    state.usecases.completion(who, kind, slug).await?.to_json()
}

/// What is said of the text's keys; shown by the script that gives them their meaning.
fn editor_hint() -> impl IntoView {
    view! {
        <p class="hint" id="source-hint" hidden>"Names are offered while you write: the arrows choose, Enter or Tab takes one, Escape closes them. Otherwise Tab leaves the text. Ctrl and F finds and replaces, Ctrl and Z takes back, F8 goes to the next problem; on a Mac, Command stands for Ctrl."</p>
    }
}

/// What a document is, how it stands, and who changed it last; with the revision of the draft, where what was sent is what it says.
fn stands(editing: &Editing, says_revision: bool) -> impl IntoView + use<> {
    let Editing { kind, slug, rev, changed, is_live, is_withdrawn, approval, .. } = editing;
    // There is a draft where somebody changed it: `rev` is that of the text which was sent, and may know of none yet.
    let stands = match (changed, is_live) {
        _ if *is_withdrawn => Stands::Withdrawn,
        _ if approval.as_ref().is_some_and(usecases::studio::Approval::is_waited_for) => Stands::Waiting,
        (Some(_), true) => Stands::Changed,
        (Some(_), false) => Stands::Draft,
        (None, _) => Stands::Live,
    };
    let time = changed.as_ref().map(|(_, when)| when.strftime("%H:%M").to_string());
    let changed = changed.as_ref().map(|(by, when)| format!(" · Draft changed by {by} on {}.", time_words(*when)));
    view! {
        <p class="muted studio-stands" data-rev=rev.filter(|_| says_revision).map(|rev| rev.to_string()) data-time=time>
            {kind_words(*kind)}" · "{stands.words()}" · "<code>{slug.clone()}</code>
            {changed}
        </p>
    }
}

/// Who else writes here; the place for it where nobody does.
fn also_writing(names: &[String]) -> impl IntoView + use<> {
    let words = are(names).map(|who| {
        format!("{who} writing here too. Nobody's text is overwritten: what fits together is kept, and where both change the same lines whoever keeps last is asked.")
    });
    view! { <div class="studio-also" role="status">{words.map(|words| view! { <p class="banner banner-warning">{words}</p> })}</div> }
}

/// Some people and their verb: `Ada Obi is`, `Ada Obi and Tola Ojo are`; none where there are none.
fn are(names: &[String]) -> Option<String> {
    let (last, others) = names.split_last()?;
    Some(if others.is_empty() { format!("{last} is") } else { format!("{} and {last} are", others.join(", ")) })
}

/// The text as learners will see it.
fn preview_body(looked: &Looked, here: &str) -> impl IntoView + use<> {
    let drawn = match looked.preview.clone() {
        Some(preview) => preview_of(preview, Some(here)).into_any(),
        None => view! { <p>"There is nothing to show yet: mend the first errors."</p> }.into_any(),
    };
    view! { <div class="studio-preview-body">{drawn}</div> }
}

/// The way to throw a draft away; its place stays where there is none yet.
fn throw_away(editing: &Editing, also: &[String]) -> impl IntoView + use<> {
    let to = format!("{}/discard", address(editing.kind, &editing.slug));
    let is_live = editing.is_live || editing.is_withdrawn;
    let also = are(also).map(|who| format!("{who} writing in it now."));
    let form = editing.rev.map(|rev| {
        view! {
            <details class="studio-discard">
                <summary>"Throw this draft away"</summary>
                <p>{if is_live { "What is live stays as it is. What was written since stays under “History” for a while." } else { "It was never published. What it says stays for a while under the “History” of what is begun with its name again." }}</p>
                {also.map(|words| view! { <p><strong>{words}</strong></p> })}
                <form method="post" action=to>
                    <input type="hidden" name="rev" value=rev.to_string() />
                    <button class="button button-danger" type="submit">"Throw it away"</button>
                </form>
            </details>
        }
    });
    view! { <div class="studio-throw">{form}</div> }
}

/// The problems; `editor` is the address of the text, where that is another page.
fn problem_list(looked: &Looked, editor: &str) -> impl IntoView + use<> {
    let problems = looked.problems.clone();
    let heading = problem_words(looked);
    let editor = editor.to_owned();
    let lines = problems.into_iter().map(move |problem| {
        let ProblemView { code, is_error, line, column, message, help } = problem;
        let (class, word) = if is_error { ("tag tag-overdue", "Error") } else { ("tag tag-warning", "Warning") };
        view! {
            <li>
                <span class=class>{word}</span>" "
                <a href=format!("{editor}#line-{line}") data-line=editor.is_empty().then(|| line.to_string()) data-column=column.to_string()>{format!("Line {line}")}</a>
                ": "<span class="studio-said">{message}</span>
                {help.map(|help| view! { <p class="hint">{help}</p> })}
                <p class="hint">{manual::beside(format!("/studio/help/{code}"), format!("More about this ({code})"))}</p>
            </li>
        }
    });
    view! {
        <section class="studio-problems" id="problems" tabindex="-1">
            <h2>{heading}</h2>
            <ul class="plain-list">{lines.collect::<Vec<_>>()}</ul>
        </section>
    }
}

/// The text with the numbers of its lines, for those without scripts: problems lead into it.
fn numbered(source: &str) -> impl IntoView + use<> {
    let lines = source.lines().enumerate().map(|(at, line)| {
        view! { <li id=format!("line-{}", at + 1)><code>{line.to_owned()}</code></li> }
    });
    view! {
        <details class="studio-lines">
            <summary>"The text with line numbers"</summary>
            <ol>{lines.collect::<Vec<_>>()}</ol>
        </details>
    }
}

/// A draft to throw away.
#[derive(Default, Deserialize)]
pub(crate) struct Discard {
    #[serde(default)]
    rev: i64,
}

pub(crate) async fn discard(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Form(sent): Form<Discard>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    match state.usecases.discard_draft(&who, &slug, sent.rev, usecases::clock::now()).await {
        Ok(()) => see_other_saying("/studio", "The draft was thrown away."),
        Err(Failure::Conflict) => see_other_saying(
            &address(kind, &slug),
            "It has changed since you looked: here it is. Nothing was thrown away.",
        ),
        Err(failure) => failed(&failure, &state.assets),
    }
}
