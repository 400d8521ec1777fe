//! Images and what else belongs to a version, each kept once under the hash of its bytes.

use crate::{
    Result, Store, VersionId,
    db::{Tx, vals},
};

/// A file that belongs to a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The hash of its bytes.
    pub hash: [u8; 32],
    /// Its type, such as `image/svg+xml`.
    pub mime: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Store {
    /// The file with this hash.
    pub async fn asset(&self, hash: [u8; 32]) -> Result<Option<Asset>> {
        let sql = "SELECT mime, bytes FROM asset WHERE hash = $1";
        let row = self.reader().await?.optional(sql, vals![hash]).await?;
        row.map(|row| Ok(Asset { hash, mime: row.text("mime")?, bytes: row.blob("bytes")? })).transpose()
    }

    /// The files of a version: the target as it was written, and the hash.
    pub async fn assets_of(&self, version: VersionId) -> Result<Vec<(String, [u8; 32])>> {
        let sql = "SELECT target, hash FROM version_asset WHERE version_id = $1 ORDER BY target";
        let rows = self.reader().await?.all(sql, vals![version]).await?;
        rows.iter().map(|row| Ok((row.text("target")?, row.hash("hash")?))).collect()
    }
}

/// Keeps the files of a version.
pub(crate) async fn keep(tx: &mut Tx, version: VersionId, assets: &[(String, Asset)]) -> Result<()> {
    for (target, asset) in assets {
        let sql = "INSERT INTO asset (hash, mime, bytes) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";
        tx.run(sql, vals![asset.hash, &asset.mime, &asset.bytes]).await?;
        let sql = "INSERT INTO version_asset (version_id, target, hash) VALUES ($1, $2, $3)
            ON CONFLICT (version_id, target) DO NOTHING";
        tx.run(sql, vals![version, target, asset.hash]).await?;
    }
    Ok(())
}
