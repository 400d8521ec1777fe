//! `/statistics/quizzes/{slug}`: what first attempts say about questions.

use leptos::prelude::*;
use usecases::statistics::{ItemFigures, ItemLine, OptionLine, PartLine, QuizStatistics};

use super::{
    Asked, FEWER, UNSAID, filters, hundredths_words, interval_words, left_out, percent_words, thousands, too_few,
};

pub(super) fn items(statistics: QuizStatistics, asked: &Asked, path: &str) -> impl IntoView + use<> {
    let QuizStatistics { slug, title, people, leaves_out, score, passed, items } = statistics;
    let flagged = items.iter().filter(|line| line.figures.as_ref().is_some_and(|figures| !figures.signs.is_empty()));
    let flagged = match flagged.count() {
        0 => "Nothing stands out.".to_owned(),
        1 => "One question is worth a look.".to_owned(),
        many => format!("{many} questions are worth a look."),
    };
    let file = asked.behind(&format!("{path}/items.csv"), "");
    let filters = filters(asked, path, &[]);
    let body = match people {
        None => too_few(asked).into_any(),
        Some(people) => {
            let rows = items.iter().map(row).collect::<Vec<_>>();
            let details = items.iter().filter_map(|line| Some(detail(line, line.figures.as_ref()?)));
            view! {
                <dl class="summary-list">
                    <div><dt>"First attempts"</dt><dd>{thousands(people)}</dd></div>
                    <div><dt>"Mean score"</dt><dd>{percent_words(score)}</dd></div>
                    <div><dt>"Passed at the first attempt"</dt><dd>{passed.map(interval_words).unwrap_or_default()}</dd></div>
                </dl>
                <h2>"Questions"</h2>
                <p class="lead">{flagged}</p>
                {explained()}
                <table class="table" role="table">
                    <caption class="visually-hidden">"Questions with their figures"</caption>
                    <thead role="rowgroup"><tr role="row">
                        <th role="columnheader" scope="col">"Question"</th>
                        <th role="columnheader" scope="col" class="number">"People"</th>
                        <th role="columnheader" scope="col" class="number">"Right"</th>
                        <th role="columnheader" scope="col" class="number">"Goes with the rest"</th>
                        <th role="columnheader" scope="col">"Look at"</th>
                    </tr></thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
                <p><a href=file download="items.csv">"Download these rows as a CSV file"</a></p>
                <h2>"What was answered"</h2>
                {details.collect::<Vec<_>>()}
            }
            .into_any()
        }
    };
    view! {
        <a class="back-link" href="/statistics">"All statistics"</a>
        <h1>{title}</h1>
        <p class="caption">"Each person's first attempt at "<a href=format!("/quizzes/{slug}")>"this quiz"</a>", without names."</p>
        {filters}
        {left_out(leaves_out)}
        {body}
    }
}

fn explained() -> impl IntoView {
    view! {
        <details>
            <summary>"What the columns mean"</summary>
            <dl>
                <dt>"People"</dt>
                <dd>"How many met the question in their first attempt. Versions in which it scores the same are counted together. Of fewer than ten nothing is shown."</dd>
                <dt>"Right"</dt>
                <dd>"The share of its points that people earned on average; for a question that is right or wrong, the share who are right (its facility). In brackets, where the true share lies in 95 of 100 such cases (Wilson's interval). Under 30 % it is hard, over 95 % it shows little."</dd>
                <dt>"Goes with the rest"</dt>
                <dd>"From −1 to 1: whether those who do well in the rest of the quiz do well here too (its discrimination, without the question itself). From 0.3 on it is good. Under 0.1 it says little, and below 0 something is wrong: often the key."</dd>
                <dt>"Mean of the rest"</dt>
                <dd>"How many of the points of the other questions those earned who gave an answer. Who takes a wrong answer should have fewer than who takes the right one. It is shown where ten people or more gave the answer."</dd>
            </dl>
        </details>
    }
}

fn row(line: &ItemLine) -> impl IntoView + use<> {
    let name = match &line.figures {
        Some(_) => view! { <a href=format!("#{}", line.id)>{line.title.clone()}</a> }.into_any(),
        None => line.title.clone().into_any(),
    };
    let until = line.until.clone().map(|until| view! { <span class="hint">{until}</span> });
    let kind = view! { <span class="hint">{line.kind}</span> };
    let cells = match &line.figures {
        None => view! {
            <td role="cell" data-label="People" class="number">{FEWER}</td>
            <td role="cell" data-label="Right" class="number">{UNSAID}</td>
            <td role="cell" data-label="Goes with the rest" class="number">{UNSAID}</td>
            <td role="cell" data-label="Look at"></td>
        }
        .into_any(),
        Some(figures) => {
            let together = figures.discrimination.map_or_else(|| UNSAID.to_owned(), hundredths_words);
            let signs = figures.signs.iter().map(|sign| view! { <li>{sign.clone()}</li> }).collect::<Vec<_>>();
            let signs = (!signs.is_empty()).then(|| view! { <ul class="plain-list">{signs}</ul> });
            view! {
                <td role="cell" data-label="People" class="number">{thousands(figures.people)}</td>
                <td role="cell" data-label="Right" class="number">{interval_words(figures.facility)}</td>
                <td role="cell" data-label="Goes with the rest" class="number">{together}</td>
                <td role="cell" data-label="Look at">{signs}</td>
            }
            .into_any()
        }
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Question">{name}{kind}{until}</th>
            {cells}
        </tr>
    }
}

fn detail(line: &ItemLine, figures: &ItemFigures) -> impl IntoView + use<> {
    let heading = match &line.until {
        Some(until) => format!("{} ({until})", line.title),
        None => line.title.clone(),
    };
    let [right, partly, wrong, unanswered] = figures.shares;
    let shares =
        [(right, "wholly right"), (partly, "right in part"), (wrong, "wrong"), (unanswered, "without an answer")];
    let shares: Vec<String> =
        shares.iter().filter(|(share, _)| *share > 0).map(|(share, words)| format!("{share} % {words}")).collect();
    let shares = format!("{}.", shares.join(", "));
    let rest = figures.right_rest.map(|rest| format!(" Those who are right earn {rest} % of the points of the rest."));
    let reworded = line.reworded.then(|| view! {
        <p class="hint">"Earlier versions had other words for the same answers; they are counted together, since they score the same."</p>
    });
    let (heading_id, named_by) = (format!("{}-heading", line.id), format!("{}-heading", line.id));
    view! {
        <section id=line.id.clone() aria-labelledby=named_by>
            <h3 id=heading_id>{heading}</h3>
            <div class="prose" inner_html=line.stem_html.clone()></div>
            <p>{shares}{rest}</p>
            {reworded}
            {options(&figures.options)}
            {parts(&figures.parts)}
        </section>
    }
}

fn options(lines: &[OptionLine]) -> impl IntoView + use<> {
    let rows = lines.iter().map(|option| {
        let rest =
            if option.share == 0 && option.rest.is_none() { "–".to_owned() } else { percent_words(option.rest) };
        let tag = option.right.then(|| view! { " " <span class="tag tag-done">"Right"</span> });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Answer">{option.text.clone()}{tag}</th>
                <td role="cell" data-label="Chosen by" class="number">{format!("{} %", option.share)}</td>
                <td role="cell" data-label="Mean of the rest" class="number">{rest}</td>
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <table class="table" role="table">
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"Answer"</th>
                    <th role="columnheader" scope="col" class="number">"Chosen by"</th>
                    <th role="columnheader" scope="col" class="number">"Mean of the rest"</th>
                </tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        }
    })
}

fn parts(lines: &[PartLine]) -> impl IntoView + use<> {
    let rows = lines.iter().map(|part| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Part">{part.text.clone()}</th>
                <td role="cell" data-label="Right" class="number">{format!("{} %", part.share)}</td>
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <table class="table" role="table">
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"Part"</th>
                    <th role="columnheader" scope="col" class="number">"Right"</th>
                </tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        }
    })
}
