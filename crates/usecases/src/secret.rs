//! Secrets that are handed out once: links, codes and form tokens. The store keeps only hashes of links and codes.

use crate::Failure;

/// 128 random bits in hexadecimal, for a link or a form.
///
/// # Errors
/// [`Failure::Internal`] where the system has no randomness to give.
pub fn token() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|cause| Failure::Internal(format!("no randomness: {cause}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The letters of a printed code: none that is taken for another when read from paper.
const CODE_LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A one-time code of 60 bits to print on a slip, as `XXXX-XXXX-XXXX`.
///
/// # Errors
/// [`Failure::Internal`] where the system has no randomness to give.
pub fn code() -> Result<String, Failure> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(|cause| Failure::Internal(format!("no randomness: {cause}")))?;
    let letters = bytes.iter().map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)]));
    Ok(letters.enumerate().fold(String::new(), |mut code, (at, letter)| {
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
        code.push(letter);
        code
    }))
}

/// A code as somebody typed it, in the form in which it was made: without spaces and dashes, in upper case.
pub fn tidy_code(typed: &str) -> String {
    typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// What the store keeps of a secret.
pub fn hash(secret: &str) -> Vec<u8> {
    blake3::hash(secret.as_bytes()).as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_being_read_aloud_and_typed() {
        let code = code().expect("randomness");
        assert_eq!(code.len(), 14);
        assert_eq!(tidy_code(&format!(" {} ", code.to_lowercase().replace('-', " "))), code.replace('-', ""));
    }

    #[test]
    fn two_tokens_differ() {
        assert_ne!(token().expect("randomness"), token().expect("randomness"));
    }
}
