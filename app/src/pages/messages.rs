//! `/messages`: what was sent to whom, what did not arrive and why. For administrators.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, MessageState,
    messages::{MessageView, MessagesPage, state_words},
};

use super::{
    SignedIn, failed,
    form::{Choice, choice, summary, time_words, title},
    person::confirm,
    see_other_saying,
};
use crate::{
    request::OwnAddress,
    shell::{Frame, page},
    state::{AppState, MailWay},
};

const STATE: Choice = Choice { name: "state", label: "How they stand", hint: None, none: "Every message" };

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    before: String,
}

pub(crate) async fn list(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&state, &who, StatusCode::OK, &asked, &[]).await
}

/// A word or number that is none asks for nothing.
async fn answer(
    state: &AppState,
    who: &usecases::who::Who,
    status: StatusCode,
    asked: &Asked,
    errors: &[FieldError],
) -> Response {
    let (only, before) = (MessageState::parse(&asked.state), asked.before.parse::<i64>().ok());
    let found = match state.usecases.messages(who, only, before).await {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Messages", errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/messages");
    frame.class = "page page-wide";
    page(status, &frame, || {
        let MessagesPage { lines, older, counts, bounced } = found;
        let word = only.map(MessageState::as_str).unwrap_or_default();
        let states = counts
            .into_iter()
            .map(|(state, many)| (state.as_str().to_owned(), format!("{} ({many})", state_words(state))));
        let states = states.collect::<Vec<_>>();
        let failed = lines.iter().any(|line| line.state == MessageState::Failed);
        let bounced = bounced.into_iter().map(|one| {
            view! {
                <li>
                    <a href=format!("/people/{}/edit", one.person)>{one.name}</a>
                    {format!(", {}: {}", one.address, one.error)}
                </li>
            }
        });
        let bounced = bounced.collect::<Vec<_>>();
        view! {
            {summary(errors)}
            <h1>"Messages"</h1>
            {way(&state.mail)}
            {(!bounced.is_empty()).then(|| view! {
                <div class="banner banner-warning">
                    <h2>"Addresses that take no messages"</h2>
                    <p>"The last message to each of them came back. Correct the address, then send it again."</p>
                    <ul>{bounced}</ul>
                </div>
            })}
            <div class="button-row">
                <form method="post" action="/messages/test">
                    <button class="button button-secondary" id="email" type="submit">"Send me a test message"</button>
                </form>
                {failed.then(|| {
                    let form = view! { <form method="post" action="/messages/again"><button class="button" type="submit">"Yes, send them again"</button></form> };
                    let words = "Every message that failed is tried once more, to the address that its person has now. Look first why they failed.";
                    confirm("button button-secondary", "Send all that failed again".to_owned(), words, form)
                })}
            </div>
            <form class="filters" method="get" action="/messages">
                {choice(STATE, &states, word, &[])}
                <button class="button button-secondary" type="submit">"Show"</button>
            </form>
            {if lines.is_empty() {
                view! { <div class="empty"><h2>"No messages"</h2><p>"What Bedside sends to people is listed here for half a year."</p></div> }.into_any()
            } else {
                view! {
                    <table class="table" role="table">
                        <caption class="visually-hidden">"Messages, newest first"</caption>
                        <thead role="rowgroup"><tr role="row">
                            <th role="columnheader" scope="col">"Made"</th>
                            <th role="columnheader" scope="col">"To"</th>
                            <th role="columnheader" scope="col">"Subject"</th>
                            <th role="columnheader" scope="col">"State"</th>
                            <th role="columnheader" scope="col">"More"</th>
                        </tr></thead>
                        <tbody role="rowgroup">{lines.into_iter().map(row).collect::<Vec<_>>()}</tbody>
                    </table>
                }.into_any()
            }}
            <nav class="pagination" aria-label="Pages"><ul>
                {before.map(|_| view! { <li><a href=format!("/messages?state={word}")>"Newest"</a></li> })}
                {older.map(|older| view! { <li><a rel="next" href=format!("/messages?state={word}&before={older}")>"Older"</a></li> })}
            </ul></nav>
        }
    })
}

/// Where messages go.
fn way(mail: &MailWay) -> impl IntoView {
    match mail {
        MailWay::Server(host) => view! { <p>"Messages go to the mail server " <strong>{host.clone()}</strong> "."</p> }.into_any(),
        MailWay::Folder(folder) => view! {
            <div class="banner banner-warning">
                <h2>"No mail server is set"</h2>
                <p>"Nobody gets a message yet: each is written to a file in the folder " <code>{folder.clone()}</code> " of the server, and listed here. Start Bedside with --smtp-host, --mail-from and --public-url to send them."</p>
            </div>
        }.into_any(),
    }
}

fn row(line: MessageView) -> impl IntoView {
    let more = more(&line);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Made"><time datetime=line.made.to_string()>{time_words(line.made)}</time></th>
            <td role="cell" data-label="To"><a href=format!("/people/{}", line.person)>{line.name}</a> {format!(" {}", line.address)}</td>
            <td role="cell" data-label="Subject"><a href=format!("/messages/{}", line.id)>{line.subject}</a></td>
            <td role="cell" data-label="State">{tag(line.state)}</td>
            <td role="cell" data-label="More">{if more.is_empty() { "–".to_owned() } else { more }}</td>
        </tr>
    }
}

fn tag(state: MessageState) -> impl IntoView {
    let class = match state {
        MessageState::Sent => "tag tag-done",
        MessageState::Failed | MessageState::Unsure | MessageState::Bounced => "tag tag-warning",
        MessageState::Waiting | MessageState::Sending | MessageState::Filed => "tag",
        MessageState::Skipped => "tag tag-muted",
    };
    view! { <span class=class>{state_words(state)}</span> }
}

/// What came in between, and what happens next.
fn more(line: &MessageView) -> String {
    let next = line.next_try.map(|at| format!("Next try {}. ", time_words(at))).unwrap_or_default();
    format!("{next}{}", line.error)
}

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    OwnAddress(own): OwnAddress,
    Path(id): Path<i64>,
) -> Response {
    let message = match state.usecases.message(&who, id).await {
        Ok(message) => message,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = message.view.subject.clone();
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), &title, "/messages"), || {
        let text = message.text.replace("{site}", &own);
        let line = message.view;
        let more = more(&line);
        view! {
            <a class="back-link" href="/messages">"Messages"</a>
            <h1>{line.subject.clone()}</h1>
            <dl class="summary-list">
                <div><dt>"To"</dt><dd><a href=format!("/people/{}", line.person)>{line.name.clone()}</a>{format!(", {}", line.address)}</dd></div>
                <div><dt>"About"</dt><dd>{line.kind}</dd></div>
                <div><dt>"State"</dt><dd>{tag(line.state)} {(!more.is_empty()).then(|| format!(" {more}"))}</dd></div>
                <div><dt>"Made"</dt><dd>{time_words(line.made)}</dd></div>
                {line.sent.map(|at| view! { <div><dt>{if line.state == MessageState::Filed { "Written" } else { "Sent" }}</dt><dd>{time_words(at)}</dd></div> })}
                {(line.tries > 1).then(|| view! { <div><dt>"Tries"</dt><dd>{line.tries.to_string()}</dd></div> })}
            </dl>
            {line.again.then(|| again(&line))}
            <h2>"What it says"</h2>
            <pre>{text}</pre>
        }
    })
}

/// The button to send it again; where it may have arrived it asks first.
fn again(line: &MessageView) -> AnyView {
    let action = format!("/messages/{}/again", line.id);
    let button = |words: &'static str| {
        view! { <form method="post" action=action.clone()><button class="button" type="submit">{words}</button></form> }
    };
    if line.state == MessageState::Unsure {
        let words = "Nobody can tell whether the first one arrived. If it did, they get it twice.";
        return confirm("button button-secondary", "Send it again".to_owned(), words, button("Yes, send it again"))
            .into_any();
    }
    button("Send it again").into_any()
}

pub(crate) async fn send_again(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
) -> Response {
    let words = match state.usecases.send_message_again(&who, id, usecases::clock::now()).await {
        Ok(true) => "It is sent again, to the address that the person has now.",
        Ok(false) => "Nothing was done: it is on its way, or has been sent.",
        Err(failure) => return failed(&failure, &state.assets),
    };
    see_other_saying(&format!("/messages/{id}"), words)
}

pub(crate) async fn send_failed_again(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let words = match state.usecases.send_failed_again(&who, usecases::clock::now()).await {
        Ok(0) => "There was nothing to send again.".to_owned(),
        Ok(1) => "One message is sent again.".to_owned(),
        Ok(many) => format!("{many} messages are sent again."),
        Err(failure) => return failed(&failure, &state.assets),
    };
    see_other_saying("/messages", words)
}

pub(crate) async fn test(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.send_test_message(&who, usecases::clock::now()).await {
        Ok(()) => see_other_saying("/messages", "A test message to you is on its way. Look here again in a moment."),
        Err(Failure::Invalid(errors)) => {
            answer(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &Asked::default(), &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}
