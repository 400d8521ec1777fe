//! What the checks know of a draft beside its text: the day, the competencies there are, and what it was begun as.

use usecases::studio::{Kind, ProblemView};

use crate::common::{Db, administrator, now};

testbed::on_both_engines! {
    a_draft_is_held_against_the_competencies_there_are_and_todays_date
    an_empty_text_is_told_what_its_kind_has_to_hold
    names_of_flags_are_told_beside_a_target_that_is_broken
}

/// What is said of a text: code, line, message and help.
fn said(problems: &[ProblemView]) -> Vec<String> {
    let line = |problem: &ProblemView| {
        let help = problem.help.clone().unwrap_or_default();
        format!("{} {}: {}; {help}", problem.code, problem.line, problem.message)
    };
    problems.iter().map(line).collect()
}

async fn a_draft_is_held_against_the_competencies_there_are_and_todays_date(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let text =
        "---\nkind: module\ntitle: T\ncompetencies: [lisening]\nreview-by: 2000-01-01\n---\n\n# T\n\n## P\n\nA.\n";
    let look = async |usecases: &usecases::Usecases| {
        said(&usecases.check_draft(&ada, Kind::Module, "t", text).await.expect("looked at").problems)
    };
    let passed = "C07 5: this text should have been looked over by 2000-01-01; \
                  read it again, correct what has changed and write the day of the next look";
    assert_eq!(look(usecases).await, [passed], "nobody can say which competencies there are");

    let file = include_str!("../../../../content/competencies.yaml");
    let knowing = usecases.clone().with_competencies(courseware::competencies(file).expect("competencies"));
    assert_eq!(look(&knowing).await, ["C06 4: there is no competency `lisening`; did you mean `listening`?", passed]);
    // The library counts the same, and what is begun names nothing that there is not.
    knowing.begin_draft(&ada, "scenario", "At the window", now()).await.expect("begun");
    let kept = knowing.keep_draft(&ada, (Kind::Module, "t"), (text, None), now()).await.expect("the store");
    assert_eq!(kept, usecases::studio::Kept::Kept(1));
    let library = knowing.library(&ada, &usecases::studio::Sought::default(), now()).await.expect("the library");
    let counted: Vec<_> = library.iter().map(|line| (line.slug.as_str(), line.problems)).collect();
    assert!(counted.contains(&("t", (1, 1))) && counted.contains(&("at-the-window", (0, 0))), "{counted:?}");
}

async fn an_empty_text_is_told_what_its_kind_has_to_hold(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    for (kind, held) in [
        (Kind::Quiz, "`kind: quiz`, `title: …` and `pass: 80`"),
        (Kind::Scenario, "`kind: scenario`, `title: …` and `pass: { score: 70, ending: good, critical: 0 }`"),
        (Kind::JobAid, "`kind: job-aid` and `title: …`"),
    ] {
        for text in ["", "---\n---\n\n# T\n", "# T\n"] {
            let looked = usecases.check_draft(&ada, kind, "t", text).await.expect("looked at");
            let first = &looked.problems[0];
            assert_eq!((first.code.as_str(), first.line), ("C05", 1), "{text:?}");
            assert!(first.help.as_deref().is_some_and(|help| help.contains(held)), "{text:?}: {first:?}");
            assert!(!looked.is_publishable);
        }
    }
}

async fn names_of_flags_are_told_beside_a_target_that_is_broken(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let text = "---\nkind: scenario\ntitle: T\npass: { ending: good }\n---\n\n# T\n\n## One\n\n- [Go](#tow) `set promissed`\n\n\
                ## Two\n\n`if promised` *She nods.*\n\n`if not promised` *She waits.*\n\n- [Go](#three)\n\n## Three\n\n`ending good`\n\n*Done.*\n";
    let looked = usecases.check_draft(&ada, Kind::Scenario, "t", text).await.expect("looked at");
    assert_eq!(
        said(&looked.problems),
        [
            "S03 11: this choice leads nowhere; did you mean #two (line 13)?",
            "S09 11: no condition reads `promissed`, and no choice sets `promised`, which is read on line 15 and in one more place; \
             one of the two is misspelt: did you mean `set promised`?",
        ]
    );
}
