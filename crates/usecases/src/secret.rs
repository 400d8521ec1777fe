//! Secrets that are handed out once: links and form tokens. The store keeps only hashes of links.

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
    }
}
