//! Riverside Hospital, which does not exist: 180 beds, twelve departments and the leadership, and sixty people (curriculum.md, Demo
//! organisation). What is asked of them is what the curriculum suggests. Days are counted back from the day on which the hospital is
//! looked at.

/// Its name.
pub const ORGANISATION: &str = "Riverside Hospital (made up)";
/// The department that all others are below.
pub(super) const HOUSE: &str = "Riverside Hospital";
/// Where its clocks are.
pub(super) const ZONE: &str = "Africa/Lagos";
/// Under whose name its people have addresses (RFC 2606: nobody has such an address).
pub(super) const ADDRESS: &str = "riverside.example";

/// Its departments, all of them below the hospital itself.
pub(super) const DEPARTMENTS: [&str; 13] = [
    "Leadership",
    "Front Desk",
    "Emergency",
    "Outpatients",
    "Medical Ward",
    "Surgical Ward",
    "Maternity",
    "Pharmacy",
    "Laboratory",
    "Radiology",
    "Billing",
    "Call Centre",
    "Facilities",
];

/// How soon somebody learns what is asked of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// As soon as they hear of it.
    Prompt,
    /// Some weeks before it is due.
    Usual,
    /// About when it is due.
    Late,
    /// Long after.
    VeryLate,
}

/// What becomes of somebody meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// They stay where they are.
    Stays,
    /// They begin to work here so many days ago.
    Joins(i32),
    /// Their last day was so many days ago.
    Leaves(i32),
    /// They are away from the first of these days ago to the second; one below 0 is still to come.
    Away(i32, i32, &'static str),
    /// They worked in another department until so many days ago.
    Moves(&'static str, i32),
    /// They did one of the modules elsewhere, and it was accepted so many days ago.
    Credited(&'static str, i32),
    /// One of the modules is not asked of them, as was decided so many days ago.
    Exempted(&'static str, i32, &'static str),
    /// They have until so many days from now for what is open.
    MoreTime(i32, &'static str),
}

/// Somebody who works there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Somebody {
    pub(super) name: &'static str,
    pub(super) department: &'static str,
    pub(super) job_role: &'static str,
    pub(super) habit: Habit,
    pub(super) fate: Fate,
}

use Fate::{Away, Credited, Exempted, Joins, Leaves, MoreTime, Moves, Stays};
use Habit::{Late, Prompt, Usual, VeryLate};

const fn one(
    name: &'static str,
    department: &'static str,
    job_role: &'static str,
    habit: Habit,
    fate: Fate,
) -> Somebody {
    Somebody { name, department, job_role, habit, fate }
}

/// Who signs in with which right.
pub(super) const SIGN_INS: [(&str, &str); 4] = [
    ("administrator", "Amara Idris"),
    ("manager", "Grace Mensah"),
    ("trainer", "Tomás Ferreira"),
    ("learner", "Leila Haddad"),
];

/// Everybody. The first sets the hospital up; in each department a manager comes first.
pub(super) const PEOPLE: [Somebody; 60] = [
    one("Amara Idris", "Leadership", "Manager", Prompt, Stays),
    one("Tomás Ferreira", "Leadership", "Manager", Prompt, Stays),
    one("Halima Yusuf", "Front Desk", "Manager", Usual, Stays),
    one("Peter Novak", "Front Desk", "Receptionist", Late, Stays),
    one("Blessing Okoro", "Front Desk", "Receptionist", Prompt, Stays),
    one("Daniel Achebe", "Front Desk", "Receptionist", Usual, Stays),
    one("Mei Lin", "Front Desk", "Receptionist", Usual, Credited("privacy-everywhere", 520)),
    one("Sade Balogun", "Front Desk", "Receptionist", VeryLate, Stays),
    one("Grace Mensah", "Emergency", "Manager", Prompt, Stays),
    one("Joseph Otieno", "Emergency", "Nurse", Usual, Stays),
    one("Nneka Eze", "Emergency", "Nurse", Usual, Joins(33)),
    one("Sani Danjuma", "Emergency", "Nurse", Late, Away(19, -16, "Sick leave")),
    one("Rafael Costa", "Emergency", "Physician", VeryLate, Stays),
    one("Chiamaka Obi", "Emergency", "Physician", Usual, MoreTime(21, "Double shifts after the road accident")),
    one("Ruth Wanjiru", "Outpatients", "Manager", Usual, Stays),
    one("Emeka Nwankwo", "Outpatients", "Nurse", Usual, Moves("Medical Ward", 190)),
    one("Salome Kariuki", "Outpatients", "Nurse", Prompt, Stays),
    one("Priya Nair", "Outpatients", "Physician", Late, Stays),
    one("Yakubu Sule", "Outpatients", "Receptionist", Usual, Joins(24)),
    one("Ines Moreau", "Medical Ward", "Manager", Prompt, Stays),
    one("Leila Haddad", "Medical Ward", "Nurse", VeryLate, Stays),
    one("Kofi Boateng", "Medical Ward", "Nurse", Usual, Away(45, -60, "Parental leave")),
    one("Samuel Adeyemi", "Medical Ward", "Nurse", Usual, Stays),
    one("Folake Adebayo", "Medical Ward", "Nurse", Prompt, Stays),
    one(
        "Omar Farouk",
        "Medical Ward",
        "Physician",
        Usual,
        Exempted("choosing-together", 300, "Teaches it at the university"),
    ),
    one("Victoria Etim", "Surgical Ward", "Manager", Usual, Stays),
    one("Thandi Mokoena", "Surgical Ward", "Nurse", Usual, Leaves(95)),
    one("Bashir Garba", "Surgical Ward", "Nurse", VeryLate, Stays),
    one("Anna Kowalska", "Surgical Ward", "Nurse", Prompt, Joins(400)),
    one("Uche Nnamdi", "Surgical Ward", "Physician", Late, Stays),
    one("Zainab Lawal", "Maternity", "Manager", Prompt, Stays),
    one("Patience Akpan", "Maternity", "Nurse", Usual, Stays),
    one("Rosa Jiménez", "Maternity", "Nurse", Usual, Away(370, 240, "Maternity leave")),
    one("Amina Sani", "Maternity", "Nurse", Prompt, Stays),
    one("Esther Owusu", "Maternity", "Physician", Usual, Stays),
    one("Chidi Okeke", "Pharmacy", "Manager", Usual, Stays),
    one("Fatou Diallo", "Pharmacy", "Pharmacist", Prompt, Stays),
    one("Gift Ekong", "Pharmacy", "Pharmacist", Usual, Joins(280)),
    one("Hana Suzuki", "Pharmacy", "Pharmacist", Late, Stays),
    one("Chen Wei", "Laboratory", "Manager", Usual, Stays),
    one("Abena Asante", "Laboratory", "Laboratory scientist", Usual, Stays),
    one("Ibrahim Musa", "Laboratory", "Laboratory scientist", Late, Stays),
    one("Lindiwe Dube", "Radiology", "Manager", Prompt, Stays),
    one("Tunde Bakare", "Radiology", "Radiographer", Usual, Stays),
    one("Miriam Cohen", "Radiology", "Radiographer", Usual, Stays),
    one("Adaeze Nwosu", "Billing", "Manager", Usual, Stays),
    one("George Owens", "Billing", "Billing clerk", Late, Leaves(210)),
    one("Kemi Alabi", "Billing", "Billing clerk", Prompt, Stays),
    one("Luis Ortega", "Billing", "Billing clerk", Usual, Stays),
    one("Rahila Bature", "Billing", "Billing clerk", Late, Stays),
    one("Sunday Effiong", "Call Centre", "Manager", Late, Stays),
    one("Naomi Phiri", "Call Centre", "Call agent", Usual, Stays),
    one("Joy Ibekwe", "Call Centre", "Call agent", Prompt, Stays),
    one("Aliyu Kabir", "Call Centre", "Call agent", VeryLate, Stays),
    one("Temi Ojo", "Call Centre", "Call agent", Usual, Joins(75)),
    one("Mary Uzor", "Facilities", "Manager", Usual, Stays),
    one("Isaac Mbeki", "Facilities", "Porter", Usual, Stays),
    one("Comfort Tetteh", "Facilities", "Porter", Late, Stays),
    one("Bolanle Idowu", "Facilities", "Housekeeper", Prompt, Stays),
    one("Hassan Abubakar", "Facilities", "Security guard", Usual, Stays),
];

/// What people say of a module afterwards, where they say anything.
pub(super) const COMMENTS: [&str; 24] = [
    "",
    "",
    "",
    "",
    "",
    "",
    "The role-play felt like last Tuesday.",
    "Short enough for a night shift.",
    "I used the words the same afternoon.",
    "One more example from the laboratory would help.",
    "The quiz made me read the page again.",
    "Could there be a sheet for the wall at window two?",
    "The table of words is what I will keep.",
    "Question four can be read two ways.",
    "I would like to hear it spoken, not only read it.",
    "More about relatives who ask on the phone, please.",
    "We talked about it at handover, which was worth more than the quiz.",
    "The wrong answers sound like me on a bad day.",
    "Please say what to do when nobody picks up the phone upstairs.",
    "It fits the ward better than the pharmacy.",
    "I read it on the bus. The text could be a little larger.",
    "Two of the choices were too easy to tell apart.",
    "Nothing new for me, and a good reminder.",
    "An example with a child would be good.",
];

/// What people write for themselves.
pub(super) const REFLECTIONS: [&str; 6] = [
    "I said my name first today, and the man said his.",
    "Next time I will say how long it takes, and come back before that.",
    "I explained too fast. I will ask what they heard.",
    "I will let her finish before I look at the screen.",
    "Thank the night team before I ask them for anything.",
    "The woman at window two waited without a word from us. I will tell people sooner.",
];
