//! What something new begins with: each passes the checks and shows the grammar.

use courseware::Kind;

/// The template of a kind, under a title.
pub(super) fn of(kind: Kind, title: &str) -> String {
    let template = match kind {
        Kind::Module => include_str!("templates/module.md"),
        Kind::Scenario => include_str!("templates/scenario.md"),
        Kind::Quiz => include_str!("templates/quiz.md"),
        Kind::JobAid => include_str!("templates/job-aid.md"),
    };
    // In front matter quotation marks keep a colon from meaning anything; a heading has the words as they are.
    let quoted = format!("title: \"{}\"", title.replace('\\', "\\\\").replace('"', "\\\""));
    template.replacen("title: TITLE", &quoted, 1).replacen("# TITLE", &format!("# {title}"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_clean_whatever_it_is_called() {
        for kind in Kind::ALL {
            for title in ["Hello", "Words: how to \"say\" them", "Ẹ kú àárọ̀ #1"] {
                let text = of(kind, title);
                let document = courseware::parse("new.md", &text, &courseware::Surroundings::default());
                let problems: Vec<_> = document.problems.iter().map(|problem| &problem.message).collect();
                assert!(problems.is_empty(), "{kind:?} {title}: {problems:?}");
                assert_eq!(document.content.unwrap().title(), title);
            }
        }
    }
}
