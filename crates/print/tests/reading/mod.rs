//! What the tests of all printouts look at a file with.

use lopdf::{Dictionary, Document, Object};

pub(crate) fn follow<'a>(document: &'a Document, object: &'a Object) -> &'a Object {
    document.dereference(object).unwrap().1
}

pub(crate) fn get<'a>(document: &'a Document, of: &'a Dictionary, key: &str) -> &'a Object {
    follow(document, of.get(key.as_bytes()).unwrap())
}

/// Kind, title and actual text of every element of the structure, in the order of reading.
pub(crate) fn elements(document: &Document) -> Vec<(String, Option<String>, Option<String>)> {
    fn walk(document: &Document, object: &Object, found: &mut Vec<(String, Option<String>, Option<String>)>) {
        match follow(document, object) {
            Object::Array(all) => all.iter().for_each(|one| walk(document, one, found)),
            Object::Dictionary(element) => {
                if let Ok(kind) = element.get(b"S").and_then(Object::as_name) {
                    let string = |key: &[u8]| element.get(key).ok().map(|it| lopdf::decode_text_string(it).unwrap());
                    found.push((String::from_utf8_lossy(kind).into_owned(), string(b"T"), string(b"ActualText")));
                }
                if let Ok(children) = element.get(b"K") {
                    walk(document, children, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(document, get(document, document.catalog().unwrap(), "StructTreeRoot"), &mut found);
    found
}
