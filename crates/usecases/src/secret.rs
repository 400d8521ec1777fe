//! Secrets that are handed out once: links and form tokens. The store keeps only hashes of links.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{Failure, demo::chance::Chance};

/// 128 random bits in hexadecimal, for a link or a form.
///
/// # Errors
/// [`Failure::Internal`] where the system has no randomness to give.
pub fn token() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|cause| Failure::Internal(format!("no randomness: {cause}")))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// Where what decides the order of questions, answers and choices in one attempt comes from: the system, but for made-up people a chance
/// that is known.
#[derive(Clone, Default)]
pub(crate) struct Seeds(Option<Arc<Mutex<Chance>>>);

impl Seeds {
    pub(crate) fn of(chance: Chance) -> Self {
        Self(Some(Arc::new(Mutex::new(chance))))
    }

    /// The next one.
    ///
    /// # Errors
    /// [`Failure::Internal`] where the system has no randomness to give.
    pub(crate) fn next(&self) -> Result<courseware::Seed, Failure> {
        if let Some(chance) = &self.0 {
            return Ok(chance.lock().unwrap_or_else(PoisonError::into_inner).bytes());
        }
        let mut seed = courseware::Seed::default();
        getrandom::fill(&mut seed).map_err(|cause| Failure::Internal(format!("no randomness: {cause}")))?;
        Ok(seed)
    }
}

/// The letters of a printed code: Crockford's base 32, without those that are read as another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a printed code: 50 bits, so that guessing is hopeless at the pace at which tries are taken.
const CODE_LETTERS: usize = 10;

/// The number of a certificate: 60 random bits, so that nobody finds one by trying, in three groups that can be typed.
///
/// # Errors
/// [`Failure::Internal`] where the system has no randomness to give.
pub fn certificate_number() -> Result<String, Failure> {
    let mut bytes = [0_u8; CERTIFICATE_LETTERS];
    getrandom::fill(&mut bytes).map_err(|cause| Failure::Internal(format!("no randomness: {cause}")))?;
    Ok(grouped(&bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]))))
}

/// Letters of a certificate's number.
const CERTIFICATE_LETTERS: usize = 12;

fn grouped(letters: &[char]) -> String {
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A certificate's number as it was typed, in the form in which it is printed. `None` when it cannot be one.
pub fn typed_number(typed: &str) -> Option<String> {
    let letters: Vec<char> = letters(typed).collect();
    let good = letters.len() == CERTIFICATE_LETTERS && letters.iter().all(|letter| is_letter(*letter));
    good.then(|| grouped(&letters))
}

/// What was typed from paper, in capitals, without dashes and spaces, O read as 0, I and L as 1.
fn letters(typed: &str) -> impl Iterator<Item = char> {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '–' | '.'));
    letters.map(|letter| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    })
}

fn is_letter(letter: char) -> bool {
    u8::try_from(letter).is_ok_and(|letter| LETTERS.contains(&letter))
}

/// A code for paper, in the form in which it is hashed; [`printed`] makes it readable.
///
/// # Errors
/// [`Failure::Internal`] where the system has no randomness to give.
pub fn code() -> Result<String, Failure> {
    let mut bytes = [0_u8; CODE_LETTERS];
    getrandom::fill(&mut bytes).map_err(|cause| Failure::Internal(format!("no randomness: {cause}")))?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// A code in two halves, as it is printed: `K7QM4-XW9D2`.
pub fn printed(code: &str) -> String {
    let middle = code.char_indices().nth(CODE_LETTERS / 2).map_or(code.len(), |(at, _)| at);
    format!("{}-{}", &code[..middle], &code[middle..])
}

/// A code as it was typed from paper, in the form in which it is hashed: in any case, with or without dashes and
/// spaces, O read as 0, I and L as 1. `None` when it cannot be one.
pub fn typed_code(typed: &str) -> Option<String> {
    let code: String = letters(typed).collect();
    let good = code.chars().count() == CODE_LETTERS && code.chars().all(is_letter);
    good.then_some(code)
}

/// Bytes as people may see them in an address or a form.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the store keeps of a session's id.
pub fn session_hash(id: i128) -> [u8; 32] {
    *blake3::hash(&id.to_le_bytes()).as_bytes()
}

/// What the store keeps of a secret.
pub fn hash(secret: &str) -> Vec<u8> {
    blake3::hash(secret.as_bytes()).as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tokens_differ() {
        assert_ne!(token().expect("randomness"), token().expect("randomness"));
        assert_eq!(token().expect("randomness").len(), 32);
    }

    #[test]
    fn a_number_is_read_however_it_is_typed() {
        let number = certificate_number().expect("randomness");
        assert_eq!(number.len(), 14);
        assert_eq!(typed_number(&format!(" {} ", number.to_lowercase().replace('-', " "))), Some(number));
        for wrong in ["", "K7QM-XW9D-22", "K7QM-XW9D-2222-1", "UUUU-XW9D-2222", "ключ-ключ-ключ"] {
            assert_eq!(typed_number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = code().expect("randomness");
        assert_eq!(typed_code(&printed(&code)), Some(code.clone()));
        assert_eq!(typed_code(&format!(" {} ", printed(&code).to_lowercase())), Some(code));
        assert_eq!(typed_code("K7QM4-XW9Do"), Some("K7QM4XW9D0".to_owned()));
        assert_eq!(typed_code("il7m4 xw9d2"), Some("117M4XW9D2".to_owned()));
        for wrong in ["", "K7QM4-XW9D", "K7QM4-XW9D22", "U7QM4-XW9D2", "ключ"] {
            assert_eq!(typed_code(wrong), None, "{wrong}");
        }
    }
}
