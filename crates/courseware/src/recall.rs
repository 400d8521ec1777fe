//! What is asked again between cycles: what there is to ask, which of it comes, in which words, and what to read again.
//!
//! What is asked is an [`Item`]. Where a quiz draws from a pool, the questions of the pool stand in for each other: they are wordings of
//! so many items as are drawn at a time. Every other question is an item of its own. An item keeps its key when its words change.
//!
//! Which day it is, and what is due on it, is no matter of this crate: `records::recall` says so. Everything here follows from what the
//! caller brings, so that a session can be drawn again and is the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::module::{Module, Page, PageKind};
use crate::question::{Piece, Question, Task};
use crate::quiz::Quiz;
use crate::shuffle::{Seed, Stream};
use crate::words::{folded, plain};

/// What separates the document from the item in a key; no slug holds it.
const IN: char = '#';
/// Shorter words say little of what a text is about.
const LEAST_LETTERS: usize = 4;
/// What a word is worth that stands on one page only; divided by the number of pages that hold it.
const WORTH: u64 = 720_720;

/// Something that can be asked again, in one wording or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its name for good: the document, and the question's id, or the pool with a number.
    pub key: String,
    /// The questions that ask it, in the order of the file.
    pub wordings: Vec<&'a Question>,
}

impl Item<'_> {
    /// The document that it is of, as the key begins.
    #[must_use]
    pub fn document(&self) -> &str {
        document(&self.key)
    }

    /// Whether something that was asked under a key, by a question of this id, was this item: a question may have gone into a pool or
    /// have got another id since.
    fn was(&self, key: &str, question: &str) -> bool {
        let by = |wording: &&Question| wording.id == question || wording.was.iter().any(|was| was == question);
        self.key == key || (self.document() == document(key) && self.wordings.iter().any(by))
    }
}

fn document(key: &str) -> &str {
    key.split_once(IN).map_or(key, |(document, _)| document)
}

/// What a quiz can ask again: its [`Quiz::recall_questions`], in the order of the file.
#[must_use]
pub fn items_of_quiz(quiz: &Quiz) -> Vec<Item<'_>> {
    let questions = quiz.recall_questions();
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for question in questions {
        let drawn = question.pool.as_ref().and_then(|pool| quiz.draw.iter().find(|draw| draw.pool == *pool));
        let key = match drawn {
            // So many stand-ins as are drawn at a time, dealt out in turn.
            Some(draw) => {
                let place = met.entry(&draw.pool).or_default();
                let number = *place % (draw.count.max(1) as usize) + 1;
                *place += 1;
                format!("{}{IN}{}{IN}{number}", quiz.slug, draw.pool)
            }
            None => format!("{}{IN}{}", quiz.slug, question.id),
        };
        match items.iter_mut().find(|item| item.key == key) {
            Some(item) => item.wordings.push(question),
            None => items.push(Item { key, wordings: vec![question] }),
        }
    }
    items
}

/// What the `check` pages of a module can ask again, for a module without a quiz.
#[must_use]
pub fn items_of_module(module: &Module) -> Vec<Item<'_>> {
    let questions = module.pages.iter().filter_map(|page| match &page.kind {
        PageKind::Check(question) if question.is_scored() => Some(&**question),
        _ => None,
    });
    questions
        .map(|question| Item { key: format!("{}{IN}{}", module.slug, question.id), wordings: vec![question] })
        .collect()
}

/// Something that was asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The key of the item.
    pub item: String,
    /// The id of the question that asked it.
    pub question: String,
}

/// The key that something asked before has today; none where nothing asks it any more.
#[must_use]
pub fn key_today<'i>(items: &'i [Item<'_>], before: &Asked) -> Option<&'i str> {
    let same = items.iter().find(|item| item.key == before.item);
    let same = same.or_else(|| items.iter().find(|item| item.was(&before.item, &before.question)));
    same.map(|item| item.key.as_str())
}

/// What a session is to ask.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// The keys of what comes back, which is asked first and in any case.
    pub returning: &'w [String],
    /// The keys of what comes back another day, and is left alone until then.
    pub waiting: &'w [String],
    /// Up to how many questions are filled with others.
    pub questions: usize,
    /// The questions that were seen elsewhere before, such as in the quiz itself. They say nothing of what to ask, only in which words.
    pub seen: &'w [Asked],
}

/// Something to ask: the item's key, and the question that asks it this time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn<'a> {
    /// The key of the item.
    pub item: String,
    /// In these words.
    pub question: &'a Question,
}

/// Draws a session. `before` is what was asked so far, the oldest first. What comes back is asked first, then what was never asked, then
/// what was not asked for longest; among equals the seed decides. Of several wordings comes one that was never seen, else the one
/// that was not seen for longest: never the last, unless there is no other.
#[must_use]
pub fn draw<'a>(items: &[Item<'a>], before: &[Asked], wanted: Wanted<'_>, seed: Seed) -> Vec<Drawn<'a>> {
    let keys: Vec<Option<&str>> = before.iter().map(|asked| key_today(items, asked)).collect();
    let last_asked = |item: &Item<'a>| keys.iter().rposition(|key| *key == Some(item.key.as_str()));
    let comes_back = |item: &&Item<'a>| wanted.returning.contains(&item.key);
    let mut chosen: Vec<&Item<'a>> = items.iter().filter(comes_back).collect();
    chosen.sort_by_key(|item| wanted.returning.iter().position(|key| *key == item.key));
    let mut others: Vec<&Item<'a>> =
        items.iter().filter(|item| !comes_back(item) && !wanted.waiting.contains(&item.key)).collect();
    Stream::new(&seed, "recall", "").shuffle(&mut others);
    others.sort_by_key(|item| last_asked(item).map_or(0, |at| at + 1));
    let left = wanted.questions.saturating_sub(chosen.len());
    chosen.extend(others.into_iter().take(left));
    let drawn = chosen.into_iter().filter_map(|item| {
        let mut wordings = item.wordings.clone();
        Stream::new(&seed, "recall", &item.key).shuffle(&mut wordings);
        let seen = |question: &&&Question| {
            let by = |asked: &Asked| {
                document(&asked.item) == item.document()
                    && (asked.question == question.id || question.was.contains(&asked.question))
            };
            let newest_first = before.iter().rev().chain(wanted.seen.iter().rev());
            let all = before.len() + wanted.seen.len();
            { newest_first }.position(by).map_or(0, |age| all - age)
        };
        let question = wordings.iter().min_by_key(seen)?;
        Some(Drawn { item: item.key.clone(), question })
    });
    drawn.collect()
}

/// The page of a module to read again for a question: of its own checks the page before, else the page whose words come nearest to
/// those of the question. A word counts for more the fewer pages hold it.
#[must_use]
pub fn review_page<'m>(module: &'m Module, question: &Question) -> Option<&'m Page> {
    let reads = |page: &&Page| matches!(page.kind, PageKind::Reading | PageKind::Cards);
    let own =
        module.pages.iter().position(|page| matches!(&page.kind, PageKind::Check(check) if check.id == question.id));
    if let Some(before) = own.and_then(|at| module.pages[..at].iter().rev().find(reads)) {
        return Some(before);
    }
    let pages: Vec<(&Page, BTreeSet<String>)> = module
        .pages
        .iter()
        .filter(reads)
        .map(|page| (page, words(&format!("{} {}", page.title, plain(&page.html)))))
        .collect();
    let asked = words(&text(question));
    let worth = |of: &BTreeSet<String>| -> u64 {
        let held = |word: &&String| pages.iter().filter(|(_, words)| words.contains(*word)).count() as u64;
        of.intersection(&asked).map(|word| WORTH / held(&word).max(1)).sum()
    };
    // Of several that are equally near, the first.
    let nearest = pages
        .iter()
        .map(|(page, words)| (worth(words), *page))
        .reduce(|best, page| if page.0 > best.0 { page } else { best });
    nearest.map(|(_, page)| page).or_else(|| module.pages.first())
}

/// The words of a text that say what it is about.
fn words(text: &str) -> BTreeSet<String> {
    let folded = folded(text);
    folded.split(' ').filter(|word| word.chars().count() >= LEAST_LETTERS).map(str::to_owned).collect()
}

/// What a question is about: what is asked, what is right, and what is said of it.
fn text(question: &Question) -> String {
    let mut parts = vec![question.title.clone()];
    parts.extend(question.stem.iter().filter_map(|piece| match piece {
        Piece::Html(html) => Some(plain(html)),
        Piece::Blank(_) => None,
    }));
    parts.extend(question.feedback_html.as_deref().map(plain));
    match &question.task {
        Task::Choice(choice) => {
            for answer in &choice.options {
                parts.extend(answer.feedback_html.as_deref().map(plain));
                if answer.correct {
                    parts.push(answer.text.clone());
                }
            }
        }
        Task::Ordering(items) => parts.extend(items.iter().map(|item| item.text.clone())),
        Task::Matching(matching) => parts.extend(matching.lefts.iter().map(|item| item.text.clone())),
        Task::Blanks(blanks) => parts.extend(blanks.iter().map(crate::blank::Blank::key)),
        Task::Reflect { .. } => {}
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Content, Surroundings, parse};

    const QUIZ: &str = "---
kind: quiz
title: Desk
pass: 50
draw: { hello: 1, wait: 2 }
---

# Desk
";

    fn quiz(questions: &[(&str, &str)]) -> Quiz {
        let sections = questions.iter().map(|(title, chips)| {
            format!("\n## {title}\n\n{chips}\n\nWhat about {title}?\n\n- [x] Yes\n  > Right.\n- [ ] No\n  > Wrong.\n")
        });
        let source = format!("{QUIZ}{}", sections.collect::<String>());
        match parse("desk.md", &source, &Surroundings::default()).content {
            Some(Content::Quiz(quiz)) => quiz,
            other => panic!("{other:?}"),
        }
    }

    fn desk() -> Quiz {
        quiz(&[
            ("Hello one", "`pool hello`"),
            ("Hello two", "`pool hello`"),
            ("Wait one", "`pool wait`"),
            ("Wait two", "`pool wait`"),
            ("Wait three", "`pool wait`"),
            ("Alone", ""),
        ])
    }

    fn asked(item: &str, question: &str) -> Asked {
        Asked { item: item.to_owned(), question: question.to_owned() }
    }

    fn wanted(questions: usize) -> Wanted<'static> {
        Wanted { returning: &[], waiting: &[], questions, seen: &[] }
    }

    fn ids<'a>(drawn: &[Drawn<'a>]) -> Vec<&'a str> {
        drawn.iter().map(|drawn| drawn.question.id.as_str()).collect()
    }

    #[test]
    fn questions_of_a_pool_are_wordings_of_as_many_items_as_are_drawn() {
        let quiz = desk();
        let items: Vec<(String, Vec<String>)> = items_of_quiz(&quiz)
            .into_iter()
            .map(|item| (item.key, item.wordings.iter().map(|question| question.id.clone()).collect()))
            .collect();
        let expected = [
            ("desk#hello#1", vec!["hello-one", "hello-two"]),
            ("desk#wait#1", vec!["wait-one", "wait-three"]),
            ("desk#wait#2", vec!["wait-two"]),
            ("desk#alone", vec!["alone"]),
        ];
        let expected: Vec<(String, Vec<String>)> =
            expected.map(|(key, ids)| (key.to_owned(), ids.into_iter().map(str::to_owned).collect())).to_vec();
        assert_eq!(items, expected);
    }

    #[test]
    fn other_words_come_than_were_seen_last() {
        let quiz = desk();
        let items = items_of_quiz(&quiz);
        let returning = ["desk#hello#1".to_owned()];
        for seed in 0..32 {
            let again = |before: &[Asked]| {
                let wanted = Wanted { returning: &returning, ..wanted(0) };
                ids(&draw(&items, before, wanted, [seed; 16]))[0].to_owned()
            };
            assert_eq!(again(&[asked("desk#hello#1", "hello-one")]), "hello-two");
            let both = [asked("desk#hello#1", "hello-two"), asked("desk#hello#1", "hello-one")];
            assert_eq!(again(&both), "hello-two");
            let seen = [asked("desk#", "hello-two"), asked("desk#", "wait-one")];
            let first = draw(&items, &[], Wanted { seen: &seen, ..wanted(4) }, [seed; 16]);
            assert!(ids(&first).contains(&"hello-one") && ids(&first).contains(&"wait-three"), "{:?}", ids(&first));
        }
    }

    #[test]
    fn a_seed_gives_the_same_session_and_another_seed_another() {
        let quiz = desk();
        let items = items_of_quiz(&quiz);
        let drawn = |seed| draw(&items, &[], wanted(3), [seed; 16]);
        assert_eq!(drawn(1), drawn(1));
        assert!((2..20).any(|seed| drawn(seed) != drawn(1)));
        assert_eq!(drawn(1).len(), 3);
        assert_eq!(draw(&items, &[], wanted(100), [1; 16]).len(), 4, "no item twice");
    }

    #[test]
    fn what_was_never_asked_comes_before_what_was() {
        let quiz = desk();
        let items = items_of_quiz(&quiz);
        let before = [asked("desk#alone", "alone"), asked("desk#hello#1", "hello-one")];
        for seed in 0..32 {
            let keys: Vec<String> =
                draw(&items, &before, wanted(3), [seed; 16]).into_iter().map(|drawn| drawn.item).collect();
            assert!(keys[..2].iter().all(|key| key.starts_with("desk#wait")), "{keys:?}");
            assert_eq!(keys[2], "desk#alone", "asked longest ago");
        }
    }

    #[test]
    fn what_comes_back_is_asked_first_and_what_waits_is_not() {
        let quiz = desk();
        let items = items_of_quiz(&quiz);
        let (returning, waiting) = (["desk#alone".to_owned()], ["desk#hello#1".to_owned()]);
        let wanted = Wanted { returning: &returning, waiting: &waiting, ..wanted(4) };
        let drawn = draw(&items, &[], wanted, [7; 16]);
        assert_eq!((drawn[0].item.as_str(), drawn.len()), ("desk#alone", 3));
        assert!(drawn.iter().all(|drawn| drawn.item != "desk#hello#1"));
    }

    #[test]
    fn an_item_is_known_again_when_its_question_was_renamed_or_went_into_a_pool() {
        let quiz = quiz(&[("Greeting", "`was hello`"), ("Hold on", "`pool wait`"), ("Hold tight", "`pool wait`")]);
        let items = items_of_quiz(&quiz);
        assert_eq!(key_today(&items, &asked("desk#hello", "hello")), Some("desk#greeting"));
        assert_eq!(key_today(&items, &asked("desk#hold-tight", "hold-tight")), Some("desk#wait#2"));
        assert_eq!(key_today(&items, &asked("desk#gone", "gone")), None);
        assert_eq!(key_today(&items, &asked("other#greeting", "greeting")), None, "of another quiz");
    }

    #[test]
    fn a_module_without_a_quiz_asks_its_checks_and_the_page_before_is_read_again() {
        let source = "---\nkind: module\ntitle: Falls\n---\n\n# Falls\n\n## Rails\n\nKeep the rails of the bed up at night.\n\n## Shoes\n\nGive \
            people shoes that hold.\n\n## Check\n\n`check`\n\nWhich?\n\n- [x] Shoes\n- [ ] Socks\n\n## Own\n\n`reflect`\n\nWhat?\n";
        let Some(Content::Module(module)) = parse("falls.md", source, &Surroundings::default()).content else {
            panic!("a module")
        };
        let items = items_of_module(&module);
        assert_eq!(items.iter().map(|item| item.key.as_str()).collect::<Vec<_>>(), ["falls#check"]);
        assert_eq!(review_page(&module, items[0].wordings[0]).map(|page| page.id.as_str()), Some("shoes"));
        let about = |title: &str| quiz(&[(title, "")]).questions.remove(0);
        for (title, page) in [("The rails at night", "rails"), ("Shoes that hold", "shoes"), ("Anything", "rails")] {
            assert_eq!(review_page(&module, &about(title)).map(|page| page.id.as_str()), Some(page), "{title}");
        }
    }
}
