//! What a person is called and how they sign in. Each type can only be made by its `parse`, so that
//! an [`Email`] inside the house always is one.

use std::fmt;

/// Why a field that somebody typed was not taken: a sentence for the page that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub &'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

/// A name as it is shown: a person's, an organisation's, a department's or a job role's, of 1 to 100 characters, with runs of spaces made one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Takes what was typed. Refuses an empty name, a name over 100 characters, and control characters.
    ///
    /// # Errors
    /// The sentence to show beside the field.
    pub fn parse(typed: &str) -> Result<Self, Refused> {
        let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(Refused("Enter the full name"));
        }
        if name.chars().count() > 100 {
            return Err(Refused("Shorten the name to 100 characters or fewer"));
        }
        if name.chars().any(|letter| letter.is_control() || turns(letter)) {
            return Err(Refused("Leave out the characters that cannot be seen"));
        }
        if !name.chars().any(char::is_alphanumeric) {
            return Err(Refused("Enter a name with at least one letter"));
        }
        Ok(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character turns the direction of those after it, so that a name would be read as another (Unicode Standard
/// Annex 9, explicit formatting characters).
fn turns(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An e-mail address in lower case, at most 254 characters (RFC 5321, section 4.5.3.1).
///
/// Only its shape is looked at: whether anybody reads it shows when the first message is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Takes what was typed, trims it and lowers its case.
    ///
    /// # Errors
    /// The sentence to show beside the field.
    pub fn parse(typed: &str) -> Result<Self, Refused> {
        const SHAPE: Refused = Refused("Enter an e-mail address like name@example.org");
        let email = typed.trim().to_lowercase();
        let (local, domain) = email.rsplit_once('@').ok_or(SHAPE)?;
        let labels = domain.split('.').collect::<Vec<_>>();
        let label_fits = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        let local_fits = !local.is_empty() && !local.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@');
        if email.len() > 254 || !local_fits || labels.len() < 2 || !labels.iter().all(label_fits) {
            return Err(SHAPE);
        }
        Ok(Self(email))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number by which an employer knows somebody: letters, digits, `-`, `/` and `.`, at most 32, in upper case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffNumber(String);

impl StaffNumber {
    /// Takes what was typed, trims it and raises its case. An `@` is refused, so that a staff number is never
    /// mistaken for an e-mail address at sign-in.
    ///
    /// # Errors
    /// The sentence to show beside the field.
    pub fn parse(typed: &str) -> Result<Self, Refused> {
        let number = typed.trim().to_uppercase();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '.');
        if number.is_empty() || number.chars().count() > 32 || !number.chars().all(fits) {
            return Err(Refused("Enter a staff number of letters, digits, - / and . only"));
        }
        Ok(Self(number))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_email_is_recognised_by_its_shape() {
        for good in ["ada@example.org", " Ada.Obi@Ward-3.Example.org ", "o'neil+x@example.co.uk", "ünal@exämple.org"]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "ada", "ada@", "@example.org", "ada@example", "a b@example.org", "ada@.org", "ada@exa_mple.org"]
        {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Email::parse(" ADA@Example.Org").map(|e| e.as_str().to_owned()), Ok("ada@example.org".to_owned()));
    }

    #[test]
    fn a_name_can_be_seen_and_reads_as_it_is_written() {
        for good in ["Ada Obi", "عائشة", "陳偉", "X Æ A-12", "Àdé", "नमस्ते"] {
            assert!(Name::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "  ", "\u{200b}", "\u{2060}", "…", "\u{202e}png live", "a\u{2066}b", "a\u{7}"] {
            assert!(Name::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_staff_number_is_never_an_email() {
        assert!(StaffNumber::parse("ada@example.org").is_err());
        assert_eq!(StaffNumber::parse(" n-0042 ").map(|n| n.as_str().to_owned()), Ok("N-0042".to_owned()));
    }

    proptest! {
        #[test]
        fn what_was_parsed_parses_again_to_itself(typed in ".{0,60}") {
            if let Ok(name) = Name::parse(&typed) {
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name.clone()));
            }
            if let Ok(number) = StaffNumber::parse(&typed) {
                prop_assert_eq!(StaffNumber::parse(number.as_str()), Ok(number.clone()));
            }
        }
    }
}
