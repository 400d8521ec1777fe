//! `/first-steps`: what is needed before the first person learns, in order, and how far it is. For administrators.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use usecases::{assignments::people_words, first_steps::SetSoFar};

use super::{SignedIn, failed, person::first_large};
use crate::{
    shell::{Frame, page},
    state::{AppState, MailWay},
};

/// Where they are.
pub(super) const PLACE: &str = "/first-steps";

/// One of them.
struct Step {
    title: &'static str,
    words: &'static str,
    /// How far it is; empty where there is nothing to say.
    stands: String,
    how: How,
    /// Where it is taken, each with its words.
    ways: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Done,
    ToDo,
    Optional,
}

impl How {
    fn of(is_done: bool) -> Self {
        if is_done { Self::Done } else { Self::ToDo }
    }
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let far = match state.usecases.first_steps(&who, usecases::clock::now()).await {
        Ok(far) => far,
        Err(failure) => return failed(&failure, &state.assets),
    };
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "First steps", "/"), || {
        let steps = steps(far, &state.mail);
        let left = steps.iter().filter(|step| step.how == How::ToDo).count();
        let lead = match left {
            0 => "All of it is done: people learn what they are asked for, and you see who is trained.".to_owned(),
            1 => "One step is left until people learn, and you see who is trained.".to_owned(),
            more => format!("{more} steps are left until people learn, and you see who is trained."),
        };
        let lines = steps.into_iter().map(line).collect::<Vec<_>>();
        view! {
            <h1>"First steps"</h1>
            <p class="lead">{lead}</p>
            <ol class="first-steps">{lines}</ol>
            <p>"What there is to learn comes with Bedside and can be changed, withdrawn and added to in the "<a href="/studio">"studio"</a>". The name of your organisation, its time zone and working days are under "<a href="/site">"Organisation"</a>"."</p>
        }
    })
}

/// On the administrators' own page until something is assigned and somebody else has come in.
pub(super) fn card() -> impl IntoView {
    view! {
        <section class="card card-next" aria-labelledby="first-steps">
            <p class="caption">"For administrators"</p>
            <h2 id="first-steps">"First steps"</h2>
            <p>"What is needed before people learn, and how far it is."</p>
            <a class="button" href=PLACE>"See the first steps"</a>
        </section>
    }
}

fn steps(far: SetSoFar, mail: &MailWay) -> Vec<Step> {
    let SetSoFar { departments, people, outside, placeless, managers, requirements, assignments } = far;
    let counted = |many: i64, one: &str, more: &str| match many {
        0 => String::new(),
        1 => format!("1 {one}."),
        many => format!("{many} {more}."),
    };
    let placeless = match (departments > 0 && people > 1, placeless) {
        (false, _) | (_, 0) => String::new(),
        (_, 1) => " 1 person works in no department: what is asked of a department does not reach them.".to_owned(),
        (_, more) => {
            format!(" {more} people work in no department: what is asked of a department does not reach them.")
        }
    };
    vec![
        Step {
            title: "Say how you are organised",
            words: "Your clinic or hospital, and its wards and offices: who manages what, and whom something is asked of, follows from it.",
            stands: counted(departments, "department", "departments"),
            how: How::of(departments > 0),
            ways: vec![("/departments", "Departments")],
        },
        Step {
            title: "Bring your people",
            words: "One by one, or all at once as a list from a spreadsheet, with department, job role and first day of work.",
            stands: if people > 1 {
                format!("{}, you among them.{placeless}", first_large(&people_words(people)))
            } else {
                "Nobody but you yet.".to_owned()
            },
            how: How::of(people > 1),
            ways: [("/people/import", "Import a list"), ("/people/new", "Add a person")]
                .into_iter()
                .chain((!placeless.is_empty()).then_some(("/exceptions?kind=no-department", "Who has no department")))
                .collect(),
        },
        Step {
            title: "Say what must be learned",
            words: "Suggested paths for job roles come with Bedside, with how long each module counts. Take them over and change what you like, or add requirements of your own.",
            stands: counted(requirements, "requirement", "requirements"),
            how: How::of(requirements > 0),
            ways: vec![("/paths", "Paths"), ("/requirements", "Requirements")],
        },
        Step {
            title: "Give it to people",
            words: "To everybody, to a department or to a job role; whoever joins later has it by themselves. Before you confirm you see how many obligations it makes.",
            stands: counted(assignments, "assignment", "assignments"),
            how: How::of(assignments > 0),
            ways: vec![("/assignments", "Assignments")],
        },
        Step {
            title: "Let people come in",
            words: "On the page of each person you make a link, or a slip to print for somebody without e-mail. Each works once.",
            stands: match outside {
                _ if people < 2 => String::new(),
                0 => "Everybody has come in.".to_owned(),
                _ if people - outside == 1 => format!("1 of {people} has come in."),
                _ => format!("{} of {people} have come in.", people - outside),
            },
            how: How::of(people - outside > 1),
            ways: vec![("/people", "People")],
        },
        Step {
            title: "Let messages go out",
            words: "Reminders before something is due, and a weekly digest for managers.",
            stands: match mail {
                MailWay::Server(host) => format!("They go to the mail server {host}."),
                MailWay::Folder(_) => {
                    "No mail server is set: nobody gets a message, and everything else works.".to_owned()
                }
            },
            how: if matches!(mail, MailWay::Server(_)) { How::Done } else { How::Optional },
            ways: vec![("/messages", "Messages")],
        },
        Step {
            title: "Say who manages what",
            words: "Managers see the people of their departments. Administrators see everybody, which is enough for a small clinic. The right is given on the page of each person.",
            stands: counted(managers, "manager", "managers"),
            how: if managers > 0 { How::Done } else { How::Optional },
            ways: vec![("/people", "People")],
        },
    ]
}

fn line(step: Step) -> impl IntoView {
    let Step { title, words, stands, how, ways } = step;
    let (class, tag) = match how {
        How::Done => ("tag tag-done", "Done"),
        How::ToDo => ("tag tag-warning", "To do"),
        How::Optional => ("tag tag-muted", "If you like"),
    };
    let ways = ways.into_iter().map(|(href, words)| {
        let about = format!(" for “{title}”");
        view! { <a href=href>{words}<span class="visually-hidden">{about}</span></a> }
    });
    let ways = ways.collect::<Vec<_>>();
    view! {
        <li>
            <h2>{title}" "<span class=class>{tag}</span></h2>
            <p>{words}</p>
            {(!stands.is_empty()).then(|| view! { <p><strong>{stands}</strong></p> })}
            <p class="link-row">{ways}</p>
        </li>
    }
}
