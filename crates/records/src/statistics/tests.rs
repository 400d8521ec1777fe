use super::*;
use proptest::prelude::*;

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// Rounded to thousandths, as they stand in tables.
fn thousandths(interval: Interval) -> [i64; 3] {
    [interval.share, interval.least, interval.most].map(|number| (number * 1000.0).round() as i64)
}

#[test]
fn intervals_are_wilsons() {
    // Worked out by hand from the formula of 1927, with z = 1.96.
    for (part, people, wanted) in [
        (0.0, 10, [0, 0, 278]),
        (10.0, 10, [1000, 722, 1000]),
        (8.0, 10, [800, 490, 943]),
        (1.0, 2, [500, 95, 905]),
        (50.0, 100, [500, 404, 596]),
        (7.5, 10, [750, 442, 919]),
    ] {
        assert_eq!(wilson(part, people).map(thousandths), Some(wanted), "{part} of {people}");
    }
    assert_eq!(wilson(0.0, 0), None);
}

#[test]
fn what_is_kept_back_is_nobody_or_ten_together() {
    for (counts, wanted) in [
        (vec![], vec![]),
        (vec![9], vec![false]),
        (vec![10], vec![true]),
        (vec![10, 0], vec![true, false]),
        (vec![20, 10, 1], vec![true, false, false]),
        (vec![20, 5, 5], vec![true, false, false]),
        (vec![10, 9], vec![false, false]),
    ] {
        assert_eq!(told(&counts), wanted, "{counts:?}");
    }
}

/// Ten people, a question of one point among five: who is right, and how many of the other four they have.
const TEN: [(bool, u32); 10] =
    [(true, 4), (true, 4), (true, 3), (true, 3), (true, 2), (true, 1), (false, 3), (false, 2), (false, 1), (false, 1)];

#[test]
fn a_question_is_worked_out_as_by_hand() {
    let mut item = Item::new(2, 2);
    for (right, rest) in TEN {
        let chosen = [usize::from(!right)];
        let (rest, score) = (Some(f64::from(rest) / 4.0), f64::from(u8::from(right)));
        item.add(&Answer { score, rest, right, answered: true, chosen: &chosen, parts: &[right, right] });
    }
    let figures = item.figures(true).expect("ten");
    assert_eq!(thousandths(figures.facility), [600, 313, 832]);
    // Means 0.6 and 2.4; sums of squares 2.4 and 12.4, of products 17 − 10 · 0.6 · 2.4 = 2.6.
    let wanted = 2.6 / (2.4_f64 * 12.4).sqrt();
    assert!(near(figures.discrimination.expect("both scatter"), wanted), "{figures:?}");
    assert_eq!((figures.right, figures.wrong, figures.partly, figures.unanswered), (0.6, 0.4, 0.0, 0.0));
    assert_eq!(figures.options.iter().map(|option| option.share).collect::<Vec<_>>(), [0.6, 0.4]);
    assert!(figures.options.iter().all(|option| option.rest.is_none()), "six and four are too few for a mean");
    assert_eq!((figures.right_rest, figures.parts), (None, vec![0.6, 0.6]));
}

#[test]
fn means_of_those_who_chose_are_told_from_ten_on_each_side() {
    let mut item = Item::new(3, 0);
    for number in 0..30_u32 {
        let option = if number < 18 { 0 } else { 1 };
        let rest = if option == 0 { 0.5 } else { 0.75 };
        let right = option == 0;
        let score = f64::from(u8::from(right));
        item.add(&Answer { score, rest: Some(rest), right, answered: true, chosen: &[option], parts: &[] });
    }
    let figures = item.figures(true).expect("thirty");
    let rests: Vec<_> = figures.options.iter().map(|option| option.rest).collect();
    assert_eq!(rests, [Some(0.5), Some(0.75), None]);
    assert_eq!(figures.signs(&[true, false, false]), [Sign::Weak, Sign::Taken(1), Sign::Untaken(2)]);
    // One more, who chose the third: the whole and the other two would tell their points.
    item.add(&Answer { score: 0.0, rest: Some(0.1), right: false, answered: true, chosen: &[2], parts: &[] });
    let rests: Vec<_> = item.figures(true).expect("some").options.iter().map(|option| option.rest).collect();
    assert_eq!(rests, [Some(0.5), None, None]);
}

#[test]
fn nothing_is_said_of_nine() {
    let mut item = Item::new(1, 0);
    let mut play = RolePlay::new([1, 0]);
    let way = Way { scenes: vec![0, 1], decisions: vec![Decided { scene: 0, choice: 0, costs: vec![(0, 0.0)] }] };
    for _ in 0..9 {
        item.add(&Answer { score: 1.0, rest: None, right: true, answered: true, chosen: &[0], parts: &[] });
        play.add(&way, Some(100.0), true);
    }
    assert_eq!((item.figures(true), play.figures()), (None, None));
    item.add(&Answer { score: 1.0, rest: None, right: true, answered: true, chosen: &[0], parts: &[] });
    play.add(&way, Some(100.0), true);
    let figures = item.figures(true).expect("ten");
    assert_eq!((figures.discrimination, figures.signs(&[true])), (None, vec![Sign::Easy]), "there is no rest");
    assert_eq!(play.figures().expect("ten").passed.share, 1.0);
}

#[test]
fn what_to_look_at_follows_from_the_bounds() {
    let of = |facility: f64, discrimination: f64| Figures {
        people: 100,
        facility: wilson(facility * 100.0, 100).expect("somebody"),
        discrimination: Some(discrimination),
        right: facility,
        partly: 0.0,
        wrong: 1.0 - facility,
        unanswered: 0.0,
        right_rest: None,
        options: Vec::new(),
        parts: Vec::new(),
    };
    for (facility, discrimination, wanted) in [
        (0.29, 0.2, vec![Sign::Hard]),
        (0.3, 0.2, vec![]),
        (0.95, 0.1, vec![]),
        (0.96, 0.09, vec![Sign::Easy, Sign::Weak]),
        (0.5, -0.3, vec![Sign::Weak]),
    ] {
        assert_eq!(of(facility, discrimination).signs(&[]), wanted, "{facility} {discrimination}");
    }
}

#[test]
fn a_scene_a_move_and_a_choice_count_once_for_each_person() {
    let mut play = RolePlay::new([2, 1, 0]);
    // Out and back to the first scene, and then on.
    let long = Way {
        scenes: vec![0, 1, 0, 1, 0, 2],
        decisions: vec![Decided { scene: 0, choice: 0, costs: vec![(0, 50.0), (1, 0.0)] }],
    };
    let short =
        Way { scenes: vec![0, 2], decisions: vec![Decided { scene: 0, choice: 1, costs: vec![(0, 30.0), (1, 0.0)] }] };
    for _ in 0..10 {
        play.add(&long, Some(50.0), false);
    }
    for _ in 0..30 {
        play.add(&short, Some(100.0), true);
    }
    let figures = play.figures().expect("forty");
    assert_eq!(figures.scenes.iter().map(|scene| scene.share).collect::<Vec<_>>(), [1.0, 0.25, 1.0]);
    let choices = figures.scenes[0].choices.as_ref().expect("enough");
    let told: Vec<_> = choices.iter().map(|choice| (choice.share, choice.score, choice.cost)).collect();
    assert_eq!(told, [(0.25, Some(50.0), Some(35.0)), (0.75, Some(100.0), Some(0.0))]);
    let moves: Vec<_> = figures.moves.iter().map(|way| (way.from, way.to, way.share)).collect();
    assert_eq!(moves, [(0, 1, 0.25), (0, 2, 1.0), (1, 0, 0.25)]);
    assert_eq!((figures.score, figures.passed.share), (Some(87.5), 0.75));
}

/// The correlation as books write it, with all numbers at hand.
fn plainly(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (one, other) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|(x, y)| of(x - one, y - other)).sum::<f64>();
    let (squares, others, products) = (sum(&|x, _| x * x), sum(&|_, y| y * y), sum(&|x, y| x * y));
    (squares > 1e-9 && others > 1e-9).then(|| products / (squares * others).sqrt())
}

proptest! {
    #[test]
    fn an_interval_holds_its_share_and_narrows_with_more_people(part in 0_u32..=50, people in 1_u64..=50, times in 2_u64..9) {
        let part = f64::from(part).min(people as f64);
        let one = wilson(part, people).expect("somebody");
        prop_assert!(0.0 <= one.least && one.least <= one.share && one.share <= one.most && one.most <= 1.0, "{one:?}");
        let more = wilson(part * times as f64, people * times).expect("somebody");
        prop_assert!(more.most - more.least < one.most - one.least);
        // Right and wrong are two sides of one thing.
        let turned = wilson(people as f64 - part, people).expect("somebody");
        prop_assert!(near(turned.least, 1.0 - one.most) && near(turned.most, 1.0 - one.least));
    }

    #[test]
    fn what_grows_is_what_books_reckon(pairs in prop::collection::vec((0_u8..5, 0_u8..9), 2..60)) {
        let pairs: Vec<_> = pairs.iter().map(|(x, y)| (f64::from(*x) / 4.0, f64::from(*y) / 8.0)).collect();
        let mut together = Together::default();
        pairs.iter().for_each(|(one, other)| together.add(*one, *other));
        match (together.correlation(), plainly(&pairs)) {
            (Some(one), Some(other)) => prop_assert!(near(one, other), "{one} {other}"),
            (one, other) => prop_assert_eq!(one, other),
        }
        let mut turned = Together::default();
        pairs.iter().for_each(|(one, other)| turned.add(*other, 1.0 - one));
        if let (Some(one), Some(other)) = (together.correlation(), turned.correlation()) {
            prop_assert!(near(one, -other), "turned round it is the same with the other sign");
        }
    }

    #[test]
    fn nothing_told_betrays_fewer_than_ten(counts in prop::collection::vec(0_u64..40, 0..8)) {
        let told = told(&counts);
        let hidden: u64 = counts.iter().zip(&told).filter(|(_, told)| !**told).map(|(count, _)| *count).sum();
        prop_assert!(counts.iter().zip(&told).all(|(count, told)| !told || *count >= LEAST));
        prop_assert!(hidden == 0 || hidden >= LEAST || told.iter().all(|told| !told));
    }
}
