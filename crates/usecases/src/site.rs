//! The organisation itself: its name, its clocks, its working days, and the words that fill the tokens in texts.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::{Timestamp, civil::Date};
use records::person::Name;

use crate::{
    Failure, FieldError, Usecases, clock,
    set_up::{organisation_refused, zone_named, zone_refused},
    who::Who,
};

/// The organisation as an administrator changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteView {
    /// Its name.
    pub name: String,
    /// Its IANA zone.
    pub zone: String,
    /// Its language and country, a BCP 47 tag.
    pub locale: String,
    /// The days of the week on which people work, 1 (Monday) to 7, in order.
    pub working_days: Vec<i8>,
    /// What fills the tokens in texts, in the order of [`TOKENS`].
    pub tokens: [String; 5],
    /// Whether somebody else approves a draft before it is published.
    pub second_pair_of_eyes: bool,
}

/// The tokens that an administrator fills, with a label for each. `organisation` is filled by the organisation's name.
pub const TOKENS: [(&str, &str); 5] = [
    ("privacy_lead", "Who looks after privacy"),
    ("law", "The law on privacy"),
    ("emergency_no", "The number in an emergency"),
    ("payer", "Who pays for most people"),
    ("currency", "The currency"),
];

/// What stands in the place of each token while it is empty, and the hints that say so, in the order of [`TOKENS`].
struct WhileEmpty {
    plain: [&'static str; 5],
    hints: [&'static str; 5],
}

macro_rules! while_empty {
    ($lead:literal, $law:literal, $number:literal, $payer:literal, $currency:literal) => {
        WhileEmpty {
            plain: [$lead, $law, $number, $payer, $currency],
            hints: [
                concat!("For {privacy_lead}. Left empty: “", $lead, "”."),
                concat!("For {law}. Left empty: “", $law, "”."),
                concat!("For {emergency_no}. Left empty: “", $number, "”."),
                concat!("For {payer}. Left empty: “", $payer, "”."),
                concat!("For {currency}. Left empty: “", $currency, "”."),
            ],
        }
    };
}

impl WhileEmpty {
    /// As people say it where the organisation is (curriculum.md, Paths); in plain words where that is nowhere that is known.
    fn of(locale: &str) -> &'static Self {
        const NIGERIA: WhileEmpty = while_empty!(
            "our data protection officer",
            "the Nigeria Data Protection Act",
            "112",
            "the health insurer",
            "naira"
        );
        const BRITAIN: WhileEmpty =
            while_empty!("our data protection officer", "UK data protection law", "999", "the insurer", "pounds");
        const STATES: WhileEmpty = while_empty!("our privacy officer", "HIPAA", "911", "the insurer", "dollars");
        const ANYWHERE: WhileEmpty =
            while_empty!("our privacy lead", "the law on privacy", "the emergency number", "the insurer", "money");
        match locale {
            "en-NG" => &NIGERIA,
            "en-GB" => &BRITAIN,
            "en-US" => &STATES,
            _ => &ANYWHERE,
        }
    }
}

/// What to say beside the field of each of the [`TOKENS`]: what it fills, and what stands there while it is empty.
pub fn token_hints(locale: &str) -> [&'static str; 5] {
    WhileEmpty::of(locale).hints
}

/// The key of the settings under which the working days stand.
const WORKING_DAYS: &str = "working_days";

/// The key under which it stands that somebody else approves a draft before it is published.
const SECOND_PAIR_OF_EYES: &str = "second_pair_of_eyes";

/// The working days where nobody has said which: Monday to Friday.
const USUAL_DAYS: [i8; 5] = [1, 2, 3, 4, 5];

/// The longest words for a token, in characters.
const LONGEST: usize = 100;

/// What fills the tokens in texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tokens(Vec<(String, String)>);

impl Tokens {
    /// Of a site; what it does not fill has plain words.
    pub(crate) fn of(site: &store::Site) -> Self {
        let own: BTreeMap<String, String> = serde_json::from_str(&site.tokens).unwrap_or_default();
        let filled = TOKENS.iter().zip(WhileEmpty::of(&site.locale).plain).map(|((name, _), plain)| {
            let words = own.get(*name).filter(|words| !words.is_empty()).map_or(plain, String::as_str);
            (format!("{{{name}}}"), words.to_owned())
        });
        Self(filled.chain([("{organisation}".to_owned(), site.name.clone())]).collect())
    }

    /// Each token with its braces, and what fills it.
    pub(crate) fn all(&self) -> &[(String, String)] {
        &self.0
    }

    /// Fills the tokens of HTML, in which nothing else has braces.
    pub(crate) fn in_html(&self, html: &str) -> String {
        self.fill(html, courseware::escaped)
    }

    /// Fills the tokens of plain text.
    pub(crate) fn in_text(&self, text: &str) -> String {
        self.fill(text, str::to_owned)
    }

    /// From left to right, so that words with braces of their own fill nothing further.
    fn fill(&self, text: &str, write: impl Fn(&str) -> String) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            match self.0.iter().find(|(token, _)| from.starts_with(token.as_str())) {
                Some((token, words)) => {
                    out.push_str(&write(words));
                    rest = &from[token.len()..];
                }
                None => {
                    out.push('{');
                    rest = &from[1..];
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// What is known of the site while a request is answered.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    pub(crate) zone: String,
    pub(crate) tokens: Arc<Tokens>,
}

/// The words for the tokens as they were last made, with the row they are of: nearly every request wants them, and they
/// change once a year.
#[derive(Clone, Default)]
pub(crate) struct Made(Arc<RwLock<Option<OfSite>>>);

/// The site and what was made of it.
type OfSite = (store::Site, Arc<Tokens>);

impl Made {
    /// The words of a site; made anew where its row is another.
    fn of(&self, site: &store::Site) -> Arc<Tokens> {
        if let Some((of, tokens)) = &*self.0.read().unwrap_or_else(PoisonError::into_inner)
            && of == site
        {
            return Arc::clone(tokens);
        }
        let tokens = Arc::new(Tokens::of(site));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((site.clone(), Arc::clone(&tokens)));
        tokens
    }
}

impl Usecases {
    /// The organisation.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] before it is set up,
    /// [`Failure::Store`].
    pub async fn site(&self, who: &Who) -> Result<SiteView, Failure> {
        who.as_administrator()?;
        let site = self.store.site().await?.ok_or(Failure::NotFound)?;
        let own: BTreeMap<String, String> = serde_json::from_str(&site.tokens).unwrap_or_default();
        let tokens = TOKENS.map(|(name, _)| own.get(name).cloned().unwrap_or_default());
        let working_days = working_days(&site.settings);
        let second_pair_of_eyes = is_set(&site.settings, SECOND_PAIR_OF_EYES);
        Ok(SiteView {
            name: site.name,
            zone: site.zone,
            locale: site.locale,
            working_days,
            tokens,
            second_pair_of_eyes,
        })
    }

    /// Whether somebody else approves a draft before it is published.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn takes_second_pair_of_eyes(&self) -> Result<bool, Failure> {
        Ok(self.store.site().await?.is_some_and(|site| is_set(&site.settings, SECOND_PAIR_OF_EYES)))
    }

    /// The days of the week on which people work, 1 (Monday) to 7, in order: reminders go out on these and no others.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn working_days(&self) -> Result<Vec<i8>, Failure> {
        Ok(self.store.site().await?.map_or_else(|| USUAL_DAYS.to_vec(), |site| working_days(&site.settings)))
    }

    /// The site's zone, and the words for its tokens; UTC and plain words before it is set up.
    pub(crate) async fn here(&self) -> Result<Here, Failure> {
        Ok(match self.store.site().await? {
            Some(site) => Here { tokens: self.words.of(&site), zone: site.zone },
            None => Here { zone: "UTC".to_owned(), tokens: Arc::default() },
        })
    }

    /// The organisation's name and its day at `now`, for what is printed.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn letterhead(&self, now: Timestamp) -> Result<(String, Date), Failure> {
        let (name, zone) = match self.store.site().await? {
            Some(site) => (site.name, site.zone),
            None => (String::new(), "UTC".to_owned()),
        };
        Ok((name, clock::day_in(now, &zone)))
    }

    /// Changes the organisation's name, zone, locale, working days and words. Days that are in the record stay the days they were.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::NotFound`] before it is set up, [`Failure::Store`].
    pub async fn change_site(&self, who: &Who, typed: &SiteView, now: Timestamp) -> Result<(), Failure> {
        who.as_administrator()?;
        let mut errors = Vec::new();
        let name = Name::parse(&typed.name).map_err(|_| errors.push(organisation_refused()));
        let zone = zone_named(&typed.zone);
        if zone.is_none() {
            errors.push(zone_refused());
        }
        let locale = locale_of(&typed.locale);
        if locale.is_none() {
            errors.push(FieldError::new("locale", "Enter a language and a country, such as en-NG or fr-CM"));
        }
        let mut days: Vec<i8> = typed.working_days.iter().copied().filter(|day| (1..=7).contains(day)).collect();
        days.sort_unstable();
        days.dedup();
        if days.is_empty() {
            errors.push(FieldError::new("working_days", "Choose at least one day of the week"));
        }
        for ((field, _), words) in TOKENS.iter().zip(&typed.tokens) {
            if words.chars().count() > LONGEST || words.contains(char::is_control) {
                errors.push(FieldError::new(field, format!("Write at most {LONGEST} characters on one line")));
            }
        }
        let (Ok(name), Some(zone), Some(locale), true) = (name, zone, locale, errors.is_empty()) else {
            return Err(Failure::Invalid(errors));
        };
        let own = TOKENS.iter().zip(&typed.tokens).map(|((name, _), words)| (*name, words.trim()));
        let own: BTreeMap<&str, &str> = own.filter(|(_, words)| !words.is_empty()).collect();
        let tokens = serde_json::to_string(&own).map_err(|cause| Failure::Internal(cause.to_string()))?;
        let site = self.store.site().await?.ok_or(Failure::NotFound)?;
        let mut detail = format!("{}, {zone}, {locale}, working days {}", name.as_str(), days_words(&days));
        if typed.second_pair_of_eyes {
            detail.push_str(", drafts are approved by somebody else");
        }
        // What else is set stays as it is.
        let mut settings: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&site.settings).unwrap_or_default();
        settings.insert(WORKING_DAYS.to_owned(), days.into());
        settings.insert(SECOND_PAIR_OF_EYES.to_owned(), typed.second_pair_of_eyes.into());
        let settings = serde_json::Value::Object(settings).to_string();
        let noting = self.noting(who, "site.changed", None, &detail, now);
        let site = store::Site { name: name.as_str().to_owned(), zone, locale, tokens, settings, ..site };
        let changed = noting.update_site(site).await?;
        if changed { Ok(()) } else { Err(Failure::NotFound) }
    }
}

/// Whether something is switched on in a site's settings.
fn is_set(settings: &str, key: &str) -> bool {
    let settings: serde_json::Value = serde_json::from_str(settings).unwrap_or_default();
    settings.get(key).and_then(serde_json::Value::as_bool).unwrap_or(false)
}

/// The working days in a site's settings.
fn working_days(settings: &str) -> Vec<i8> {
    let settings: serde_json::Value = serde_json::from_str(settings).unwrap_or_default();
    let days: Vec<i8> =
        settings.get(WORKING_DAYS).and_then(|days| serde_json::from_value(days.clone()).ok()).unwrap_or_default();
    if days.is_empty() { USUAL_DAYS.to_vec() } else { days }
}

fn days_words(days: &[i8]) -> String {
    days.iter().map(i8::to_string).collect::<Vec<_>>().join(" ")
}

/// The language and country that a time zone speaks for, where texts know what is said there; else only the language.
pub(crate) fn locale_in(zone: &str) -> &'static str {
    match zone {
        "Africa/Lagos" => "en-NG",
        "Europe/London" | "Europe/Belfast" | "GB" => "en-GB",
        "America/New_York"
        | "America/Chicago"
        | "America/Denver"
        | "America/Los_Angeles"
        | "America/Phoenix"
        | "America/Anchorage"
        | "America/Detroit"
        | "America/Boise"
        | "Pacific/Honolulu" => "en-US",
        _ => "en",
    }
}

/// A tag of language, script and country as it is written best: `en-NG`; none for what is no tag (BCP 47, as far as people use it).
fn locale_of(typed: &str) -> Option<String> {
    // As other programs write it, and what people call the United Kingdom.
    let typed = typed.trim().replace('_', "-");
    let mut parts = typed.split('-').map(|part| if part.eq_ignore_ascii_case("UK") { "GB" } else { part });
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let language = parts.next().filter(|part| (2..=3).contains(&part.len()) && letters(part))?;
    let mut tag = language.to_ascii_lowercase();
    let mut next = parts.next();
    if let Some(script) = next.filter(|part| part.len() == 4 && letters(part)) {
        let (first, rest) = script.split_at(1);
        tag = format!("{tag}-{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase());
        next = parts.next();
    }
    if let Some(country) = next {
        let known = (country.len() == 2 && letters(country))
            || (country.len() == 3 && country.bytes().all(|byte| byte.is_ascii_digit()));
        tag = known.then(|| format!("{tag}-{}", country.to_ascii_uppercase()))?;
    }
    parts.next().is_none().then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_filled_and_other_braces_stay() {
        let site = store::Site {
            name: "A & B {law}".to_owned(),
            zone: String::new(),
            locale: String::new(),
            settings: String::new(),
            tokens: r#"{"privacy_lead":"Dr <Obi>","law":""}"#.to_owned(),
            config_rev: 0,
        };
        let tokens = Tokens::of(&site);
        assert_eq!(
            tokens.in_html("Ask {privacy_lead} of {organisation}, {law}, &#123;law} {unknown} {"),
            "Ask Dr &lt;Obi&gt; of A &amp; B &#123;law}, the law on privacy, &#123;law} {unknown} {"
        );
        assert_eq!(tokens.in_text("{privacy_lead}"), "Dr <Obi>");

        let said = [
            ("en-NG", "Tell Dr Obi under the Nigeria Data Protection Act, ring 112, pay the health insurer in naira"),
            ("en-GB", "Tell Dr Obi under UK data protection law, ring 999, pay the insurer in pounds"),
            ("en-US", "Tell Dr Obi under HIPAA, ring 911, pay the insurer in dollars"),
            ("fr-CM", "Tell Dr Obi under the law on privacy, ring the emergency number, pay the insurer in money"),
        ];
        for (locale, words) in said {
            let tokens = r#"{"privacy_lead":"Dr Obi","law":""}"#.to_owned();
            let tokens = Tokens::of(&store::Site { locale: locale.to_owned(), tokens, ..site.clone() });
            let text = "Tell {privacy_lead} under {law}, ring {emergency_no}, pay {payer} in {currency}";
            assert_eq!(tokens.in_text(text), words);
        }
    }

    #[test]
    fn a_locale_is_a_language_and_perhaps_a_country() {
        let right = [
            ("EN-ng", "en-NG"),
            (" fr ", "fr"),
            ("sr-LATN-rs", "sr-Latn-RS"),
            ("es-419", "es-419"),
            ("en_NG", "en-NG"),
            ("en-UK", "en-GB"),
        ];
        for (typed, tag) in right {
            assert_eq!(locale_of(typed).as_deref(), Some(tag), "{typed}");
        }
        for wrong in ["", "english", "en-", "en-NG-x", "e", "en-Nigeria", "é-NG", "en-é1"] {
            assert_eq!(locale_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn working_days_are_monday_to_friday_until_somebody_says_otherwise() {
        for unsaid in ["", "{}", r#"{"reminders":true}"#, r#"{"working_days":"all"}"#, r#"{"working_days":[]}"#] {
            assert_eq!(working_days(unsaid), [1, 2, 3, 4, 5], "{unsaid}");
        }
        assert_eq!(working_days(r#"{"working_days":[1,7]}"#), [1, 7]);
    }
}
