//! How much memory a long table takes; alone in its process, since what is measured is the process.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod made;

use jiff::civil::date;
use made::{columns, head};
use sheets::{Cell, Format, Writer};

/// The most memory that the process ever had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The size of the file and how much the peak grew.
fn write(format: Format, rows: u64) -> (usize, u64) {
    let before = peak();
    let mut writer = Writer::new(format, head(), columns()).unwrap();
    let mut size = 0;
    for number in 0..rows {
        let name = format!("Person {}", number * 7919 % 1_000_003);
        let cells = [
            Cell::Text(&name),
            Cell::Number(number as i64),
            Cell::Date(date(2027, 5, 3)),
            Cell::Share { part: number, whole: rows },
        ];
        writer.row(&cells).unwrap();
        if number % 1000 == 0 {
            size += writer.take().len();
        }
    }
    size += writer.finish().unwrap().map(|part| part.unwrap().len()).sum::<usize>();
    (size, peak() - before)
}

#[test]
fn a_long_table_takes_no_more_memory_than_a_short_one() {
    for format in [Format::Csv, Format::Xlsx] {
        write(format, 5_000);
        let (size, grown) = write(format, 50_000);
        assert!(size > 750_000, "{format:?}: {size} bytes");
        assert!(grown < 1_024, "{format:?}: {grown} KiB more");
    }
}
