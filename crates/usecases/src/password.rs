//! Passwords: what is accepted, and how it is kept (security.md, Sign-in).

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::Failure;

/// Fewest characters of a password.
pub const MIN_CHARS: usize = 12;
/// Most characters of a password.
pub const MAX_CHARS: usize = 128;
/// Below so many guesses (zxcvbn's estimate) a password is refused: the 10,000 most common ones, their usual
/// disguises, and words of the context all lie under it.
const FEWEST_GUESSES: u64 = 1_000_000;
/// Fewest letters and digits besides the words of the context: several of those words in a row look long to an estimate.
const FEWEST_OWN: usize = 6;

/// Why a password is refused, as a sentence for its field, or `None` when it is accepted.
///
/// `context` holds words an attacker would try first: the name, the e-mail address, the staff number, the organisation.
pub fn refusal(password: &str, context: &[&str]) -> Option<String> {
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        return Some(format!("Use at least {MIN_CHARS} characters. Three or four unrelated words work well"));
    }
    if chars > MAX_CHARS {
        return Some(format!("Use {MAX_CHARS} characters or fewer"));
    }
    let words = context.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|w| w.len() > 1);
    let words: Vec<&str> = words.collect();
    let inputs: Vec<&str> = context.iter().chain(&words).copied().collect();
    if own_part(password, &words) < FEWEST_OWN || zxcvbn::zxcvbn(password, &inputs).guesses() < FEWEST_GUESSES {
        return Some(
            "This would be guessed quickly: it is common, repeats itself, or uses your name or your \
                     organisation's. Try three or four unrelated words"
                .to_owned(),
        );
    }
    None
}

/// How many letters and digits are left of a password without the words of its context.
fn own_part(password: &str, words: &[&str]) -> usize {
    let mut words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    // The longest first, so that no word is torn by a shorter one inside it.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let left = words.iter().fold(password.to_lowercase(), |left, word| left.replace(word.as_str(), " "));
    left.chars().filter(|letter| letter.is_alphanumeric()).count()
}

/// How well a password would stand, as a sentence for whoever is typing it. Their own words are not known here, so that
/// [`refusal`] has the last word.
pub fn strength(password: &str) -> String {
    let chars = password.chars().count();
    if let Some(missing) = MIN_CHARS.checked_sub(chars).filter(|missing| *missing > 0) {
        return format!("Strength: {missing} more {} to go", if missing == 1 { "character" } else { "characters" });
    }
    if let Some(why) = refusal(password, &[]) {
        return format!("Strength: weak. {why}");
    }
    // Guesses as powers of ten: a million is what is asked, and what a well-kept hash can bear (zxcvbn, 2016).
    let words = match zxcvbn::zxcvbn(password, &[]).guesses_log10() {
        ..8.0 => "fair",
        8.0..11.0 => "good",
        _ => "very good",
    };
    format!("Strength: {words}")
}

/// Checked against when nobody has the login that was typed, so that both answers take as long. No password fits it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and checks passwords, a few at once: each takes 19 MiB, and the others wait.
///
/// Argon2id with m = 19456 KiB, t = 2, p = 1, which are the library's defaults (OWASP Password Storage Cheat Sheet); a
/// test holds them to it.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(2)) }
    }
}

impl Passwords {
    /// The hash to keep, in PHC form.
    ///
    /// # Errors
    /// [`Failure::Internal`] where hashing fails.
    pub async fn hash(&self, password: &str) -> Result<String, Failure> {
        let password = password.to_owned();
        self.in_turn(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(|cause| Failure::Internal(cause.to_string()))
    }

    /// Whether the password is the one that was hashed. Without a hash it is not, and that takes as long to say.
    ///
    /// # Errors
    /// [`Failure::Internal`] where the work could not be done.
    pub async fn fits(&self, password: &str, hash: Option<&str>) -> Result<bool, Failure> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(NOBODY).to_owned();
        let password = password.to_owned();
        let fits = self
            .in_turn(move || {
                PasswordHash::new(&hash)
                    .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(fits && known)
    }

    /// Whether a hash was made with other parameters than new ones are, so that it is to be made again at sign-in.
    pub fn is_outdated(hash: &str) -> bool {
        let wanted = argon2::Params::default();
        let same = |hash: &PasswordHash| {
            let params = argon2::Params::try_from(hash).ok();
            hash.algorithm.as_str() == argon2::ARGON2ID_IDENT.as_str()
                && params.is_some_and(|found| {
                    (found.m_cost(), found.t_cost(), found.p_cost())
                        == (wanted.m_cost(), wanted.t_cost(), wanted.p_cost())
                })
        };
        !PasswordHash::new(hash).is_ok_and(|hash| same(&hash))
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let _turn = self.turns.acquire().await.map_err(|cause| Failure::Internal(cause.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|cause| Failure::Internal(cause.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_common_or_ones_own_name_is_refused() {
        let context = ["Ada Obi", "ada.obi@mercy.example", "Mercy Hospital"];
        for bad in [
            "short",
            "password1234",
            "aaaaaaaaaaaaaaaa",
            "adaobiadaobi",
            "123456789012",
            "mercyhospital",
            "ada obi mercy hospital",
            "Obi-Mercy-ADA-2026",
        ] {
            assert!(refusal(bad, &context).is_some(), "{bad}");
        }
        assert!(refusal(&"long enough and unlike ".repeat(9), &context).is_some());
        assert_eq!(refusal("kettle moss violin dune", &context), None);
        assert_eq!(refusal("смешной чайник 77", &context), None);
    }

    #[test]
    fn strength_grows_with_what_is_typed() {
        for (typed, says) in [
            ("kettle", "6 more characters to go"),
            ("kettle moss", "1 more character to go"),
            ("password1234", "weak"),
            ("kettle moss violin dune", "very good"),
        ] {
            assert!(strength(typed).contains(says), "{typed}: {}", strength(typed));
        }
    }

    #[tokio::test]
    async fn only_the_password_that_was_hashed_fits() {
        let passwords = Passwords::default();
        let hash = passwords.hash("kettle moss violin dune").await.expect("hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.fits("kettle moss violin dune", Some(&hash)).await.expect("check"));
        assert!(!passwords.fits("kettle moss violin June", Some(&hash)).await.expect("check"));
        assert!(!passwords.fits("anything at all", None).await.expect("check"));
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_is_outdated() {
        let hash = Passwords::default().hash("kettle moss violin dune").await.expect("hash");
        assert!(!Passwords::is_outdated(&hash));
        for older in
            [hash.replace("m=19456", "m=4096"), hash.replace("t=2", "t=1"), hash.replace("argon2id", "argon2i")]
        {
            assert!(Passwords::is_outdated(&older), "{older}");
        }
    }
}
