//! What one of the people does in three years.

use records::day::{Day, Period};
use store::{
    DepartmentId, Event, PersonId, RequirementId,
    load::{Happening, Newcomer, Workplace},
};

use usecases::demo::chance::Chance;

use super::{Basis, Floor, HOUR, Plan, Terms};

/// A requirement as people know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) id: RequirementId,
    /// Since when everybody is asked.
    pub(super) from_on: i32,
    /// After how many days it is first due, about.
    pub(super) due_days: i32,
    pub(super) terms: Terms,
}

/// Kinds of chance, each a stream of its own.
const NAMES: u64 = 1;
const LIVES: u64 = 2;
const WARDS: u64 = 3;

const ROLES: [&str; 8] =
    ["Nurse", "Nurse", "Midwife", "Physician", "Receptionist", "Porter", "Pharmacist", "Nursing assistant"];

/// The person of a number. Those who come first manage a department each.
pub(super) fn newcomer(plan: &Plan, number: usize, first: PersonId) -> Newcomer {
    let name = name(plan.seed, number);
    let mut life = Life::new(plan, number, first);
    life.employment();
    for asked in &plan.asked {
        life.learn(asked);
    }
    let can_sign_in = number <= plan.departments.len();
    let (came, left_on, hired_on) = (life.came(), life.left, life.hired.filter(|_| life.is_hired_known));
    let (places, facts) = (std::mem::take(&mut life.places), life.in_order());
    Newcomer {
        email: Some(email(plan.seed, number)),
        employee_no: format!("N{number:06}"),
        name,
        password_hash: plan.password_hash.clone().filter(|_| can_sign_in),
        added_at: morning(came),
        since_on: came,
        access_ended: left_on.filter(|last| *last < plan.today).map(|last| (last + 1, morning(last + 1))),
        hired_on,
        left_on,
        manages: plan.departments.get(number).map(|department| department.id),
        places,
        facts,
    }
}

/// The address of the person of a number.
pub(super) fn email(seed: u64, number: usize) -> String {
    format!("{}.{number}@hospital.example", name(seed, number).to_lowercase().replace(' ', "."))
}

fn name(seed: u64, number: usize) -> String {
    let mut chance = Chance::of(seed, NAMES, number);
    format!("{} {}", chance.one(&GIVEN), chance.one(&FAMILY))
}

struct Life<'p> {
    plan: &'p Plan,
    chance: Chance,
    first: PersonId,
    number: usize,
    /// Where in the list their department stands.
    ward: usize,
    hired: Option<i32>,
    is_hired_known: bool,
    left: Option<i32>,
    /// Leaves: first and last day; the largest number there is while nobody knows the last.
    leaves: Vec<(i32, i32)>,
    /// How much less than others they do in time.
    slack: f64,
    places: Vec<Workplace>,
    facts: Vec<Happening>,
}

/// The department of a manager, or some ward: the first are the largest.
fn department(plan: &Plan, chance: &mut Chance, number: usize) -> usize {
    let count = plan.departments.len();
    if number < count {
        return number;
    }
    let wards = plan.departments.iter().position(|one| one.floor == Floor::Ward).unwrap_or(0);
    // One in fifty works at a hospital or a division itself.
    if chance.happens(0.02) {
        return chance.between(0, wards as i32 - 1).max(0) as usize;
    }
    let place = chance.share().powf(1.3) * (count - wards) as f64;
    (wards + place as usize).min(count - 1)
}

impl<'p> Life<'p> {
    fn new(plan: &'p Plan, number: usize, first: PersonId) -> Self {
        let mut chance = Chance::of(plan.seed, LIVES, number);
        let ward = department(plan, &mut chance, number);
        // In some wards nobody asks, in others everybody does.
        let of_ward = 0.35 + 1.5 * Chance::of(plan.seed, WARDS, ward).share();
        let slack = of_ward * (0.5 + chance.share());
        Self {
            plan,
            chance,
            first,
            number,
            ward,
            hired: None,
            is_hired_known: true,
            left: None,
            leaves: Vec::new(),
            slack,
            places: Vec::new(),
            facts: Vec::new(),
        }
    }

    fn manages(&self) -> bool {
        self.number < self.plan.departments.len()
    }

    /// The day from which Bedside knows them.
    fn came(&self) -> i32 {
        self.hired.unwrap_or(self.plan.began).max(self.plan.began)
    }

    /// The last day on which they may do something.
    fn last_day(&self) -> i32 {
        self.left.map_or(self.plan.today, |left| left.min(self.plan.today))
    }

    /// Who records things about them.
    fn manager(&self) -> PersonId {
        if self.manages() { self.plan.administrator } else { PersonId(self.first.0 + self.ward as i64) }
    }

    fn department(&self) -> DepartmentId {
        self.plan.departments[self.ward].id
    }

    /// When they came, where they worked, when they were away, and whether they left.
    fn employment(&mut self) {
        let Plan { today, began, .. } = *self.plan;
        let long_ago = self.manages() || self.chance.happens(0.7);
        let hired = if long_ago {
            self.chance.between(began - 365 * 12, began)
        } else {
            self.chance.between(began + 1, today - 1)
        };
        self.hired = Some(hired);
        // Of a few nobody wrote down when they came.
        self.is_hired_known = self.manages() || !self.chance.happens(0.002);
        if self.is_hired_known {
            self.tell(morning(self.came()), hired, Event::Hired, None, None);
        }
        if !self.manages() && self.chance.happens(0.06) {
            let left = self.chance.between(self.came() + 60, today + 30);
            if left > self.came() && left <= today + 30 {
                self.left = Some(left);
                let told = morning((left - 21).max(self.came()).min(today)) + HOUR;
                self.tell(told, left, Event::Left, None, None);
            }
        }
        self.work(hired);
        self.be_away();
    }

    fn work(&mut self, hired: i32) {
        let today = self.plan.today;
        let role = if self.manages() { "Manager" } else { self.chance.one(&ROLES) };
        let end = self.left.map(|left| left + 1);
        let place = |department, job_role, from_on, until_on| Workplace { department, job_role, from_on, until_on };
        let here = self.department();
        let moved = self.chance.between(self.came() + 30, today + 20);
        let stays = self.left.is_none_or(|left| moved < left);
        if !self.manages() && self.chance.happens(0.15) && moved > self.came() && moved <= today + 20 && stays {
            // Where they work now is their ward; before it they were in another.
            let before = department(self.plan, &mut self.chance, self.plan.departments.len());
            let other = if self.chance.happens(0.3) { self.chance.one(&ROLES) } else { role };
            self.places.push(place(self.plan.departments[before].id, other, hired, Some(moved)));
            self.places.push(place(here, role, moved, end));
        } else if !self.manages() && self.left.is_none() && self.chance.happens(0.003) && hired < today - 60 {
            // Between two wards.
            self.places.push(place(here, role, hired, Some(today - 20)));
        } else {
            self.places.push(place(here, role, hired, end));
        }
    }

    fn be_away(&mut self) {
        let Plan { today, .. } = *self.plan;
        if self.manages() {
            return;
        }
        let earliest = self.came() + 10;
        if self.chance.happens(0.06) {
            let from = self.chance.between(earliest, today - 220);
            let to = from + self.chance.between(20, 180);
            if from > earliest && self.left.is_none_or(|left| to < left) {
                self.leaves.push((from, to));
                self.tell(
                    morning((from - 10).max(self.came())) + 2 * HOUR,
                    from,
                    Event::Leave { to: Some(to) },
                    None,
                    Some("Leave"),
                );
            }
        }
        if self.left.is_none() && self.chance.happens(0.02) {
            let from = self.chance.between((today - 150).max(earliest), today - 1);
            if from > earliest && self.leaves.iter().all(|(_, to)| *to < from) {
                let to = (!self.chance.happens(0.1)).then(|| today + self.chance.between(1, 150));
                self.leaves.push((from, to.unwrap_or(i32::MAX)));
                self.tell(
                    morning((from - 10).max(self.came())) + 2 * HOUR,
                    from,
                    Event::Leave { to },
                    None,
                    Some("Parental leave"),
                );
            }
        }
    }

    /// What they do about one requirement.
    fn learn(&mut self, asked: &Asked) {
        let today = self.plan.today;
        let begin = asked.from_on.max(self.came());
        let last = self.last_day();
        if begin > last {
            return;
        }
        // From this day on nothing is done any more.
        let mut last = last;
        if self.chance.happens(0.006) {
            let from = self.chance.between((today - 300).max(begin).min(last), last);
            let until = match self.chance.between(0, 9) {
                0..=4 => None,
                5..=8 => Some(today + self.chance.between(5, 300)),
                _ => Some((from + self.chance.between(10, 60)).max(from)),
            };
            let reason = Some("Does not do this work at present");
            self.tell(morning(from) + 3 * HOUR, from, Event::Exempted { until }, Some(asked.id), reason);
            last = from - 1;
        }
        let mut opens = begin;
        let mut due = begin + asked.due_days;
        let mut is_renewal = false;
        loop {
            let dice = self.chance.share();
            let (never, late) = (0.13 * self.slack, 0.14 * self.slack);
            if dice < never {
                self.put_off(asked, due, last);
                return;
            }
            let wanted = if dice < never + late {
                let much = self.chance.share();
                due + 1 + (much * much * 90.0) as i32
            } else {
                // Most wait until it is nearly due.
                let share = 1.0 - self.chance.share() * self.chance.share();
                opens + (f64::from((due - opens).max(1)) * share) as i32
            };
            let on = self.back_from_leave(wanted);
            if on > last || !self.complete(asked, on, last) {
                return;
            }
            let Some(validity) = asked.terms.validity else { return };
            let end = valid_through(&asked.terms, validity, on, is_renewal.then_some(due));
            opens = end - asked.terms.window;
            due = end;
            is_renewal = true;
        }
    }

    /// Records that they did it; false where it was taken back again.
    fn complete(&mut self, asked: &Asked, on: i32, last: i32) -> bool {
        let at = self.hour(on);
        let id = Some(asked.id);
        let dice = self.chance.share();
        if dice < 0.04 {
            // A session that somebody saw, written down some days later, and sometimes wrongly.
            let told = morning((on + self.chance.between(0, 14)).min(last)) + 5 * HOUR;
            let is_wrong = dice < 0.004 && on + 20 < last;
            let day = if is_wrong { on - 1 } else { on };
            let by = Some(self.manager());
            let new = Happening {
                recorded_at: told,
                on: day,
                event: Event::Completed,
                requirement: id,
                by,
                reason: Some("Seen on the ward"),
                supersedes: None,
            };
            let wrong = self.facts.len();
            self.facts.push(new);
            if is_wrong {
                let recorded_at = told + 24 * HOUR * i64::from(self.chance.between(1, 5));
                let reason = Some("It was a day later");
                self.facts.push(Happening { recorded_at, on, reason, supersedes: Some(wrong), ..new });
            }
            return true;
        }
        self.facts.push(Happening {
            recorded_at: at,
            on,
            event: Event::Completed,
            requirement: id,
            by: None,
            reason: None,
            supersedes: None,
        });
        if dice > 0.9992 && on + 30 < last {
            let day = self.chance.between(on + 10, last);
            self.tell(morning(day) + 6 * HOUR, day, Event::Revoked, id, Some("It was done for them"));
            return false;
        }
        true
    }

    /// They do not do it; some are given more time.
    fn put_off(&mut self, asked: &Asked, due: i32, last: i32) {
        if due <= last && self.chance.happens(0.06) {
            let on = self.chance.between((last - 40).max(due - 5), last);
            let until = last + self.chance.between(5, 45);
            self.tell(
                morning(on) + 4 * HOUR,
                on,
                Event::Extended { due: until },
                Some(asked.id),
                Some("The ward was short of people"),
            );
        }
    }

    fn tell(
        &mut self,
        recorded_at: i64,
        on: i32,
        event: Event,
        requirement: Option<RequirementId>,
        reason: Option<&'static str>,
    ) {
        let by = Some(match event {
            Event::Hired | Event::Left => self.plan.administrator,
            _ => self.manager(),
        });
        self.facts.push(Happening { recorded_at, on, event, requirement, by, reason, supersedes: None });
    }

    /// What was to fall into a leave is done some days after it.
    fn back_from_leave(&mut self, day: i32) -> i32 {
        let mut day = day;
        for at in 0..self.leaves.len() {
            let (from, to) = self.leaves[at];
            if (from..=to).contains(&day) {
                day = to.saturating_add(self.chance.between(2, 20));
            }
        }
        day
    }

    /// Some time of a working day.
    fn hour(&mut self, day: i32) -> i64 {
        morning(day) + i64::from(self.chance.between(0, 10 * 3600)) * 1_000_000
    }

    /// What the ledger is to hold, in the order of its recording.
    fn in_order(self) -> Vec<Happening> {
        let mut order: Vec<usize> = (0..self.facts.len()).collect();
        order.sort_by_key(|at| self.facts[*at].recorded_at);
        let mut places = vec![0; order.len()];
        for (place, at) in order.iter().enumerate() {
            places[*at] = place;
        }
        let moved = |fact: &Happening| Happening { supersedes: fact.supersedes.map(|at| places[at]), ..*fact };
        order.iter().map(|at| moved(&self.facts[*at])).collect()
    }
}

/// Until when what is done on a day counts, as the policy reckons it; `due` is when a renewal was due.
fn valid_through(terms: &Terms, validity: Period, on: i32, due: Option<i32>) -> i32 {
    let from_completion = validity.after(Day(on), 1).0;
    match (terms.basis, due) {
        (Basis::Expiry, Some(due)) if on <= due => validity.after(Day(due), 1).0,
        (Basis::September, due) => {
            let earliest = Day(due.map_or(on, |due| due.max(on))).plus(90).date();
            let slot = |year: i16| jiff::civil::date(year, 9, 1);
            let next =
                if earliest <= slot(earliest.year()) { slot(earliest.year()) } else { slot(earliest.year() + 1) };
            Day::of(next).0
        }
        _ => from_completion,
    }
}

/// Seven o'clock in the world, eight there.
fn morning(day: i32) -> i64 {
    i64::from(day) * 24 * HOUR + 7 * HOUR
}

const GIVEN: [&str; 48] = [
    "Adaeze", "Amara", "Amina", "Anna", "Ayo", "Bintou", "Blessing", "Carlos", "Chen", "Chidi", "David", "Dora",
    "Elena", "Emeka", "Esther", "Fatima", "Femi", "Grace", "Halima", "Hassan", "Ibrahim", "Ines", "Ivan", "Jamal",
    "Joseph", "Kofi", "Leila", "Lena", "Lucas", "Maria", "Mei", "Musa", "Nadia", "Ngozi", "Nia", "Obi", "Olga", "Omar",
    "Peter", "Rosa", "Ruth", "Samuel", "Sara", "Tunde", "Uche", "Wanjiru", "Yusuf", "Zainab",
];
const FAMILY: [&str; 56] = [
    "Abebe",
    "Achebe",
    "Adeyemi",
    "Ahmed",
    "Bello",
    "Boateng",
    "Castro",
    "Chukwu",
    "Costa",
    "Danjuma",
    "Diallo",
    "Eze",
    "Fernandez",
    "Ferreira",
    "Garcia",
    "Haddad",
    "Hassan",
    "Ibe",
    "Ivanova",
    "Jansen",
    "Jimoh",
    "Kamau",
    "Keita",
    "Khan",
    "Kim",
    "Lawal",
    "Lopez",
    "Maina",
    "Mensah",
    "Mohammed",
    "Moreau",
    "Mwangi",
    "Ndiaye",
    "Novak",
    "Nwosu",
    "Obi",
    "Odhiambo",
    "Okafor",
    "Okoro",
    "Olawale",
    "Otieno",
    "Owusu",
    "Patel",
    "Petrov",
    "Rossi",
    "Sanchez",
    "Schmidt",
    "Silva",
    "Suleiman",
    "Tadesse",
    "Traore",
    "Uzor",
    "Wang",
    "Wekesa",
    "Yeboah",
    "Zulu",
];
