//! Messages as files, while no mail server is set: mail programs open them.

use std::{io::Write as _, path::Path};

use store::MessageId;

use super::Handed;

/// Writes a message into the folder, whole or not at all. The file can be read by this account only: it is somebody's mail.
pub(super) async fn write(folder: &Path, id: MessageId, message: &[u8]) -> Handed {
    let name = format!("message-{id}.eml");
    let (target, folder, message) = (folder.join(&name), folder.to_owned(), message.to_owned());
    let shown = target.display().to_string();
    let written = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(&message)?;
        file.as_file().sync_all()?;
        file.persist(&target)?;
        std::io::Result::Ok(())
    });
    match written.await {
        Ok(Ok(())) => Handed::Filed(name),
        Ok(Err(error)) => Handed::PutOff(format!("The file {shown} could not be written: {error}")),
        Err(error) => Handed::PutOff(format!("The file {shown} could not be written: {error}")),
    }
}
