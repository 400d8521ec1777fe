//! Two trainers wrote one draft: what came of it. What fits together is kept and told; where both changed the same place, both versions
//! are shown whole, and somebody chooses. What is not chosen stays on the page, and the other one's is in the history for a while.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use usecases::{
    Failure,
    studio::{
        DifferenceRow, Kept, Kind, Meeting, Merged, MetPlace, Over, Piece, Settling, Taken, Typed, kind_of, pieces,
    },
    who::Who,
};

use super::{
    super::{
        SignedIn, Visitor, failed,
        form::{area, summary_at, time_words},
        see_other, see_other_saying,
    },
    Place, Sent, address,
    comparison::{marked, side_by_side},
    over_field,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

/// What both began from, in sentences.
const BEGAN: &str = "you began from";
const HEADING: &str = "It was changed elsewhere too";

/// What was chosen, in the fields of the page.
pub(crate) async fn settle(
    State(state): State<AppState>,
    Visitor(who): Visitor,
    Path((kind, slug)): Place,
    Form(sent): Form<Vec<(String, String)>>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let field = |name: &str| sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let number = |name: &str| field(name).trim().parse::<i64>().ok();
    let places = number("places").and_then(|many| usize::try_from(many).ok()).unwrap_or(0).min(sent.len() + PLACES);
    let everywhere = Taken::parse(field("everywhere"));
    let taken: Vec<Option<Taken>> =
        (1..=places).map(|number| everywhere.or_else(|| Taken::parse(field(&place_name(number))))).collect();
    let over = sent.iter().find(|(key, _)| key == "over").map(|(_, value)| value.as_str());
    let from = Typed { rev: number("from"), over: Over::parse(over) };
    let Some(who) = who else {
        // Sent again from there it is brought together anew, and the same is asked.
        let over = over.map(str::to_owned);
        let typed = Sent { source: field("source").to_owned(), rev: field("from").to_owned(), over, ..Sent::default() };
        return answer_signed_out(&state, (kind, &slug), &typed);
    };
    let settling = Settling { own: field("source"), from, rev: number("rev"), seen: field("seen"), taken: &taken };
    match state.usecases.settle_draft(&who, (kind, &slug), settling, usecases::clock::now()).await {
        Ok(Kept::Kept(_)) => see_other_saying(
            &address(kind, &slug),
            "Kept as you chose. Lines of somebody else that went with it are under “History” for a while. Learners see what is live until you publish it.",
        ),
        Ok(Kept::Merged(merged)) => answer_merged(&state, &who, (kind, &slug), ("keep", *merged)),
        Ok(Kept::Apart(meeting)) => {
            let is_once_more = !meeting.is_wanting;
            answer_apart(&state, &who, (kind, &slug), *meeting, is_once_more)
        }
        Err(Failure::Invalid(errors)) => {
            let words = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
            answer_refused(&state, &who, (kind, &slug), field("source"), words)
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// So many places more than fields were sent can have been left open.
const PLACES: usize = 10_000;

fn place_name(number: usize) -> String {
    format!("place-{number}")
}

/// Both texts fit together, and the text of both is kept: what the other one changed, and the way on.
pub(super) fn answer_merged(
    state: &AppState,
    who: &Who,
    (kind, slug): (Kind, &str),
    (turn, merged): (&str, Merged),
) -> Response {
    let here = address(kind, slug);
    if merged.changed.is_empty() {
        return see_other_saying(&here, format!("Kept as a draft. {}", merged.words));
    }
    let script = state.assets.studio.clone();
    let mut frame = Frame::new(&state.assets, Some(who), "Kept, with what somebody else changed", "/studio");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(StatusCode::OK, &frame, || {
        let on = match turn {
            "publish" => Some(("Go on to publishing", "publish")),
            "play" => Some(("Go on and play it", "play")),
            "answer" => Some(("Go on and answer it", "answer")),
            _ => None,
        };
        let more = on.is_some();
        let (first, others) = match &merged.by {
            Some(by) => ("Before", format!("As {by} has it")),
            None => ("Before", "As you have it in the other window".to_owned()),
        };
        view! {
            <h1>"Kept, and both changes are in it"</h1>
            <div class="banner banner-success" role="status" data-settled="">
                <p>"Your text is kept as a draft. "{merged.words.clone()}</p>
            </div>
            <p class="link-row">
                {on.map(|(words, to)| view! { <a class="button" href=format!("{here}/{to}")>{words}</a> })}
                <a class=if more { "button button-secondary" } else { "button" } href=here.clone()>"Go on writing"</a>
            </p>
            {what_changed(&while_you_wrote(merged.by.as_deref()), merged.changed, (BEGAN, first, others))}
            {(!script.is_empty()).then(|| view! { <script type="module" src=script></script> })}
        }
    })
}

/// What the other one changed of an earlier text: also where it takes out one's own lines. `earlier` says what was there before.
fn what_changed(
    heading: &str,
    rows: Vec<DifferenceRow>,
    (earlier, left, right): (&'static str, &'static str, String),
) -> impl IntoView + use<> {
    let gone = rows.iter().filter(|row| takes_out(row)).count();
    let words = match gone {
        0 => format!("Nothing of what {earlier} was taken out or changed."),
        1 => format!("One line of what {earlier} was changed or taken out."),
        many => format!("{many} lines of what {earlier} were changed or taken out."),
    };
    let heading = heading.to_owned();
    view! {
        <section aria-labelledby="what-changed">
            <h2 id="what-changed">{heading}</h2>
            <p>{words}</p>
            {side_by_side(rows, (left, right))}
        </section>
    }
}

fn while_you_wrote(by: Option<&str>) -> String {
    match by {
        Some(by) => format!("What {by} changed while you wrote"),
        None => "What you changed in another window".to_owned(),
    }
}

fn takes_out(row: &DifferenceRow) -> bool {
    match row {
        DifferenceRow::Lines(Some((_, old)), Some((_, new))) => old != new,
        DifferenceRow::Lines(Some(_), None) => true,
        DifferenceRow::Lines(None, _) | DifferenceRow::Gap(..) => false,
    }
}

/// What is added to the parts that a script is answered with where its text was brought together with somebody else's, and kept:
///
/// ```html
/// <div class="studio-merged" data-merged="" data-merged-rev="8" data-edits='[{"from":10,"to":14,"insert":"…"}]'>
///   <p data-words="">Tomás Vega changed line 47 meanwhile. Both changes are in the draft.</p>
///   <textarea data-text="" hidden readonly>the whole text that is kept</textarea>
/// </div>
/// ```
///
/// The new revision stands here and not in `data-rev` of `.studio-stands`: a script that takes the revision without the text would send
/// its own text as a change of it, and so take out what somebody else wrote.
///
/// `data-edits` makes the text that is kept of the one that was *sent* (its lines ended by `\n`): places in UTF-16 units of that text,
/// from top to bottom and none within another, as CodeMirror takes changes. Whoever typed on meanwhile carries them over those keys, and
/// has a text that was changed from the new revision. Whoever cannot leaves text and revision as they are and sends them again: they are
/// brought together once more, and nothing is overwritten.
pub(super) fn merged_part(merged: &Merged) -> impl IntoView + use<> {
    let edits = merged.edits_json();
    view! {
        <div class="studio-merged" data-merged="" data-merged-rev=merged.rev.to_string() data-edits=edits>
            <p data-words="">{merged.words.clone()}</p>
            <textarea data-text="" hidden readonly>{area(&merged.text)}</textarea>
        </div>
    }
}

/// Both changed the same place: both versions whole, to choose from. `is_once_more` where it changed while somebody chose.
pub(super) fn answer_apart(
    state: &AppState,
    who: &Who,
    (kind, slug): (Kind, &str),
    meeting: Meeting,
    is_once_more: bool,
) -> Response {
    let errors = wanting(&meeting);
    let heading = if errors.is_empty() { HEADING.to_owned() } else { format!("Error: {HEADING}") };
    let script = state.assets.studio.clone();
    let mut frame = Frame::new(&state.assets, Some(who), &heading, "/studio");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(StatusCode::CONFLICT, &frame, || {
        let here = address(kind, slug);
        let Meeting { own, rev, by, at, places, changed, .. } = &meeting;
        let theirs = match (rev, by, at) {
            (None, ..) => "What is live now".to_owned(),
            (Some(_), Some(by), Some(at)) => format!("Theirs, by {by}, kept {}", time_words(*at)),
            (Some(_), None, Some(at)) => format!("From your other window, kept {}", time_words(*at)),
            (Some(_), ..) => "As it is kept".to_owned(),
        };
        let many = if places.len() == 1 { "1 place".to_owned() } else { format!("{} places", places.len()) };
        let person = by.clone().unwrap_or_else(|| "You, in another window,".to_owned());
        let fits = "Everything else fits together and is taken from both.";
        let gone = match meeting.from.rev {
            Some(_) => "This draft was published or thrown away while you wrote.",
            None => "A new version was published while you wrote.",
        };
        let words = match (rev, places.len()) {
            (None, 0) => format!("{gone} Your text is not kept yet: keep it as a new draft, or go back."),
            (None, _) => format!(
                "{gone} What is live now differs from your text in {many} that nobody but you can bring together. Nothing is kept yet: choose in each, and keep it as a new draft."
            ),
            (Some(_), 0) => format!(
                "{person} keeps changing this draft while you write. Your text is not kept yet: keep it once more."
            ),
            (Some(_), _) if changed.is_none() => format!(
                "{person} changed this draft while you wrote, and the text that you began from is no longer known. Both differ in {many}. Nothing is kept yet: choose in each."
            ),
            (Some(_), 1) => format!(
                "{person} changed this draft while you wrote, and in 1 place both of you changed the same lines. {fits} Nothing is kept yet: choose in this place."
            ),
            (Some(_), _) => format!(
                "{person} changed this draft while you wrote, and in {many} both of you changed the same lines. {fits} Nothing is kept yet: choose in each."
            ),
        };
        let total = places.len();
        let questions: Vec<_> = places
            .iter()
            .enumerate()
            .map(|(at, one)| question((at + 1, total), one, &theirs, meeting.is_wanting))
            .collect();
        let (what, earlier, other) = match (rev, by) {
            // Of the draft that is gone nothing stands here: only what was live below it, and what is live now.
            (None, _) => (
                "What is live now, beside what was live when you began".to_owned(),
                "was live then",
                "Live now".to_owned(),
            ),
            (Some(_), Some(by)) => (while_you_wrote(Some(by)), BEGAN, format!("As {by} has it")),
            (Some(_), None) => (while_you_wrote(None), BEGAN, "As it is kept".to_owned()),
        };
        view! {
            <a class="back-link" href=here.clone()>"Leave your text, and see the draft as it is kept"</a>
            {summary_at(errors)}
            <h1>{HEADING}</h1>
            {is_once_more.then(|| view! { <div class="banner banner-warning" role="alert"><p>"It changed once more while you chose. Look at it again: what you chose is not kept."</p></div> })}
            <p role=(!is_once_more).then_some("alert")>{words}</p>
            <form class="form" method="post" action=format!("{here}/settle") novalidate data-settles="">
                <input type="hidden" name="source" value=own.clone() />
                <input type="hidden" name="from" value=number(meeting.from.rev) />
                {over_field(meeting.from.over)}
                <input type="hidden" name="rev" value=number(*rev) />
                <input type="hidden" name="seen" value=meeting.seen.clone() />
                <input type="hidden" name="places" value=total.to_string() />
                <div id="places">{questions}</div>
                <div class="button-row">
                    <button class="button" type="submit">{if rev.is_some() { "Keep it so" } else { "Keep it as a new draft" }}</button>
                    {(total > FEW).then(|| view! {
                        <button class="button button-secondary" type="submit" name="everywhere" value=Taken::Own.as_str()>"Yours everywhere"</button>
                        <button class="button button-secondary" type="submit" name="everywhere" value=Taken::Theirs.as_str()>{if rev.is_some() { "Theirs everywhere" } else { "What is live everywhere" }}</button>
                    })}
                </div>
                {(total > 0).then(|| view! { <p class="hint">"Both can be made one in the text afterwards: choose both, keep it, and go on writing. Lines of somebody else that go with your choice are under “History” for a while."</p> })}
            </form>
            {changed.clone().map(|rows| what_changed(&what, rows, (earlier, "Before", other)))}
            {whole(own)}
            {(!script.is_empty()).then(|| view! { <script type="module" src=script></script> })}
        }
    })
}

/// With more places than these there are buttons for all of them.
const FEW: usize = 3;

fn number(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// What is still to be chosen.
fn wanting(meeting: &Meeting) -> Vec<(String, String)> {
    let open = meeting.places.iter().enumerate().filter(|(_, place)| meeting.is_wanting && place.taken.is_none());
    open.map(|(at, _)| (place_name(at + 1), choose(at + 1))).collect()
}

/// What is said where nothing was chosen in a place.
fn choose(number: usize) -> String {
    format!("Choose what stands in place {number}")
}

/// One place that both changed, with both versions whole.
fn question((number, of): (usize, usize), place: &MetPlace, theirs: &str, is_wanting: bool) -> impl IntoView + use<> {
    let name = place_name(number);
    let error = (is_wanting && place.taken.is_none()).then(|| choose(number));
    let MetPlace { heading, line, above, own, theirs: their_lines, taken } = place.clone();
    let under = heading.map(|heading| format!(" under “{heading}”")).unwrap_or_default();
    let legend =
        if of == 1 { format!("Line {line}{under}") } else { format!("Place {number} of {of}: line {line}{under}") };
    let both = !own.is_empty() && !their_lines.is_empty();
    let option = |value: Taken, label: String, is_none: bool, words: Vec<Piece>| {
        let id = format!("{name}-{}", value.as_str());
        let group = name.clone();
        let shown = if is_none {
            view! { <span class="hint">"Nothing: these lines are taken out."</span> }.into_any()
        } else {
            view! { <code class="studio-version">{marked(words)}</code> }.into_any()
        };
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name=group value=value.as_str() checked=taken == Some(value) />
                <label for=id><strong>{label}</strong>{shown}</label>
            </div>
        }
    };
    let (own_words, their_words) = pieces(&own.join("\n"), &their_lines.join("\n"));
    let (first, second) = (
        option(Taken::Own, "Yours".to_owned(), own.is_empty(), own_words),
        option(Taken::Theirs, theirs.to_owned(), their_lines.is_empty(), their_words),
    );
    let third = both.then(|| {
        let text = [their_lines, own].concat().join("\n");
        option(Taken::Both, "Both, yours after theirs".to_owned(), false, vec![Piece { text, differs: false }])
    });
    let class = if error.is_some() { "field field-error" } else { "field" };
    view! {
        <fieldset class=class id=name.clone() tabindex="-1">
            <legend>{legend}</legend>
            {above.map(|above| view! { <p class="hint">"After the line "<code>{above}</code></p> })}
            {error.map(|error| view! { <p class="error-message"><span class="visually-hidden">"Error: "</span>{error}</p> })}
            <div class="choices">{first}{second}{third}</div>
        </fieldset>
    }
}

/// What somebody typed, whole, to look at and to copy.
fn whole(own: &str) -> impl IntoView + use<> {
    let lines = own.lines().count().clamp(6, 20).to_string();
    view! {
        <details class="studio-whole">
            <summary>"Your text, whole"</summary>
            <label class="visually-hidden" for="whole">"Your text, whole"</label>
            <textarea class="studio-source" id="whole" rows=lines readonly>{area(own)}</textarea>
        </details>
    }
}

/// What was chosen cannot be kept; what was typed is still there.
fn answer_refused(state: &AppState, who: &Who, (kind, slug): (Kind, &str), own: &str, words: String) -> Response {
    page(StatusCode::UNPROCESSABLE_ENTITY, &Frame::new(&state.assets, Some(who), "Error: not kept", "/studio"), || {
        view! {
            <a class="back-link" href=address(kind, slug)>"See the draft as it is kept"</a>
            <h1>"It could not be kept"</h1>
            <p role="alert">{words}</p>
            {whole(own)}
        }
    })
}

/// Somebody's session ended while they wrote: what they sent, in a form that sends it again once they have signed in elsewhere. It only
/// ever answers a form of our own site, and holds nothing but what was sent with that.
pub(super) fn answer_signed_out(state: &AppState, (kind, slug): (Kind, &str), sent: &Sent) -> Response {
    let mut frame = Frame::new(&state.assets, None, "You were signed out: your text is not kept yet", "/studio");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(StatusCode::UNAUTHORIZED, &frame, || {
        let here = address(kind, slug);
        let lines = sent.source.lines().count().clamp(12, 40).to_string();
        let turn = if sent.turn.is_empty() { "keep".to_owned() } else { sent.turn.clone() };
        view! {
            <h1>"You were signed out"</h1>
            <div class="banner banner-warning" role="alert">
                <p>"That happens after some time without use. Your text is below and is not kept yet. Do not close this page: sign in in a new window, come back here, and press “Send it again”."</p>
            </div>
            <ol>
                <li><a href="/sign-in" target="_blank" rel="noopener">"Sign in (opens in a new window)"</a></li>
                <li>"Come back to this page, and press “Send it again”."</li>
            </ol>
            <form class="form" method="post" action=here novalidate>
                <div class="field">
                    <label for="source">"What you wrote"</label>
                    <textarea class="studio-source" id="source" name="source" rows=lines>{area(&sent.source)}</textarea>
                </div>
                <input type="hidden" name="rev" value=sent.rev.clone() />
                {over_field(sent.typed().over)}
                <button class="button" type="submit" name="do" value=turn>"Send it again"</button>
            </form>
        }
    })
}

/// Somebody else changed lines that who asks wrote, and they have not kept the draft since.
pub(super) fn changed_of_mine(left: &usecases::studio::LeftLine, here: &str) -> impl IntoView + use<> {
    let (by, when) = &left.changed;
    let words = format!("{by} changed or took out lines that you wrote, on {}. ", time_words(*when));
    view! {
        <div class="banner">
            <p>{words}<a href=format!("{here}/drafts/{}", left.id)>"See the draft as you left it"</a></p>
        </div>
    }
}

/// What became of a draft that somebody left.
fn became(left: &usecases::studio::LeftLine) -> String {
    let (by, when) = &left.changed;
    let did = if left.is_thrown { "threw it away" } else { "changed or took out lines of it" };
    format!("{by} {did} on {}.", time_words(*when))
}

/// A draft as somebody left it.
pub(crate) async fn left(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug, id)): Path<(String, String, i64)>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let left = match state.usecases.left_draft(&who, (kind, &slug), id).await {
        Ok(left) => left,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let whose = if left.line.is_own { "you".to_owned() } else { left.line.by.clone() };
    let heading = format!("Draft as {whose} left it, {}", time_words(left.line.at));
    let mut frame = Frame::new(&state.assets, Some(&who), &heading, "/studio");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let here = address(kind, &slug);
        let (is_same, now) = (left.rows.is_empty(), if left.rev.is_some() { "The draft now" } else { "Live" });
        view! {
            <a class="back-link" href=format!("{here}/history")>"History"</a>
            <h1>{heading.clone()}</h1>
            <p>{became(&left.line)}</p>
            {if is_same {
                view! { <p>"It is what the draft says now."</p> }.into_any()
            } else {
                view! {
                    <form method="post" action=format!("{here}/drafts/{id}")>
                        <input type="hidden" name="rev" value=number(left.rev) />
                        <p class="hint">"The whole draft becomes this text. Lines of somebody else that go with it are under “History” for a while."</p>
                        <button class="button button-secondary" type="submit">"Make this the draft again"</button>
                    </form>
                    <h2>"What differs"</h2>
                    {side_by_side(left.rows, (now, "As it was left".to_owned()))}
                }.into_any()
            }}
            {super::numbered(&left.source)}
        }
    })
}

/// Makes a draft as somebody left it the draft again.
pub(crate) async fn take_up(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug, id)): Path<(String, String, i64)>,
    Form(sent): Form<Sent>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let here = address(kind, &slug);
    match state.usecases.take_up_left(&who, (kind, &slug), (id, sent.rev()), usecases::clock::now()).await {
        Ok(()) => see_other_saying(&here, "This is the draft now. Learners see what is live until you publish it."),
        Err(Failure::Conflict) => see_other_saying(
            &format!("{here}/drafts/{id}"),
            "The draft has changed since you looked. Look at it again; nothing was changed.",
        ),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// The drafts as people left them, for the page of the history; nothing where there are none.
pub(super) async fn left_list(
    state: &AppState,
    who: &Who,
    kind: Kind,
    slug: &str,
) -> Result<Option<impl IntoView + use<>>, Failure> {
    let all = state.usecases.left_drafts(who, kind, slug).await?;
    let here = address(kind, slug);
    let lines: Vec<_> = all
        .into_iter()
        .map(|left| {
            let whose = if left.is_own { "you".to_owned() } else { left.by.clone() };
            let name = format!("Draft as {whose} left it, {}", time_words(left.at));
            view! {
                <li>
                    <a href=format!("{here}/drafts/{}", left.id)>{name}</a>
                    <p class="hint">{became(&left)}</p>
                </li>
            }
        })
        .collect();
    Ok((!lines.is_empty()).then(|| {
        view! {
            <section aria-labelledby="left-drafts">
                <h2 id="left-drafts">"Drafts as people left them"</h2>
                <p>"Where a draft was thrown away, or somebody changed or took out lines that somebody else wrote, the text from before is here: the last few of them. Each can be made the draft again."</p>
                <ul>{lines}</ul>
            </section>
        }
    }))
}

/// What became of a text where two wrote, for whoever has no script.
pub(super) fn answer_met(
    state: &AppState,
    who: &Who,
    (kind, slug): (Kind, &str),
    (turn, kept): (&str, Kept),
) -> Response {
    match kept {
        Kept::Merged(merged) => answer_merged(state, who, (kind, slug), (turn, *merged)),
        Kept::Apart(meeting) => answer_apart(state, who, (kind, slug), *meeting, false),
        Kept::Kept(_) => see_other(&address(kind, slug)),
    }
}
