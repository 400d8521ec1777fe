//! Start, memory, size, and what a browser that comes for the first time loads for a page.

use std::{net::SocketAddr, time::Duration};

use crate::{
    Outcome, Run,
    client::{self, Connection, get},
    load::{self, Lengths, Spread},
    process::{Cores, Running},
    report::{Section, Table, goal, kilo, mega},
    seed::{self, CHECK, MODULE, PAGE, ROLE_PLAY},
};

const STARTS: usize = 10;
/// What browsers send.
const BROWSER: &str = "accept-encoding: gzip, deflate, br\r\nconnection: close\r\n";

/// A page to weigh, and how many bytes and requests it may take.
struct Page {
    name: &'static str,
    path: String,
    signed_in: bool,
    bytes: usize,
    requests: usize,
}

/// Measures the program as a whole.
pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let folder = crate::scratch()?;
    let database = seed::sqlite(&folder.path().join("program.db"));
    let store = seed::site(&database).await?;
    let learners = seed::learners(&store, "Loading", 128).await?;
    seed::begin(&store, &learners).await?;
    seed::begin_activities(&store, &learners[0]).await?;
    store.close().await;

    let mut starts = Vec::new();
    let mut first_starts = Vec::new();
    for number in 0..STARTS {
        starts.push(start(run, &database).await?);
        first_starts.push(start(run, &seed::sqlite(&folder.path().join(format!("new-{number}.db")))).await?);
    }

    let program = Running::start(&mut run.bedside.serve(&database, Cores::All))?;
    client::whole(program.address, &get("/sign-in", None, BROWSER)).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let idle = program.resident()?;
    let pages = weigh(program.address, &learners[0].cookie).await?;
    let seconds = if run.quick { 2 } else { 10 };
    let lengths = Lengths { warm: Duration::ZERO, measured: Duration::from_secs(seconds) };
    let reading = format!("/modules/{MODULE}/{PAGE}");
    load::round(program.address, 128, lengths, 200, |number| {
        let request = get(&reading, Some(&learners[number].cookie), "accept-encoding: br\r\n");
        move || Some(request.clone())
    })
    .await?;
    let loaded = program.resident()?;
    let size = std::fs::metadata(&run.bedside.0)?.len();
    Ok(section(run, &Found { starts, first_starts, idle, loaded, seconds, size, pages }))
}

struct Found {
    starts: Vec<f64>,
    first_starts: Vec<f64>,
    idle: u64,
    loaded: u64,
    seconds: u64,
    size: u64,
    pages: Vec<(Page, Vec<(String, usize)>)>,
}

/// From starting the process to the last byte of its first page, in milliseconds.
async fn start(run: &Run, database: &str) -> Outcome<f64> {
    let began = std::time::Instant::now();
    let program = Running::start(&mut run.bedside.serve(database, Cores::All))?;
    let mut connection = Connection::open(program.address).await?;
    let status = connection.ask(&get("/sign-in", None, "")).await?;
    let took = began.elapsed().as_secs_f64() * 1000.0;
    if status == 200 { Ok(took) } else { Err(format!("the first page came with status {status}").into()) }
}

async fn weigh(address: SocketAddr, cookie: &str) -> Outcome<Vec<(Page, Vec<(String, usize)>)>> {
    let module = format!("/modules/{MODULE}");
    let page =
        |name, path: &str, bytes, requests| Page { name, path: path.to_owned(), signed_in: true, bytes, requests };
    let pages = [
        Page { name: "sign-in", path: "/sign-in".to_owned(), signed_in: false, bytes: 12_000, requests: 4 },
        page("my training", "/", 20_000, 4),
        page("a module", &module, 20_000, 4),
        page("reading page", &format!("{module}/{PAGE}"), 20_000, 4),
        page("check, with an island", &format!("{module}/{CHECK}"), 130_000, 8),
        page("role-play, with an island", &format!("/role-plays/{ROLE_PLAY}/play"), 130_000, 8),
        page("quiz question, with an island", &format!("/quizzes/{MODULE}-quiz/questions/1"), 130_000, 8),
        page("my record", "/record", 20_000, 4),
    ];
    let mut weighed = Vec::new();
    for page in pages {
        let cookie = page.signed_in.then_some(cookie);
        let html = client::whole(address, &get(&page.path, cookie, BROWSER)).await?;
        let plain = client::whole(address, &get(&page.path, cookie, "connection: close\r\n")).await?;
        if client::status(&html)? != 200 {
            return Err(format!("{} has status {}", page.path, client::status(&html)?).into());
        }
        let mut parts = vec![("HTML".to_owned(), html.len())];
        let mut named = files(&String::from_utf8_lossy(&plain));
        for script in named.clone().iter().filter(|file| file.ends_with(".js")) {
            let text = client::whole(address, &get(script, None, "connection: close\r\n")).await?;
            named.extend(imported(&String::from_utf8_lossy(&text)));
        }
        for file in named {
            let answer = client::whole(address, &get(&file, None, BROWSER)).await?;
            if client::status(&answer)? != 200 {
                return Err(format!("{} names {file}, which has status {}", page.path, client::status(&answer)?).into());
            }
            parts.push((kind(&file).to_owned(), answer.len()));
        }
        weighed.push((page, parts));
    }
    Ok(weighed)
}

/// What a page makes a browser load: what its `link` and `script` elements name, each once. The manifest and the icon for a home
/// screen are fetched aside, by those who install it.
fn files(html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let elements = html.split('<').filter(|element| element.starts_with("link ") || element.starts_with("script "));
    let aside = |element: &&str| !element.contains("rel=\"manifest\"") && !element.contains("rel=\"apple-touch-icon\"");
    for element in elements.filter(aside) {
        let attribute = ["href=\"", "src=\""].iter().find_map(|name| element.split_once(name));
        let Some((file, _)) = attribute.and_then(|(_, rest)| rest.split_once('"')) else { continue };
        if file.starts_with('/') && !found.iter().any(|known| known == file) {
            found.push(file.to_owned());
        }
    }
    found
}

/// What a script loads from beside it.
fn imported(script: &str) -> Vec<String> {
    let names = script.split("\"./").skip(1).filter_map(|rest| rest.split_once('"')).map(|(name, _)| name);
    names
        .filter(|name| name.ends_with(".js") || name.ends_with(".wasm"))
        .map(|name| format!("/assets/{name}"))
        .collect()
}

/// What kind of file it is, by the end of its name.
fn kind(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((_, "svg")) => "icon",
        Some((_, "js")) => "script",
        Some((_, "css")) => "style",
        Some((_, ending)) => ending,
        None => file,
    }
}

fn section(run: &Run, found: &Found) -> Section {
    let start = Spread::of(found.starts.iter().copied());
    let first = Spread::of(found.first_starts.iter().copied());
    let (idle, size) = (mega(found.idle), mega(found.size));
    let mut facts = Table::new(&["what", "median (least–most)"]);
    for (what, time) in [
        ("process start to the first page, ms", start),
        ("the same in an empty folder: tables made, starter content published, ms", first),
    ] {
        facts.row([what.to_owned(), format!("**{:.0}** ({:.0}–{:.0})", time.median, time.least, time.most)]);
    }
    facts.row(["resident memory after the first page, idle, MB".to_owned(), format!("**{idle:.1}**")]);
    let loaded = format!("resident memory after {} s of 128 readers, compressing, MB", found.seconds);
    facts.row([loaded, format!("**{:.1}**", mega(found.loaded))]);
    facts.row(["size of the program, all inside, MB".to_owned(), format!("**{size:.1}**")]);

    let mut pages = Table::new(&["page, cold", "requests", "bytes on the wire", "of which"]);
    let mut goals = vec![
        goal("first page within 100 ms of the start", start.median <= 100.0, &format!("{:.0} ms", start.median)),
        goal("at most 40 MB of memory when idle", idle <= 40.0, &format!("{idle:.1} MB")),
        goal("a program of at most 30 MB", size <= 30.0, &format!("{size:.1} MB")),
    ];
    for (page, parts) in &found.pages {
        let bytes: usize = parts.iter().map(|(_, bytes)| bytes).sum();
        let of: Vec<String> = parts.iter().map(|(kind, bytes)| format!("{kind} {}", kilo(*bytes))).collect();
        pages.row([page.name.to_owned(), parts.len().to_string(), format!("**{}**", kilo(bytes)), of.join(", ")]);
        goals.push(goal(
            &format!("{}: at most {} and {} requests", page.name, kilo(page.bytes), page.requests),
            bytes <= page.bytes && parts.len() <= page.requests,
            &format!("{}, {} requests", kilo(bytes), parts.len()),
        ));
    }
    let mut section = Section::new("program", run);
    section.table(facts);
    section.paragraph("Heads of the answers are counted; the browser takes gzip and brotli and has kept nothing.");
    section.table(pages);
    section.goals(&goals);
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_that_a_page_names_is_loaded_once() {
        let html = r#"<link rel="icon" href="/favicon.svg"><link rel="preload" href="/a.wasm"><a href="/no">
            <script type="module" src="/i.js"></script><link rel="modulepreload" href="/i.js">"#;
        assert_eq!(files(html), ["/favicon.svg", "/a.wasm", "/i.js"]);
        assert_eq!(
            imported("import(\"./a.1.js\"); x(\"./b.2.wasm\", \"no\");"),
            ["/assets/a.1.js", "/assets/b.2.wasm"]
        );
    }
}
