//! Two who write one draft: what fits together is kept, what does not is asked for, and nothing is overwritten.

use usecases::{
    Failure, Usecases,
    people::NewPerson,
    studio::{Editing, Kept, Kind, Meeting, Over, Sending, Settling, Taken, Typed},
    who::Who,
};

use crate::common::{Db, administrator, now, who};

testbed::on_both_engines! {
    what_two_write_in_other_places_is_all_there_however_late_it_comes
    where_both_change_a_line_only_that_is_asked_for
    what_was_published_meanwhile_is_not_taken_for_the_draft_that_was_open
    a_new_version_is_not_undone_by_who_wrote_over_the_one_before
    what_somebody_left_is_made_the_draft_again
}

const PLACE: (Kind, &str) = (Kind::Module, "greeting");

/// Ada and another one who writes.
async fn two(usecases: &Usecases) -> (Who, Who) {
    let ada = administrator(usecases).await;
    let new = NewPerson { name: "Tomás Vega", email: "", staff_number: "t-1" };
    let tomas = usecases.add_person(&ada, new, now()).await.expect("added");
    usecases.set_right(&ada, tomas, ("trainer", "", true), now()).await.expect("a trainer");
    let tomas = who(usecases, tomas).await;
    (ada, tomas)
}

fn text(lines: &[String]) -> String {
    let top = "---\nkind: module\ntitle: Greeting\ncomplete: [read]\n---\n\n# Greeting\n\n## One\n";
    format!("{top}{}", lines.iter().map(|line| format!("\n{line}\n")).collect::<String>())
}

fn line_by_line(many: usize) -> Vec<String> {
    (0..many).map(|at| format!("Line {at}.")).collect()
}

async fn open(usecases: &Usecases, who: &Who) -> Editing {
    usecases.editing(who, PLACE.0, PLACE.1).await.expect("the editor")
}

async fn keep(usecases: &Usecases, who: &Who, source: &str, opened: &Editing) -> Kept {
    let from = Typed { rev: opened.rev, over: opened.over };
    usecases.keep_typed(who, PLACE, (source, from), now()).await.expect("the store")
}

async fn begin(usecases: &Usecases, who: &Who, source: &str) {
    let kept = usecases.keep_draft(who, PLACE, (source, None), now()).await.expect("the store");
    assert!(matches!(kept, Kept::Kept(_)), "{kept:?}");
}

async fn publish(usecases: &Usecases, who: &Who, rev: i64) {
    let sending = Sending { rev, change: "editorial", ..Sending::default() };
    usecases.publish_draft(who, PLACE, sending, now()).await.expect("published");
}

fn apart(kept: Kept) -> Meeting {
    match kept {
        Kept::Apart(meeting) => *meeting,
        other => panic!("it was kept: {other:?}"),
    }
}

fn settling<'a>(met: &'a Meeting, taken: &'a [Option<Taken>]) -> Settling<'a> {
    Settling { own: &met.own, from: met.from, rev: met.rev, seen: &met.seen, taken }
}

async fn what_two_write_in_other_places_is_all_there_however_late_it_comes(Db { usecases, .. }: &Db) {
    let (ada, tomas) = two(usecases).await;
    let mut now_there = line_by_line(10);
    begin(usecases, &ada, &text(&now_there)).await;
    // Ada's editor stays open, while Tomás keeps often: the text that she began from is let go meanwhile.
    let opened = open(usecases, &ada).await;
    let mut own = now_there.clone();
    for number in 0..70 {
        let at = 5 + number % 5;
        now_there[at] = format!("Tomás wrote {number}.");
        let before = open(usecases, &tomas).await;
        assert!(matches!(keep(usecases, &tomas, &text(&now_there), &before).await, Kept::Kept(_)));
    }
    own[1] = "Ada wrote.".to_owned();
    let Kept::Merged(merged) = keep(usecases, &ada, &text(&own), &opened).await else { panic!("it did not fit") };
    now_there[1] = "Ada wrote.".to_owned();
    assert_eq!(merged.text, text(&now_there));
    assert!(merged.words.starts_with("Tomás Vega changed line "), "{}", merged.words);
    let after = open(usecases, &tomas).await;
    assert_eq!((after.source, after.rev), (text(&now_there), Some(merged.rev)));
}

async fn where_both_change_a_line_only_that_is_asked_for(Db { usecases, .. }: &Db) {
    let (ada, tomas) = two(usecases).await;
    let lines = line_by_line(6);
    begin(usecases, &ada, &text(&lines)).await;
    let opened = open(usecases, &ada).await;
    let changed = |places: &[(usize, &str)]| {
        let mut lines = lines.clone();
        for (at, words) in places {
            lines[*at] = (*words).to_owned();
        }
        text(&lines)
    };
    keep(usecases, &tomas, &changed(&[(1, "His word."), (5, "His end.")]), &opened).await;
    let met = apart(keep(usecases, &ada, &changed(&[(1, "My word."), (3, "My middle.")]), &opened).await);
    assert_eq!(met.by.as_deref(), Some("Tomás Vega"));
    let [place] = met.places.as_slice() else { panic!("{met:?}") };
    assert_eq!((place.heading.as_deref(), place.above.as_deref()), (Some("One"), Some("Line 0.")));
    assert_eq!((place.own.join(""), place.theirs.join("")), ("My word.".to_owned(), "His word.".to_owned()));
    // Nothing is kept before somebody chooses, and what is not chosen in every place is asked for again.
    let none = usecases.settle_draft(&ada, PLACE, settling(&met, &[None]), now()).await.expect("the store");
    assert!(apart(none).is_wanting);
    assert_eq!(open(usecases, &ada).await.rev, Some(2));
    // What changes meanwhile is told again, and the choice before it counts for nothing.
    let before = open(usecases, &tomas).await;
    keep(usecases, &tomas, &changed(&[(1, "His other word."), (5, "His end.")]), &before).await;
    let late = usecases.settle_draft(&ada, PLACE, settling(&met, &[Some(Taken::Own)]), now()).await.expect("the store");
    let met = apart(late);
    assert_eq!(met.places[0].theirs, ["His other word."]);
    let later = now() + jiff::SignedDuration::from_secs(9);
    let both = usecases.settle_draft(&ada, PLACE, settling(&met, &[Some(Taken::Own)]), later).await.expect("the store");
    assert_eq!(both, Kept::Kept(4));
    let whole = changed(&[(1, "My word."), (3, "My middle."), (5, "His end.")]);
    assert_eq!(open(usecases, &ada).await.source, whole);

    // Whose words went is told until they keep the draft again.
    let left =
        usecases.changed_of_mine(&tomas, PLACE.0, PLACE.1).await.expect("the store").expect("something was changed");
    assert_eq!((left.by.as_str(), left.changed.0.as_str()), ("Tomás Vega", ada.name.as_str()));
    assert_eq!(
        usecases.changed_of_mine(&ada, PLACE.0, PLACE.1).await.expect("the store"),
        None,
        "nobody changed hers since"
    );
}

async fn what_was_published_meanwhile_is_not_taken_for_the_draft_that_was_open(Db { usecases, .. }: &Db) {
    let (ada, tomas) = two(usecases).await;
    let lines = line_by_line(6);
    begin(usecases, &ada, &text(&lines)).await;
    publish(usecases, &ada, 1).await;
    let mut second = lines.clone();
    second[0] = "Second.".to_owned();
    begin(usecases, &ada, &text(&second)).await;
    // Tomás has the first revision of a draft before him, which is published, and another is begun: it counts from 1 again.
    let opened = open(usecases, &tomas).await;
    assert!(opened.rev == Some(1) && matches!(opened.over, Over::Version(_)), "{:?}", opened.over);
    publish(usecases, &ada, 1).await;
    let mut third = second.clone();
    third[5] = "Third.".to_owned();
    begin(usecases, &ada, &text(&third)).await;
    assert_eq!(open(usecases, &ada).await.rev, Some(1));
    let mut own = second.clone();
    own[2] = "His.".to_owned();
    let Kept::Merged(merged) = keep(usecases, &tomas, &text(&own), &opened).await else { panic!("it was overwritten") };
    third[2] = "His.".to_owned();
    assert_eq!((merged.text, merged.by.as_deref()), (text(&third), Some(ada.name.as_str())));
}

async fn a_new_version_is_not_undone_by_who_wrote_over_the_one_before(Db { usecases, .. }: &Db) {
    let (ada, tomas) = two(usecases).await;
    let lines = line_by_line(6);
    begin(usecases, &ada, &text(&lines)).await;
    publish(usecases, &ada, 1).await;
    let opened = open(usecases, &tomas).await;
    assert!(opened.rev.is_none() && matches!(opened.over, Over::Version(_)), "{:?}", opened.over);
    let mut second = lines.clone();
    second[0] = "Second.".to_owned();
    begin(usecases, &ada, &text(&second)).await;
    publish(usecases, &ada, 1).await;
    let mut own = lines.clone();
    own[4] = "His.".to_owned();
    // Nothing clashes, but a draft of it would be one over another version: he is told first.
    let met = apart(keep(usecases, &tomas, &text(&own), &opened).await);
    assert_eq!((met.places.len(), met.rev), (0, None));
    let kept = usecases.settle_draft(&tomas, PLACE, settling(&met, &[]), now()).await.expect("the store");
    assert_eq!(kept, Kept::Kept(1));
    second[4] = "His.".to_owned();
    assert_eq!(open(usecases, &tomas).await.source, text(&second));
}

async fn what_somebody_left_is_made_the_draft_again(Db { usecases, .. }: &Db) {
    let (ada, tomas) = two(usecases).await;
    let first = text(&line_by_line(3));
    begin(usecases, &tomas, &first).await;
    let opened = open(usecases, &ada).await;
    let other = text(&["Mine.".to_owned()]);
    assert_eq!(keep(usecases, &ada, &other, &opened).await, Kept::Kept(2));
    let list = usecases.left_drafts(&ada, PLACE.0, PLACE.1).await.expect("the store");
    let [line] = list.as_slice() else { panic!("{list:?}") };
    let left = usecases.left_draft(&ada, PLACE, line.id).await.expect("it is there");
    assert_eq!((left.source.as_str(), left.rev), (first.as_str(), Some(2)));
    let stale = usecases.take_up_left(&ada, PLACE, (line.id, Some(1)), now()).await;
    assert!(matches!(stale, Err(Failure::Conflict)), "{stale:?}");
    usecases.take_up_left(&tomas, PLACE, (line.id, Some(2)), now()).await.expect("kept");
    assert_eq!(open(usecases, &ada).await.source, first);
    // And the other one's is there in its turn.
    let list = usecases.left_drafts(&ada, PLACE.0, PLACE.1).await.expect("the store");
    assert_eq!(list.iter().map(|line| line.is_own).collect::<Vec<_>>(), [true, false]);
}
