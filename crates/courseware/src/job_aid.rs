//! A job aid: one page to print and keep at hand, without anything to answer.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::front::Front;
use crate::html::{self, Style};
use crate::markdown::Markdown;
use crate::module::{images, join};
use crate::outline::Outline;
use crate::problem::Problems;
use crate::slug::file_slug;
use crate::surroundings::Surroundings;
use crate::target::Place;
use crate::{GRAMMAR, ask, shared};

/// A job aid as it was read; also the frozen form that a version keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobAid {
    /// The grammar it was read with.
    pub grammar: u32,
    /// Its name in addresses: the stem of its file's name.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How long it takes to read.
    pub minutes: Option<u32>,
    /// The competencies it helps with.
    pub competencies: Vec<String>,
    /// The day by which the text should be looked over.
    pub review_by: Option<Date>,
    /// All of it, as safe HTML.
    pub html: String,
    /// The relative targets of its images, in order, each once.
    pub images: Vec<String>,
}

/// Reads the text below front matter that was read already.
pub(crate) fn read(
    path: &str,
    source: &str,
    front: &Front,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<JobAid> {
    let markdown = Markdown::read(source, front.body, problems)?;
    let place = Place::new(path, around);
    shared::check(&markdown, path, front, around, problems);
    let images = images(&markdown, place);
    let outline = Outline::read(&markdown, front, problems);
    let mut parts = Vec::new();
    let style = Style { place, label: "Table", cards: false, anchors: true };
    parts.extend(html::blocks(&markdown, &outline.intro, &style));
    for section in &outline.pages {
        ask::far_chips(&markdown, &section.blocks, front, problems);
        let style = Style { place, label: &section.title, cards: false, anchors: true };
        parts.push(format!("{}{}</h2>", html::heading(2, &section.id), html::escaped(&section.title)));
        parts.extend(html::blocks(&markdown, &section.blocks, &style));
    }
    let slug = file_slug(path);
    Some(JobAid {
        grammar: GRAMMAR,
        title: front.title.clone().or(outline.title).unwrap_or_else(|| slug.clone()),
        slug,
        minutes: front.minutes,
        competencies: front.competencies.clone(),
        review_by: front.review_by,
        html: join(&parts),
        images,
    })
}

#[cfg(test)]
mod tests {
    use crate::{Content, Surroundings, parse};

    #[test]
    fn a_job_aid_is_one_page() {
        let source = "---\nkind: job-aid\ntitle: On the phone\n---\n# On the phone\n\nSay who you are.\n\n## First\n\n- Listen\n\n## Then\n\nCall back.\n";
        let document = parse("phone.md", source, &Surroundings::default());
        assert!(document.problems.is_empty(), "{:#?}", document.problems);
        let Some(Content::JobAid(aid)) = document.content else { panic!("{:?}", document.content) };
        assert_eq!((aid.slug.as_str(), aid.title.as_str()), ("phone", "On the phone"));
        let places = ["Say who", "First", "Listen", "Then", "Call back"].map(|text| aid.html.find(text));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}", aid.html);
        assert!(aid.html.contains("<h2"), "{}", aid.html);
    }
}
