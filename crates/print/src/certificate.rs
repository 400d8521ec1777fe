//! The certificate of one person.

use krilla::geom::Rect;

use crate::PrintError;
use crate::colour::{BRAND, INK, INK_SOFT, LINE};
use crate::fonts::Fonts;
use crate::sheet::{Ornament, Placed, Role, Sheet};
use crate::text::{Style, Text, Typesetter, clean};

/// What stands on a certificate; words as they are printed.
///
/// White space in a row prints as one space; a character that no font has prints as `�`
/// (see [`crate::characters_without_glyph`]).
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    /// Who gives the certificate.
    pub organisation: &'a str,
    /// Whose certificate it is.
    pub name: &'a str,
    /// What was completed.
    pub title: &'a str,
    /// A day like `5 Feb 2027`.
    pub completed_on: &'a str,
    /// The last day of its validity, written the same way; `None` when it has no end.
    pub valid_through: Option<&'a str>,
    /// The version of what was completed, 12 hex digits.
    pub version: &'a str,
    /// The certificate's number.
    pub number: &'a str,
    /// The address of the page where anyone can check the certificate; it is printed in full and is a link.
    pub verify_url: &'a str,
}

/// A4 landscape.
const WIDTH: f32 = 841.89;
const HEIGHT: f32 = 595.276;
/// Between the edge of the paper and the frame: printers can't print on the outermost 5 mm.
const FRAME: f32 = 28.0;
/// Between the frame and what stands in it.
const PADDING: f32 = 24.0;
/// The widest line.
const TEXT_WIDTH: f32 = WIDTH - 2.0 * (FRAME + 52.0);
const MARK: f32 = 44.0;

/// A certificate as a PDF file: one page A4 landscape, tagged, with its title and its language (English) set.
///
/// Long texts wrap and become smaller. The same words give the same bytes.
///
/// # Errors
///
/// [`PrintError::TooLong`] if a text has no room even in small letters: a name of more than about 500 characters, a
/// title of 650, an organisation or an address of 400. [`PrintError::Pdf`] if the file would break the rules of PDF/UA-1.
///
/// ```
/// # fn main() -> Result<(), print::PrintError> {
/// let file = print::certificate(&print::Certificate {
///     organisation: "Riverside Community Clinics",
///     name: "Ṣọlá Ọmọ́táyọ̀",
///     title: "Hand hygiene at the bedside",
///     completed_on: "5 Feb 2027",
///     valid_through: None,
///     version: "3f9a0c71be24",
///     number: "K7QM-4TXR-9WPD",
///     verify_url: "https://bedside.example.org/check/K7QM-4TXR-9WPD",
/// })?;
/// assert!(file.starts_with(b"%PDF-1.7"));
/// # Ok(())
/// # }
/// ```
pub fn certificate(words: &Certificate<'_>) -> Result<Vec<u8>, PrintError> {
    sheet(words)?.write()
}

/// A text, how it looks and what is above it.
struct Row {
    what: &'static str,
    text: Text,
    role: Role,
    style: Style,
    gap_above: f32,
}

fn sheet(words: &Certificate<'_>) -> Result<Sheet, PrintError> {
    let mut set = Typesetter::new(Fonts::get()?);
    let rows = rows(words, &mut set);
    let foot_rows = foot(words, &mut set);
    let (mut body, body_height) = stack(rows, &mut set)?;
    let (mut foot, foot_height) = stack(foot_rows, &mut set)?;

    let foot_top = HEIGHT - FRAME - PADDING + 8.0 - foot_height;
    let rule = foot_top - 10.0;
    // The body stands in the middle of what the foot leaves.
    let top = FRAME + PADDING;
    let mark_top = top + (rule - 10.0 - top - MARK - body_height).max(0.0) / 2.0;
    move_down(&mut body, mark_top + MARK);
    move_down(&mut foot, foot_top);

    let area = Rect::from_ltrb(FRAME, FRAME, WIDTH - FRAME, HEIGHT - FRAME);
    let frame = area.map(|area| Ornament::Frame { area, radius: 7.0, colour: BRAND, width: 1.0 });
    let left = (WIDTH - TEXT_WIDTH) / 2.0;
    let mut ornaments = vec![
        Ornament::Mark { left: (WIDTH - MARK) / 2.0, top: mark_top, side: MARK },
        Ornament::Rule { left, right: left + TEXT_WIDTH, y: rule, colour: LINE, width: 0.75 },
    ];
    ornaments.extend(frame);
    let title = format!("Certificate of completion: {}, {}", clean(words.name), clean(words.title));
    body.append(&mut foot);
    Ok(Sheet {
        size: (WIDTH, HEIGHT),
        title,
        author: clean(words.organisation),
        ornaments,
        blocks: body,
        link: words.verify_url.trim().to_owned(),
    })
}

/// The heights are such that all of them together, at their largest, leave room for the foot at its largest.
fn rows(words: &Certificate<'_>, set: &mut Typesetter) -> Vec<Row> {
    let small = |colour| Style { sizes: 9..=15, bold: false, colour, max_height: 20.0 };
    let valid = match words.valid_through {
        Some(day) => format!("Valid through {day}"),
        None => "No end date".to_owned(),
    };
    let mut row = |what, text: &str, style, gap_above| Row {
        what,
        text: set.text(text),
        role: Role::Paragraph,
        style,
        gap_above,
    };
    let heading = Style { sizes: 20..=20, bold: true, colour: BRAND, max_height: 28.0 };
    let name = Style { sizes: 11..=40, bold: true, colour: INK, max_height: 76.0 };
    let title = Style { sizes: 10..=26, bold: false, colour: INK, max_height: 76.0 };
    let organisation = Style { sizes: 9..=15, bold: true, colour: INK, max_height: 38.0 };
    let heading = Row { role: Role::Heading, ..row("heading", "Certificate of completion", heading, 16.0) };
    vec![
        heading,
        row("name", words.name, name, 22.0),
        row("wording", "has completed", small(INK_SOFT), 10.0),
        row("title", words.title, title, 8.0),
        row("day of completion", &format!("on {}", words.completed_on), small(INK), 16.0),
        row("end of validity", &valid, small(INK_SOFT), 2.0),
        row("name of the organisation", words.organisation, organisation, 24.0),
    ]
}

fn foot(words: &Certificate<'_>, set: &mut Typesetter) -> Vec<Row> {
    let style = || Style { sizes: 7..=10, bold: false, colour: INK_SOFT, max_height: 28.0 };
    let numbers = format!("Number {} · Version {}", words.number, words.version);
    let numbers = set.text(&numbers);
    let check = set.link("Anyone can check this certificate at", words.verify_url);
    vec![
        Row { what: "number", text: numbers, role: Role::Paragraph, style: style(), gap_above: 0.0 },
        Row { what: "address to check it", text: check, role: Role::Paragraph, style: style(), gap_above: 3.0 },
    ]
}

/// The rows below each other from 0 on, in the middle of the page, and the height of all.
fn stack(rows: Vec<Row>, set: &mut Typesetter) -> Result<(Vec<Placed>, f32), PrintError> {
    let mut placed = Vec::new();
    let mut top = 0.0;
    for row in rows {
        let block = set.fit(row.text, &row.style, TEXT_WIDTH).ok_or(PrintError::TooLong(row.what))?;
        top += row.gap_above;
        let height = block.height();
        placed.push(Placed { left: (WIDTH - block.width) / 2.0, top, role: row.role, block });
        top += height;
    }
    Ok((placed, top))
}

fn move_down(blocks: &mut [Placed], by: f32) {
    for placed in blocks {
        placed.top += by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts that everything stands inside the frame and above each other.
    fn assert_inside(words: &Certificate<'_>) {
        let sheet = sheet(words).unwrap();
        let mut last = FRAME;
        for ornament in &sheet.ornaments {
            if let Ornament::Mark { top, side, .. } = *ornament {
                assert!(top > FRAME);
                last = top + side;
            }
        }
        for placed in &sheet.blocks {
            let (block, real) = (&placed.block, &placed.block.text.real);
            assert!(placed.top >= last, "{real:?} at {} overlaps what ends at {last}", placed.top);
            last = placed.top + block.height();
            for line in block.layout.lines() {
                let metrics = line.metrics();
                let left = placed.left + metrics.offset;
                let right = left + metrics.advance - metrics.hanging_advance;
                assert!(left > FRAME && right < WIDTH - FRAME, "{real:?} from {left} to {right}");
            }
        }
        assert!(last < HEIGHT - FRAME, "the end is at {last}");
    }

    const SHORT: Certificate<'static> = Certificate {
        organisation: "A",
        name: "B",
        title: "C",
        completed_on: "5 Feb 2027",
        valid_through: None,
        version: "3f9a0c71be24",
        number: "K7QM",
        verify_url: "https://bedside.example.org/K7QM",
    };

    #[test]
    fn short_words_are_inside() {
        assert_inside(&SHORT);
    }

    #[test]
    fn long_words_are_inside() {
        // From what fills one line to what fills its place in the smallest size.
        for words in (1..45).step_by(3) {
            let name = "Ọmọ́táyọ̀ ".repeat(words.min(20));
            let title = "Hygiene ".repeat(words);
            let organisation = "Nuestra Señora ".repeat(words.min(12));
            let url = format!("https://bedside.example.org/{}", "path/".repeat(words.min(30)));
            let long = Certificate {
                name: &name,
                title: &title,
                organisation: &organisation,
                verify_url: &url,
                valid_through: Some("5 Feb 2029"),
                ..SHORT
            };
            assert_inside(&long);
        }
    }

    #[test]
    fn words_without_a_space_are_inside() {
        for letter in ["W", "x", "م", "李"] {
            let word = letter.repeat(120);
            let url = format!("https://{word}");
            let long = Certificate { name: &word, title: &word, organisation: &word, verify_url: &url, ..SHORT };
            assert_inside(&long);
        }
    }
}
