//! What the browser loads: one style sheet, one script, one wasm, icons; written to `target/site`.
//!
//! cargo compiles `frontend` → wasm-bindgen splits it into wasm and JavaScript → npm bundles the studio's editor → names get
//! the hash of their content → each file is compressed once, at the highest setting, because a phone on a slow line downloads it → `manifest.json`
//! tells the server the names. The server embeds the folder, so names that hold a hash can be kept by browsers for ever.
//!
//! Work is skipped where its input is unchanged: bindgen by the hash of the wasm, npm by the age of its lock, compression because a file of that
//! name is already there. Files are written under another name first, so that an interrupted run leaves no half file.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    thread,
};

use flate2::{Compression, write::GzEncoder};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use serde::Serialize;
use wasm_bindgen_cli_support::Bindgen;

use crate::tools::{Context, Outcome, Stop, cargo, command, ensure_bundler, find, read, root, run, target_dir};

const TARGET: &str = "wasm32-unknown-unknown";

/// How the wasm is compiled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wasm {
    /// Small: what people get.
    Small,
    /// Quick to compile: for the one who is changing it.
    Quick,
}

impl Wasm {
    /// cargo's name of the profile, and the folder it writes to.
    const fn profile(self) -> (&'static str, &'static str) {
        match self {
            Self::Small => ("wasm-release", "wasm-release"),
            Self::Quick => ("dev", "debug"),
        }
    }
}

/// The names the server puts into its pages.
#[derive(Debug, Serialize)]
struct Manifest<'a> {
    css: &'a str,
    islands: &'a str,
    js: &'a str,
    wasm: &'a str,
    page: &'a str,
    studio: &'a str,
}

/// The finished files by name.
type Files = BTreeMap<String, Vec<u8>>;

/// The folder that the server embeds: in the workspace itself, wherever cargo was told to build.
pub(crate) fn folder() -> PathBuf {
    root().join("target/site")
}

/// Builds the site.
///
/// # Errors
/// When the wasm target is missing and cannot be added, or a source does not compile.
pub(crate) fn build(wasm: Wasm) -> Outcome {
    // The server's build looks for the folder, and cargo may build it at any time.
    fs::create_dir_all(folder()).context("target/site")?;
    ensure_target()?;
    let (script, module) = bind(&compile(wasm)?)?;
    let css = style_sheet(&root().join("style"))?;

    let mut files = icons(&root().join("style/assets"))?;
    let wasm = add(&mut files, "bedside_bg", "wasm", module);
    let js = add(&mut files, "bedside", "js", script);
    let islands = add(&mut files, "islands", "js", loader(&js, &wasm).into_bytes());
    let css = add(&mut files, "bedside", "css", css.into_bytes());
    let offline = root().join("frontend/offline");
    let page = add(&mut files, "page", "js", fs::read(offline.join("page.js")).context("page.js")?);
    let studio = add(&mut files, "studio", "js", editor(&root().join("frontend/studio"))?);
    let worker = fs::read_to_string(offline.join("worker.js")).context("worker.js")?;
    files.insert("worker.js".to_owned(), worker_with_shell(&worker, &[&css, &page])?.into_bytes());
    let manifest = Manifest { css: &css, islands: &islands, js: &js, wasm: &wasm, page: &page, studio: &studio };
    let manifest = serde_json::to_vec_pretty(&manifest).context("manifest.json")?;
    publish(&folder(), &files, &manifest)
}

/// Sees to it that Rust's standard library for wasm is installed.
fn ensure_target() -> Outcome {
    let by_hand = format!("Rust's standard library for {TARGET} is missing; run: rustup target add {TARGET}");
    if find(&["rustup"]).is_none() {
        let libraries = read(command("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
        return if Path::new(libraries.trim()).is_dir() { Ok(()) } else { Err(Stop(by_hand)) };
    }
    let installed = read(command("rustup").args(["target", "list", "--installed"]))?;
    if installed.lines().any(|target| target.trim() == TARGET) {
        return Ok(());
    }
    run(command("rustup").args(["target", "add", TARGET])).map_err(|_| Stop(by_hand))
}

/// Compiles `frontend` and gives the path of its wasm.
fn compile(wasm: Wasm) -> Outcome<PathBuf> {
    let (profile, folder) = wasm.profile();
    run(cargo().args(["build", "--locked", "--package=frontend", "--target", TARGET, "--profile", profile]))?;
    Ok(target_dir().join(TARGET).join(folder).join("frontend.wasm"))
}

/// Splits the compiled wasm into its JavaScript and its wasm.
///
/// `out_name` is what the two call each other by; a file renamed afterwards would not be found.
fn bind(input: &Path) -> Outcome<(Vec<u8>, Vec<u8>)> {
    let out = target_dir().join("bindgen");
    let stamp = out.join("input-hash");
    let hash = hash(&fs::read(input).context(input.display())?);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == hash) {
        return bound(&out);
    }
    if out.exists() {
        fs::remove_dir_all(&out).context(out.display())?;
    }
    let mut bindgen = Bindgen::new();
    let bindgen = bindgen.input_path(input).web(true).context("wasm-bindgen")?;
    bindgen.out_name("bedside").remove_name_section(true).remove_producers_section(true).typescript(false);
    bindgen.generate(&out).context("wasm-bindgen")?;
    if out.join("snippets").exists() {
        return Err("a dependency of `frontend` brings JavaScript of its own, which the site has no place for".into());
    }
    let files = bound(&out)?;
    fs::write(&stamp, hash).context(stamp.display())?;
    Ok(files)
}

fn bound(out: &Path) -> Outcome<(Vec<u8>, Vec<u8>)> {
    let file = |name| fs::read(out.join(name)).context(name);
    Ok((file("bedside.js")?, file("bedside_bg.wasm")?))
}

/// The studio's editor and the packages it is made of, in one script.
fn editor(folder: &Path) -> Outcome<Vec<u8>> {
    ensure_bundler()?;
    let stamp = folder.join("node_modules/.package-lock.json");
    if is_older(&stamp, &folder.join("package-lock.json")) {
        // Nothing that a package brings is run but the bundler, and that by us.
        run(command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder))?;
    }
    let out = target_dir().join("studio.js");
    fs::create_dir_all(target_dir()).context("target")?;
    run(command("node").arg("build.mjs").arg(&out).current_dir(folder))?;
    fs::read(&out).context(out.display())
}

/// Whether a file is missing, or was last written before another one.
fn is_older(file: &Path, than: &Path) -> bool {
    let written = |path: &Path| fs::metadata(path).and_then(|file| file.modified());
    match (written(file), written(than)) {
        (Ok(file), Ok(than)) => file < than,
        _ => true,
    }
}

/// The style sheets in the order in which they may overrule each other.
fn style_sources(style: &Path) -> Outcome<Vec<PathBuf>> {
    let components = entries(&style.join("components"))?.into_iter();
    let sheets = components.filter(|file| file.extension() == Some(OsStr::new("css")));
    let first = ["tokens.css", "base.css"].map(|name| style.join(name));
    let all = first.into_iter().chain(sheets).chain([style.join("print.css")]);
    Ok(all.filter(|file| file.is_file()).collect())
}

/// All style sheets in one, without what only people read.
fn style_sheet(style: &Path) -> Outcome<String> {
    let mut bundle = String::new();
    for file in style_sources(style)? {
        let source = fs::read_to_string(&file).context(file.display())?;
        let parsed = parse_style(&source, &file)?;
        // Printed by itself first, so that a mistake is told by its file and line and never leaks into the next sheet.
        bundle.push_str(&parsed.to_css(PrinterOptions::default()).context(file.display())?.code);
        bundle.push('\n');
    }
    let mut sheet = parse_style(&bundle, Path::new("bedside.css"))?;
    sheet.minify(MinifyOptions::default()).context("bedside.css")?;
    let options = PrinterOptions { minify: true, ..PrinterOptions::default() };
    Ok(sheet.to_css(options).context("bedside.css")?.code)
}

fn parse_style<'a>(source: &'a str, file: &Path) -> Outcome<StyleSheet<'a>> {
    let options = ParserOptions { filename: file.display().to_string(), ..ParserOptions::default() };
    StyleSheet::parse(source, options).map_err(|error| Stop(error.to_string()))
}

/// Icons keep their names: style sheets and pages refer to them.
fn icons(assets: &Path) -> Outcome<Files> {
    let mut files = Files::new();
    for file in entries(assets)? {
        if let (true, Some(name)) = (file.is_file(), file.file_name().and_then(OsStr::to_str)) {
            files.insert(name.to_owned(), fs::read(&file).context(file.display())?);
        }
    }
    Ok(files)
}

/// What lies in a folder, in alphabetical order; nothing, when there is no such folder.
fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).context(folder.display())?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    if let Ok(paths) = &mut paths {
        paths.sort();
    }
    paths.context(folder.display())
}

/// The script that a page with islands loads: fetches the wasm under its hashed name and hydrates the islands. It begins once the page
/// is there: its forms work before, and on a slow line the words are not to wait for what comes after them.
///
/// Parents come before what they contain, as Leptos wants it: what a parent provides reaches its nested islands
/// through `$$on_hydrate` of the `leptos-children` between them.
fn loader(js: &str, wasm: &str) -> String {
    format!(
        r#"async function start() {{
  const bedside = await import("./{js}");
  await bedside.default({{ module_or_path: new URL("./{wasm}", import.meta.url) }});
  bedside.hydrate?.();
  for (const island of document.querySelectorAll("leptos-island")) {{
    const hydrate = bedside[island.dataset.component];
    if (!hydrate) throw new Error(`no island ${{island.dataset.component}} in this build`);
    island.parentElement?.closest("leptos-children")?.$$on_hydrate?.();
    await hydrate(island);
  }}
  document.documentElement.dataset.hydrated = "true";
}}
if (document.readyState === "complete") start();
else addEventListener("load", () => setTimeout(start));
"#
    )
}

/// The service worker, told which files make a page that was kept on a device look right, and a version that changes with them.
fn worker_with_shell(worker: &str, hashed: &[&str]) -> Outcome<String> {
    let shell: Vec<String> =
        hashed.iter().map(|name| format!("/assets/{name}")).chain(["/favicon.svg".to_owned()]).collect();
    let version = hash(format!("{worker}{shell:?}").as_bytes());
    let shell = serde_json::to_string(&shell).context("worker.js")?;
    if !worker.contains("__SHELL__") || !worker.contains("__VERSION__") {
        return Err("worker.js has no place for the files it keeps".into());
    }
    Ok(worker.replace("__SHELL__", &shell).replace("__VERSION__", &version))
}

/// Adds a file under a name with its hash and gives the name.
fn add(files: &mut Files, stem: &str, extension: &str, content: Vec<u8>) -> String {
    let name = format!("{stem}.{}.{extension}", hash(&content));
    files.insert(name.clone(), content);
    name
}

/// Sixteen hexadecimal digits: enough to tell any two builds apart, short enough for a name.
fn hash(content: &[u8]) -> String {
    blake3::hash(content).to_hex().chars().take(16).collect()
}

/// Makes `folder` hold exactly these files, each with its compressed forms, and the manifest.
fn publish(folder: &Path, files: &Files, manifest: &[u8]) -> Outcome {
    thread::scope(|scope| {
        let threads: Vec<_> = files
            .iter()
            .map(|(name, content)| scope.spawn(move || write_with_compressed(folder, name, content)))
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("compressing failed".into())))
    })?;
    write_if_changed(&folder.join("manifest.json"), manifest)?;
    for path in entries(folder)? {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let plain = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).unwrap_or(name);
        if plain != "manifest.json" && !files.contains_key(plain) {
            fs::remove_file(&path).context(path.display())?;
        }
    }
    Ok(())
}

fn write_with_compressed(folder: &Path, name: &str, content: &[u8]) -> Outcome {
    let beside = |suffix: &str| folder.join(format!("{name}{suffix}"));
    let forms = [beside(""), beside(".br"), beside(".gz")];
    if forms.iter().all(|form| form.is_file()) && fs::read(&forms[0]).is_ok_and(|present| present == content) {
        return Ok(());
    }
    let [plain, br, gz] = forms;
    write_if_changed(&br, &brotli(content).context(name)?)?;
    write_if_changed(&gz, &gzip(content).context(name)?)?;
    write_if_changed(&plain, content)
}

/// Leaves an equal file alone, so that cargo does not build the server again because of it.
fn write_if_changed(path: &Path, content: &[u8]) -> Outcome {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    fs::write(&unfinished, content).context(path.display())?;
    fs::rename(&unfinished, path).context(path.display())
}

fn brotli(mut content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, size_hint: content.len(), ..Default::default() };
    brotli::BrotliCompress(&mut content, &mut out, &params)?;
    Ok(out)
}

fn gzip(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn names(folder: &Path) -> Vec<String> {
        entries(folder).unwrap().iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn style_sheets_are_joined_in_order_and_made_small() {
        let style = tempfile::tempdir().unwrap();
        fs::create_dir(style.path().join("components")).unwrap();
        for (name, rule) in [
            ("print.css", "@media print { .p { color: black } }"),
            ("components/b.css", ".b { color: #ff0000; }"),
            ("components/a.css", "/* why */ .a { margin: 0px }"),
            ("components/notes.md", "not a style sheet"),
            ("tokens.css", ":root { --t: 1px }"),
            ("base.css", "body { margin: 1px }"),
        ] {
            fs::write(style.path().join(name), rule).unwrap();
        }
        assert_eq!(
            style_sheet(style.path()).unwrap(),
            ":root{--t:1px}body{margin:1px}.a{margin:0}.b{color:red}@media print{.p{color:#000}}"
        );
    }

    #[test]
    fn a_mistake_in_a_style_sheet_names_its_file() {
        let style = tempfile::tempdir().unwrap();
        fs::write(style.path().join("base.css"), "body { color: red } }").unwrap();
        let stop = style_sheet(style.path()).unwrap_err();
        assert!(stop.0.contains("base.css"), "{}", stop.0);
    }

    #[test]
    fn packages_are_fetched_once_for_each_lock() {
        let folder = tempfile::tempdir().unwrap();
        let [stamp, lock] = ["stamp", "lock"].map(|name| folder.path().join(name));
        fs::write(&lock, "{}").unwrap();
        assert!(is_older(&stamp, &lock));
        fs::write(&stamp, "{}").unwrap();
        let at = |path, seconds| {
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        };
        at(&stamp, 2_000);
        at(&lock, 1_000);
        assert!(!is_older(&stamp, &lock));
        at(&lock, 3_000);
        assert!(is_older(&stamp, &lock));
    }

    #[test]
    fn a_name_follows_its_content() {
        let mut files = Files::new();
        let one = add(&mut files, "bedside", "css", b"a".to_vec());
        let two = add(&mut files, "bedside", "css", b"b".to_vec());
        assert_ne!(one, two);
        assert_eq!(one.len(), "bedside..css".len() + 16);
        assert_eq!(add(&mut files, "bedside", "css", b"a".to_vec()), one);
    }

    #[test]
    fn the_loader_names_the_script_and_the_wasm() {
        let script = loader("bedside.1.js", "bedside_bg.2.wasm");
        assert!(script.contains(r#"import("./bedside.1.js")"#));
        assert!(script.contains(r#"new URL("./bedside_bg.2.wasm", import.meta.url)"#));
        assert!(!script.contains("{{"));
    }

    #[test]
    fn the_worker_keeps_the_files_of_this_build() {
        let worker = "const SHELL = __SHELL__; const VERSION = \"__VERSION__\";";
        let one = worker_with_shell(worker, &["a.1.css"]).unwrap();
        assert!(one.contains(r#"["/assets/a.1.css","/favicon.svg"]"#) && !one.contains("__"), "{one}");
        assert_ne!(
            one.rsplit_once("VERSION").unwrap().1,
            worker_with_shell(worker, &["a.2.css"]).unwrap().rsplit_once("VERSION").unwrap().1
        );
        assert!(worker_with_shell("nothing", &[]).is_err());
    }

    #[test]
    fn publishing_again_removes_what_is_old_and_leaves_the_rest_alone() {
        let site = tempfile::tempdir().unwrap();
        let files = |pairs: &[(&str, &str)]| -> Files {
            pairs.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())).collect()
        };
        publish(site.path(), &files(&[("a.1.css", "a"), ("b.1.js", "b")]), b"{}").unwrap();
        let time = || fs::metadata(site.path().join("a.1.css.br")).unwrap().modified().unwrap();
        let before = time();
        fs::write(site.path().join("c.js.unfinished"), "half").unwrap();
        publish(site.path(), &files(&[("a.1.css", "a"), ("b.2.js", "bb")]), b"{}").unwrap();
        let expected = ["a.1.css", "a.1.css.br", "a.1.css.gz", "b.2.js", "b.2.js.br", "b.2.js.gz", "manifest.json"];
        assert_eq!(names(site.path()), expected);
        assert_eq!(time(), before);
    }

    #[test]
    fn compressed_forms_unpack_to_the_same_bytes() {
        let content = b"the same words, the same words, the same words".as_slice();
        let mut unpacked = Vec::new();
        brotli::Decompressor::new(brotli(content).unwrap().as_slice(), 4096).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, content);
        unpacked.clear();
        flate2::read::GzDecoder::new(gzip(content).unwrap().as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, content);
    }
}
