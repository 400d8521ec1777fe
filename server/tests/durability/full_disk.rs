//! A disk that is really full: the data lie on a small file system of their own, in a mount namespace that ends with the program.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use testbed::program::wait_for;

use super::{Browser, Program, READING, assert_unavailable, bedside, entries, publish_reading};

/// Mounts a small file system over the folder `$1` and becomes the program that follows.
const ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o size=8m small "$1" && shift && exec "$@""#;

/// `unshare` in the form that is allowed here: plainly as root, with a user namespace as anybody else.
fn unshare(folder: &Path) -> Command {
    let form = |flags: &str| {
        let mut command = testbed::program::command("unshare");
        command.args([flags, "sh", "-c", ON_A_SMALL_DISK, "sh"]).arg(folder);
        command
    };
    let works =
        |flags: &&str| form(flags).arg("true").stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    let flags = ["-m", "-rm"].into_iter().find(works).expect(
        "this test fills a file system of its own: run it as root or where `unshare -rm` of util-linux may make user \
         namespaces (sysctl kernel.unprivileged_userns_clone=1 or kernel.apparmor_restrict_unprivileged_userns=0)",
    );
    form(flags)
}

/// The program's own commands where it sees its file system: in the name spaces of the one that runs.
fn beside(program: &Program) -> Command {
    let mut command = testbed::program::command("nsenter");
    command.args(["--target", &program.id().to_string(), "--mount"]);
    if !is_root() {
        command.args(["--user", "--preserve-credentials"]);
    }
    command.arg("--").arg(bedside().get_program());
    command
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// A file that takes all the room there is, until it is removed.
struct Filler(PathBuf);

impl Filler {
    fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(&self.0).unwrap();
        for size in [65_536, 1] {
            let error = std::iter::repeat_with(|| file.write_all(&vec![0; size])).find_map(Result::err).unwrap();
            assert_eq!(error.kind(), ErrorKind::StorageFull);
        }
    }
}

#[test]
fn a_full_disk_stops_writing_not_reading_and_space_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = unshare(folder.path());
    let url = format!("sqlite:{}", folder.path().join("bedside.db").display());
    command.arg(bedside().get_program()).args(["serve", "--address", "127.0.0.1:0", "--database-url", &url]);
    let mut program = Program::serve(&mut command);
    // The file system as the program sees it.
    let disk =
        Path::new("/proc").join(program.id().to_string()).join("root").join(folder.path().strip_prefix("/").unwrap());
    assert!(!folder.path().join("bedside.db").exists() && disk.join("bedside.db").exists());

    publish_reading(beside(&program), &url);

    let mut administrator = Browser::administrator(&program);
    let mut ada = administrator.learner("ada-1");
    let pages = ada.pages(READING);
    let first = ada.read_form(&pages[0]);
    assert_eq!(ada.send(&first).unwrap().status, 303);
    let second = ada.read_form(&pages[1]);

    let filler = Filler(disk.join("filler"));
    filler.fill();
    let mut added = Vec::new();
    let mut add = |browser: &mut Browser| {
        let number = format!("staff-{}", added.len());
        let answer = browser.post("/people/new", &[("name", &number), ("email", ""), ("staff_number", &number)]);
        added.push((number, answer.status));
        answer
    };
    // What the database had set aside for itself may still take some writes.
    let refused =
        wait_for("writing is refused", || Some(add(&mut administrator)).filter(|answer| answer.status != 303));
    assert_unavailable(&refused);
    // What is too small for somebody new may still take a session.
    let refused = wait_for("signing in is refused", || {
        Some(Browser::new(&program.address).sign_in("ada-1")).filter(|answer| answer.status != 303)
    });
    assert_unavailable(&refused);
    filler.fill();
    for _ in 0..3 {
        assert_unavailable(&ada.send(&second).unwrap());
        assert_unavailable(&add(&mut administrator));
        assert_unavailable(&Browser::new(&program.address).sign_in("ada-1"));
    }
    for page in ["/", READING, pages[0].as_str(), "/record"] {
        assert_eq!(ada.get(page).status, 200, "{page}");
    }
    assert_eq!(administrator.get("/people").status, 200);
    for (path, says) in [("/health/live", "live\n"), ("/health/ready", "ready\n")] {
        let answer = ada.get(path);
        assert_eq!((answer.status, answer.body.as_str()), (200, says), "reading goes on, so it is ready");
    }

    fs::remove_file(&filler.0).unwrap();
    let sent = ada.send(&second).unwrap();
    assert_eq!((sent.status, sent.location()), (303, pages[2].as_str()), "the same form, without a restart");
    assert_eq!(ada.send(&second).unwrap().location(), pages[2], "and once more");
    assert_eq!(ada.get(READING).body.matches("<li class=\"is-done\">").count(), 2);
    for page in &pages[2..] {
        let form = ada.read_form(page);
        assert_eq!(ada.send(&form).unwrap().status, 303, "{page}");
    }
    assert_eq!(ada.get("/record").body.matches(">Reading</a>").count(), 1);
    for (number, status) in added {
        let found = administrator.get(&format!("/people?q={number}")).body.contains(&format!(">{number}</a>"));
        assert!(status != 303 || found, "{number} was acknowledged and is lost");
    }
    // SQLite would follow /proc/…/root back to our own file system, so what is on the disk is copied; nobody writes now.
    let copy = tempfile::tempdir().unwrap();
    for name in ["bedside.db", "bedside.db-wal"] {
        fs::copy(disk.join(name), copy.path().join(name)).unwrap();
    }
    assert_eq!(entries(&format!("sqlite:{}", copy.path().join("bedside.db").display())), 1);
    assert_eq!(program.stop(), Some(0));
}
