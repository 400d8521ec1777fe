//! Pictures as people upload them: turned upright, made small enough for a phone on a slow line, and without what a camera writes into
//! them beside the picture, such as the place it was taken.

use std::io::Cursor;

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder as _, ImageEncoder as _, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
};

/// The longest side of a picture, in pixels: twice the widest that a page shows.
const LONGEST_SIDE: u32 = 1600;
/// The longest side that is taken in, in pixels: no camera makes more, and a file of a few bytes may claim any size.
const LARGEST_SIDE: u32 = 12_000;
/// What decoding may take, in bytes.
const MOST_MEMORY: u64 = 512 << 20;
/// From 1, worst, to 100: above this a picture grows faster than it gains.
const QUALITY: u8 = 82;
/// Above this a picture without transparent parts is a photograph whatever its name says, in bytes.
const PHOTOGRAPH: usize = 400 << 10;

/// What became of a picture: the ending of its name, and its bytes.
pub(super) type Made = (&'static str, Vec<u8>);

/// Makes a picture ready. `wanted` is the ending that its name must have, where it takes the place of another.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn made(bytes: &[u8], wanted: Option<&str>) -> Result<Made, String> {
    let unreadable = |cause: image::ImageError| match cause {
        image::ImageError::Limits(_) => {
            format!("It is larger than {LARGEST_SIDE} pixels on a side: make it smaller")
        }
        _ => "It cannot be read as a picture: save it again as JPEG or PNG".to_owned(),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| "It cannot be read as a picture: save it again as JPEG or PNG".to_owned())?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let upright = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(upright);
    if picture.width().max(picture.height()) > LONGEST_SIDE {
        picture = picture.resize(LONGEST_SIDE, LONGEST_SIDE, FilterType::CatmullRom);
    }
    let is_clear = picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX);
    let written = |cause: image::ImageError| format!("It could not be made smaller ({cause}): save it again as JPEG");
    match wanted {
        Some("jpg" | "jpeg") if is_clear => {
            Err("It has transparent parts, which a JPEG cannot have: add it as a new picture".to_owned())
        }
        Some("jpg") => Ok(("jpg", jpeg(&picture).map_err(written)?)),
        Some("jpeg") => Ok(("jpeg", jpeg(&picture).map_err(written)?)),
        Some("png") => Ok(("png", png(&picture).map_err(written)?)),
        Some("webp") => {
            let mut out = Cursor::new(Vec::new());
            picture.write_to(&mut out, ImageFormat::WebP).map_err(written)?;
            Ok(("webp", out.into_inner()))
        }
        Some(_) => Err("It is of another kind than the picture it should replace: add it as a new picture".to_owned()),
        None if is_clear => Ok(("png", png(&picture).map_err(written)?)),
        None if bytes.starts_with(b"\xff\xd8") => Ok(("jpg", jpeg(&picture).map_err(written)?)),
        None => {
            // A drawing is sharper as PNG, a photograph many times smaller as JPEG.
            let drawing = png(&picture).map_err(written)?;
            if drawing.len() <= PHOTOGRAPH {
                Ok(("png", drawing))
            } else {
                Ok(("jpg", jpeg(&picture).map_err(written)?))
            }
        }
    }
}

fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>, image::ImageError> {
    let plain = picture.to_rgb8();
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).write_image(
        plain.as_raw(),
        plain.width(),
        plain.height(),
        ExtendedColorType::Rgb8,
    )?;
    Ok(out)
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>, image::ImageError> {
    // Eight bits a colour: what a screen shows, and half of what some cameras write.
    let picture = if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.to_rgba8())
    } else {
        DynamicImage::ImageRgb8(picture.to_rgb8())
    };
    let mut out = Vec::new();
    picture.write_with_encoder(PngEncoder::new(&mut out))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, clear: bool) -> DynamicImage {
        let alpha = if clear { 100 } else { 255 };
        let at = |x: u32, y: u32| image::Rgba([(x % 256) as u8, (y % 256) as u8, ((x * y) % 256) as u8, alpha]);
        DynamicImage::ImageRgba8(image::RgbaImage::from_fn(width, height, at))
    }

    fn size(bytes: &[u8]) -> (u32, u32) {
        let read = image::load_from_memory(bytes).unwrap();
        (read.width(), read.height())
    }

    /// A JPEG with the words of a camera in it: that it is turned a quarter, and a place.
    fn from_a_camera(picture: &DynamicImage) -> Vec<u8> {
        let plain = jpeg(picture).unwrap();
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"GPS 6.4541 N 3.3947 E");
        let mut out = plain[..2].to_vec();
        out.extend_from_slice(&[0xff, 0xe1]);
        out.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        out.extend_from_slice(&exif);
        out.extend_from_slice(&plain[2..]);
        out
    }

    #[test]
    fn a_photograph_is_upright_small_and_says_nothing_of_its_place() {
        let taken = from_a_camera(&picture(2000, 1000, false));
        let (ending, made) = made(&taken, None).unwrap();
        assert_eq!((ending, size(&made)), ("jpg", (800, 1600)));
        assert!(taken.windows(3).any(|three| three == b"GPS"), "what the test is about is there");
        assert!(!made.windows(3).any(|three| three == b"GPS") && !made.windows(4).any(|four| four == b"Exif"));
    }

    #[test]
    fn what_is_clear_stays_clear_and_a_large_drawing_becomes_a_photograph() {
        let clear = png(&picture(40, 30, true)).unwrap();
        assert_eq!(made(&clear, None).unwrap().0, "png");
        assert!(made(&clear, Some("jpg")).unwrap_err().contains("transparent"));
        let small = png(&picture(40, 30, false)).unwrap();
        assert_eq!(made(&small, None).unwrap().0, "png");
        assert_eq!(made(&small, Some("jpg")).unwrap().0, "jpg");
        assert_eq!(made(&small, Some("webp")).unwrap().0, "webp");
        assert!(made(&small, Some("svg")).unwrap_err().contains("another kind"));
        let mut noise: u32 = 7;
        let noisy = image::RgbImage::from_fn(900, 900, |_, _| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgb([(noise >> 24) as u8, (noise >> 16) as u8, (noise >> 8) as u8])
        });
        let noisy = png(&DynamicImage::ImageRgb8(noisy)).unwrap();
        assert_eq!(made(&noisy, None).unwrap().0, "jpg");
    }

    #[test]
    fn what_claims_to_be_huge_or_is_none_is_refused_in_words() {
        // A PNG of a hundred bytes that says it is 60,000 pixels wide.
        let mut huge = png(&picture(4, 4, false)).unwrap();
        huge[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        assert!(made(&huge, None).is_err());
        for broken in [b"\x89PNG\r\n\x1a\n".as_slice(), b"\xff\xd8\xff\xe0 and no more", b"", b"<svg/>"] {
            assert!(made(broken, None).unwrap_err().contains("cannot be read"), "{broken:?}");
        }
    }
}
