//! The numbered steps that make and change the tables; each is a pair of files under `migrations/`.

use crate::{
    Result, StoreError,
    db::{Engine, Tx, vals},
    open::Target,
};

/// One step: its name and its SQL for each engine.
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// Every step; the schema's number is how many were taken.
pub(crate) const ALL: &[Migration] = &[
    Migration {
        name: "0001_start",
        sqlite: include_str!("../../../migrations/sqlite/0001_start.sql"),
        postgres: include_str!("../../../migrations/postgres/0001_start.sql"),
    },
    Migration {
        name: "0002_devices",
        sqlite: include_str!("../../../migrations/sqlite/0002_devices.sql"),
        postgres: include_str!("../../../migrations/postgres/0002_devices.sql"),
    },
    Migration {
        name: "0003_activities",
        sqlite: include_str!("../../../migrations/sqlite/0003_activities.sql"),
        postgres: include_str!("../../../migrations/postgres/0003_activities.sql"),
    },
    Migration {
        name: "0004_requirements",
        sqlite: include_str!("../../../migrations/sqlite/0004_requirements.sql"),
        postgres: include_str!("../../../migrations/postgres/0004_requirements.sql"),
    },
    Migration {
        name: "0005_messages",
        sqlite: include_str!("../../../migrations/sqlite/0005_messages.sql"),
        postgres: include_str!("../../../migrations/postgres/0005_messages.sql"),
    },
    Migration {
        name: "0006_roster",
        sqlite: include_str!("../../../migrations/sqlite/0006_roster.sql"),
        postgres: include_str!("../../../migrations/postgres/0006_roster.sql"),
    },
    Migration {
        name: "0007_recall",
        sqlite: include_str!("../../../migrations/sqlite/0007_recall.sql"),
        postgres: include_str!("../../../migrations/postgres/0007_recall.sql"),
    },
    Migration {
        name: "0008_reports",
        sqlite: include_str!("../../../migrations/sqlite/0008_reports.sql"),
        postgres: include_str!("../../../migrations/postgres/0008_reports.sql"),
    },
    Migration {
        name: "0009_studio",
        sqlite: include_str!("../../../migrations/sqlite/0009_studio.sql"),
        postgres: include_str!("../../../migrations/postgres/0009_studio.sql"),
    },
    Migration {
        name: "0010_publishing",
        sqlite: include_str!("../../../migrations/sqlite/0010_publishing.sql"),
        postgres: include_str!("../../../migrations/postgres/0010_publishing.sql"),
    },
    Migration {
        name: "0011_curriculum",
        sqlite: include_str!("../../../migrations/sqlite/0011_curriculum.sql"),
        postgres: include_str!("../../../migrations/postgres/0011_curriculum.sql"),
    },
    Migration {
        name: "0012_left",
        sqlite: include_str!("../../../migrations/sqlite/0012_left.sql"),
        postgres: include_str!("../../../migrations/postgres/0012_left.sql"),
    },
    Migration {
        name: "0013_brought",
        sqlite: include_str!("../../../migrations/sqlite/0013_brought.sql"),
        postgres: include_str!("../../../migrations/postgres/0013_brought.sql"),
    },
    Migration {
        name: "0014_why",
        sqlite: include_str!("../../../migrations/sqlite/0014_why.sql"),
        postgres: include_str!("../../../migrations/postgres/0014_why.sql"),
    },
    Migration {
        name: "0015_thrown",
        sqlite: include_str!("../../../migrations/sqlite/0015_thrown.sql"),
        postgres: include_str!("../../../migrations/postgres/0015_thrown.sql"),
    },
];

/// Any number will do, as long as every server takes the same.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7228201401)";

/// The schema a database has: its number and name, 0 for an empty one.
pub(crate) async fn schema(tx: &mut Tx) -> Result<(i64, String)> {
    let there = match tx.engine() {
        Engine::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'meta'",
        Engine::Pg => "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'",
    };
    if tx.optional(there, vals![]).await?.is_none() {
        return Ok((0, String::new()));
    }
    let row = tx.one("SELECT schema, schema_name FROM meta WHERE id = 1", vals![]).await?;
    Ok((row.i64("schema")?, row.text("schema_name")?))
}

/// Refuses a database that a newer program has changed; returns the number it has.
pub(crate) async fn refuse_newer(tx: &mut Tx, steps: &[Migration]) -> Result<usize> {
    let (found, name) = schema(tx).await?;
    match usize::try_from(found) {
        Ok(taken) if taken <= steps.len() => Ok(taken),
        _ => Err(StoreError::NewerSchema { found, name, known: steps.len().try_into().unwrap_or(i64::MAX) }),
    }
}

/// Takes the steps that are missing, all in one transaction, on a connection of its own.
pub(crate) async fn migrate(target: &Target, steps: &[Migration], now: i64) -> Result<usize> {
    let mut tx = target.writing_connection().await?;
    let before = refuse_newer(&mut tx, steps).await?;
    if before == steps.len() {
        tx.close().await?;
        return Ok(0);
    }
    if let (Target::Sqlite { path, .. }, 1..) = (target, before) {
        let snapshot = format!("{}.schema-{before}.{now}", path.display());
        tx.run("VACUUM INTO $1", vals![snapshot.as_str()]).await?;
        tracing::info!(snapshot, "copied the database before changing its tables");
    }
    tx.script(match tx.engine() {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Pg => "BEGIN",
    })
    .await?;
    if tx.engine() == Engine::Pg {
        tx.script(LOCK).await?;
    }
    // Another server may have migrated while this one waited for the lock.
    let taken = refuse_newer(&mut tx, steps).await?;
    for step in &steps[taken..] {
        tx.script(match tx.engine() {
            Engine::Sqlite => step.sqlite,
            Engine::Pg => step.postgres,
        })
        .await?;
    }
    if let Some(last) = steps[taken..].last() {
        let number = i64::try_from(steps.len()).unwrap_or(i64::MAX);
        tx.run("UPDATE meta SET schema = $1, schema_name = $2 WHERE id = 1", vals![number, last.name]).await?;
    }
    tx.script("COMMIT").await?;
    tx.close().await?;
    Ok(steps.len() - taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_existing_file_is_copied_before_its_tables_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("clinic.db");
        let target = Target::sqlite(&path);
        assert_eq!(migrate(&target, &ALL[..1], 1).await.expect("first"), 1);
        let first = &ALL[0];
        let more = [
            Migration { name: first.name, sqlite: first.sqlite, postgres: first.postgres },
            Migration { name: "0002_more", sqlite: "CREATE TABLE more (id INTEGER) STRICT", postgres: "" },
        ];
        assert_eq!(migrate(&target, &more, 2).await.expect("second"), 1);
        assert_eq!(migrate(&target, &more, 3).await.expect("again"), 0);
        let copy = Target::sqlite(&folder.path().join("clinic.db.schema-1.2"));
        let mut copy = copy.writing_connection().await.expect("the copy opens");
        assert_eq!(schema(&mut copy).await.expect("its schema").0, 1);

        let refused = migrate(&target, &ALL[..1], 4).await.expect_err("a newer schema");
        assert!(refused.to_string().contains("schema 2 (0002_more)"), "{refused}");
    }

    /// What each step was when it was released: a database that has taken it takes it no more.
    const RELEASED: &[&str] = &[
        "0001_start c66bb73f2b184d59",
        "0002_devices 96acaf1b1b297212",
        "0003_activities 7dd8490bad1089f8",
        "0004_requirements 88073f24d5bc7a6f",
        "0005_messages c28f2b9720ce11e4",
        "0006_roster 3202f306ccc14e6d",
        "0007_recall 3dde059734071ec0",
        "0008_reports 0a0ee811b0970ecb",
        "0009_studio 3d873b6e30411c6c",
        "0010_publishing 8f86f9072a88f830",
        "0011_curriculum 36d3dd9680243b38",
        "0012_left b63e89347cccfc78",
        "0013_brought c1776b52408673dc",
        "0014_why 09219a7c09bcbf09",
        "0015_thrown d47d58a66e0c1942",
    ];

    #[test]
    fn a_step_that_was_released_stays_as_it_was() {
        let digest = |step: &Migration| {
            let hash = blake3::hash(format!("{}\n{}\n{}", step.name, step.sqlite, step.postgres).as_bytes());
            format!("{} {}", step.name, hash.to_hex().split_at(16).0)
        };
        let now: Vec<String> = ALL.iter().map(digest).collect();
        assert_eq!(now, RELEASED, "a change of the tables is a new step, with its own line here");
    }
}
