//! An older and a newer text: what changed in words, the pictures that are others, and both texts side by side. The older one always
//! stands on the left, or above where there is no room.

use leptos::prelude::*;
use usecases::studio::{Comparison, DifferenceRow, PictureChange, Piece, Said, Shown, pieces};

/// The most rows that are shown without being asked for.
const MOST_ROWS: usize = 40;

/// What changed in words, a list; nothing where nothing did.
pub(super) fn in_words(words: Vec<Said>) -> impl IntoView {
    let lines = words.into_iter().map(|Said { about, each }| {
        if each.is_empty() {
            return view! { <li>{about}</li> }.into_any();
        }
        let each = each.into_iter().map(|words| view! { <li>{words}</li> }).collect::<Vec<_>>();
        view! { <li>{about}":"<ul>{each}</ul></li> }.into_any()
    });
    let lines = lines.collect::<Vec<_>>();
    (!lines.is_empty()).then(|| view! { <ul class="diff-words">{lines}</ul> })
}

/// The pictures that are others, each as it was and as it is.
pub(super) fn pictures(changes: Vec<PictureChange>, (older, newer): (&'static str, &'static str)) -> impl IntoView {
    let one = move |change: PictureChange| {
        let PictureChange { target, is_picture, before, after } = change;
        let what = if is_picture { "The picture" } else { "The file" };
        let words = match (&before, &after) {
            (Some(_), Some(_)) => "is another one",
            (None, _) => "is new",
            (_, None) => "is taken away",
        };
        let side = move |label: &'static str, shown: Shown| {
            let Shown { place, description } = shown;
            let words = match (is_picture, description.is_empty()) {
                (_, false) => format!("{label}: “{description}”"),
                (true, true) => format!("{label}, without a description"),
                (false, true) => label.to_owned(),
            };
            let shown = if is_picture {
                view! { <img class="studio-image" src=place alt=description /> }.into_any()
            } else {
                view! { <p><a href=place>"Look at it"</a></p> }.into_any()
            };
            view! { <figure>{shown}<figcaption>{words}</figcaption></figure> }
        };
        view! {
            <li>
                <h3>{what}" "<code>{target}</code>" "{words}</h3>
                <div class="diff-pictures">
                    {before.map(|shown| side(older, shown))}
                    {after.map(|shown| side(newer, shown))}
                </div>
            </li>
        }
    };
    let lines = changes.into_iter().map(one).collect::<Vec<_>>();
    (!lines.is_empty()).then(|| view! { <h2>"Pictures"</h2> <ul class="plain-list">{lines}</ul> })
}

/// Both texts side by side, folded where they are long.
pub(super) fn folded(rows: Vec<DifferenceRow>, labels: (&'static str, &'static str)) -> impl IntoView {
    let many = rows.iter().filter(|row| is_other(row)).count();
    let lines = if many == 1 { "1 line".to_owned() } else { format!("{many} lines") };
    match rows.len() {
        0 => view! { <p>"Not a word of the text has changed."</p> }.into_any(),
        few if few <= MOST_ROWS => side_by_side(rows, labels).into_any(),
        _ => view! {
            <details class="diff-fold">
                <summary>{format!("Both texts side by side: {lines} differ")}</summary>
                {side_by_side(rows, labels)}
            </details>
        }
        .into_any(),
    }
}

fn is_other(row: &DifferenceRow) -> bool {
    matches!(row, DifferenceRow::Lines(old, new) if words(old.as_ref()) != words(new.as_ref()))
}

fn words(line: Option<&(usize, String)>) -> Option<&String> {
    line.map(|(_, words)| words)
}

/// All of a comparison on a page of its own: words, pictures and texts.
pub(super) fn whole(comparison: Comparison, labels: (&'static str, &'static str)) -> impl IntoView {
    let Comparison { words, pictures: changes, rows } = comparison;
    view! {
        {in_words(words)}
        {pictures(changes, labels)}
        <h2>"Side by side"</h2>
        {folded(rows, labels)}
    }
}

/// Two texts side by side: the older on the left. What is the same on both sides is told once where they stand below each other.
pub(super) fn side_by_side(
    rows: Vec<DifferenceRow>,
    (left, right): (&'static str, impl Into<String>),
) -> impl IntoView {
    let right: String = right.into();
    if rows.is_empty() {
        return view! { <p>"The texts are the same."</p> }.into_any();
    }
    let side = |line: Option<(usize, Vec<Piece>)>, mark: &'static str, has_marks: bool| {
        match line {
        Some((number, words)) => {
            // Where words are marked, in one of the two, the rest of both is as it was.
            let class = format!("diff-line {mark}{}", if has_marks { " diff-words-of" } else { "" });
            view! {
                <td role="cell" class="diff-number">{number}</td>
                <td role="cell" class=class>{(!mark.is_empty()).then(|| view! { <span class="visually-hidden">{if mark == "diff-gone" { "Taken away: " } else { "Added: " }}</span> })}<code>{marked(words)}</code></td>
            }
            .into_any()
        }
        None => view! { <td role="cell" class="diff-number diff-none"></td><td role="cell" class="diff-line diff-none"></td> }.into_any(),
    }
    };
    let whole = |(number, text): (usize, String)| (number, vec![Piece { text, differs: false }]);
    let rows = rows.into_iter().map(|row| {
        let is_same = !is_other(&row);
        match row {
            DifferenceRow::Gap(..) => {
                view! { <tr role="row" class="diff-gap"><td role="cell" colspan="4">"…"</td></tr> }.into_any()
            }
            DifferenceRow::Lines(old, new) => {
                let (gone, come) = if is_same { ("", "") } else { ("diff-gone", "diff-new") };
                let (old, new) = match (old, new) {
                    (Some((left, old)), Some((right, new))) if !is_same => {
                        let (old, new) = pieces(&old, &new);
                        (Some((left, old)), Some((right, new)))
                    }
                    (old, new) => (old.map(whole), new.map(whole)),
                };
                let marks = |line: &Option<(usize, Vec<Piece>)>| {
                    line.as_ref().is_some_and(|(_, words)| words.iter().any(|piece| piece.differs))
                };
                let has_marks = marks(&old) || marks(&new);
                let class = is_same.then_some("diff-same");
                view! { <tr role="row" class=class>{side(old, gone, has_marks)}{side(new, come, has_marks)}</tr> }
                    .into_any()
            }
        }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Differences">
        <table class="diff" role="table">
            <colgroup><col class="diff-numbers" /><col /><col class="diff-numbers" /><col /></colgroup>
            <thead role="rowgroup"><tr role="row"><th role="columnheader" colspan="2" scope="colgroup" class="diff-left">{left}</th><th role="columnheader" colspan="2" scope="colgroup" class="diff-right">{right}</th></tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
        </div>
    }
    .into_any()
}

/// A text in pieces, those that differ marked.
pub(super) fn marked(words: Vec<Piece>) -> impl IntoView {
    let piece = |Piece { text, differs }: Piece| match differs {
        true => view! { <mark>{text}</mark> }.into_any(),
        false => text.into_any(),
    };
    words.into_iter().map(piece).collect::<Vec<_>>()
}
