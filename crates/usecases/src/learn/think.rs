//! A check question of a type that is not ticked, as something to think over: what is asked, and the answer on demand.

use courseware::{
    Question,
    blank::Blank,
    escaped,
    paper::{self, Shown},
    question::{Item, Task},
};

/// The question with its answer folded away, as safe HTML.
pub(super) fn html(question: &Question) -> String {
    let gap = |at: usize| match &question.task {
        Task::Blanks(blanks) => gap(blanks.get(at)),
        _ => String::new(),
    };
    let shown = paper::ask(question, [0; 16]).shown;
    let (ask, answer) = match (&question.task, &shown) {
        (Task::Ordering(items), Shown::Ordering(order)) => {
            (list("ul", &in_order(items, order)), list("ol", &items.iter().collect::<Vec<_>>()))
        }
        (Task::Matching(matching), Shown::Matching(order)) => {
            let right = |id: &u32| matching.rights.iter().find(|item| item.id == *id).map_or("", |item| &item.html);
            let rows = matching.lefts.iter().zip(&matching.key);
            let rows = rows.map(|(left, key)| format!("<li>{}: {}</li>", left.html, right(key)));
            let head = |html: &str| format!("<p><strong>{html}</strong></p>");
            let ask = [
                head(&matching.left_html),
                list("ul", &matching.lefts.iter().collect::<Vec<_>>()),
                head(&matching.right_html),
                list("ul", &in_order(&matching.rights, order)),
            ]
            .concat();
            (ask, format!("<ul>{}</ul>", rows.collect::<String>()))
        }
        (Task::Blanks(blanks), _) => {
            let filled = |at: usize| {
                format!("<strong>{}</strong>", escaped(&blanks.get(at).map_or(String::new(), |blank| blank.key())))
            };
            (String::new(), question.stem_html(filled))
        }
        _ => (String::new(), String::new()),
    };
    let feedback = question.feedback_html.as_deref().unwrap_or("");
    let hint = question.hint_html.as_deref().map_or(String::new(), |hint| folded("A hint", hint));
    let answer = if answer.is_empty() && feedback.is_empty() {
        String::new()
    } else {
        folded("Show the answer", &format!("{answer}{feedback}"))
    };
    format!("{}{ask}{hint}{answer}", question.stem_html(gap))
}

/// A blank as it stands in the text; of a menu, with its options.
fn gap(blank: Option<&Blank>) -> String {
    let Some(Blank::Menu { options, .. }) = blank else { return "______".to_owned() };
    let options: Vec<String> = options.iter().map(|option| escaped(&option.text)).collect();
    format!("______ ({})", options.join(", "))
}

fn in_order<'a>(items: &'a [Item], order: &[u32]) -> Vec<&'a Item> {
    order.iter().filter_map(|id| items.iter().find(|item| item.id == *id)).collect()
}

fn list(tag: &str, items: &[&Item]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{}</li>", item.html)).collect();
    format!("<{tag}>{items}</{tag}>")
}

fn folded(summary: &str, html: &str) -> String {
    format!("<details><summary>{summary}</summary>{html}</details>")
}

#[cfg(test)]
mod tests {
    use courseware::{PageKind, Surroundings, parse};

    fn shown(question: &str) -> String {
        let source = format!("---\nkind: module\ntitle: T\n---\n# T\n\n## Q\n\n`check`\n\n{question}\n\n> Why.\n");
        let document = parse("t.md", &source, &Surroundings::default());
        assert!(document.problems.is_empty(), "{:#?}", document.problems);
        match &document.module().unwrap().pages[0].kind {
            PageKind::Check(question) => super::html(question),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_asked_is_open_and_the_answer_is_folded_away() {
        for (question, key) in [
            ("Which order?\n\n1. Listen\n2. Act", "<ol><li>Listen</li><li>Act</li></ol>"),
            ("Match.\n\n| See | Do |\n| --- | --- |\n| Tears | Wait |\n| Anger | Listen |", "<li>Tears: Wait</li>"),
            ("Say `= (sorry) / no`.", "<strong>sorry</strong>"),
            ("I'll ring by `= 4 pm / <b>`.", "<strong>4 pm</strong>"),
        ] {
            let html = shown(question);
            let (open, folded) = html.split_once("<details>").unwrap();
            assert!(folded.contains(key) && folded.contains("Why."), "{html}");
            assert!(!open.contains(key) && !html.contains("<b>"), "{html}");
        }
    }
}
