//! File permissions: only the server's user has access to what it stores.

use anyhow::{Context, bail};
use rustix::{
    fs::Mode,
    process::{geteuid, umask},
};
use std::{
    fs::{self, Permissions},
    io::ErrorKind,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

/// Permission bits of the group and of all other users.
const GROUP_AND_OTHERS: u32 = 0o077;
/// Permission bits of users who are neither the owner nor in the file's group.
const OTHERS: u32 = 0o007;
/// Permission bits that let other users replace files of a directory.
const WRITE_BY_OTHERS: u32 = 0o022;
/// Directory of emails in the data directory.
const MAIL_DIR: &str = "mail";
/// Files of the data directory with secrets or customers' data.
const SENSITIVE_FILES: [&str; 5] = [
    "secret.key",
    "penguinmails.db",
    "penguinmails.db-wal",
    "penguinmails.db-shm",
    "penguinmails.db.migrate-lock",
];

/// Restricts all files and directories that the process creates from now on to its user (umask
/// 077).
pub fn restrict_new_files() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Revokes other users' access to the data directory and its files.
///
/// A directory with other files in it, such as a home directory, keeps its mode: the modes of the
/// server's files are enough if no other user can replace them.
///
/// # Errors
///
/// If other users keep access, because the files belong to one of them or the directory is shared.
pub fn restrict_data_dir(dir: &Path) -> anyhow::Result<()> {
    let mail = dir.join(MAIL_DIR);
    let was_open = if is_own(dir)? {
        restrict(dir)?
    } else {
        refuse_writable_by_others(dir)?;
        true
    };
    let was_open = restrict(&mail)? || was_open;
    for name in SENSITIVE_FILES {
        restrict(&dir.join(name))?;
    }
    // As long as no other user could enter the directories, the modes of the emails do not matter.
    if was_open && mail.is_dir() {
        for entry in fs::read_dir(&mail)? {
            restrict(&entry?.path())?;
        }
    }
    Ok(())
}

/// Returns `true` if a directory contains only the server's files.
fn is_own(dir: &Path) -> anyhow::Result<bool> {
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        if name != MAIL_DIR && !SENSITIVE_FILES.iter().any(|file| name == *file) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn refuse_writable_by_others(dir: &Path) -> anyhow::Result<()> {
    let mode = fs::metadata(dir)?.mode() & 0o7777;
    if mode & WRITE_BY_OTHERS != 0 {
        bail!(
            "other users of this machine can replace files in {dir} (mode {mode:04o}), which also \
             has files that are not the server's. Name a directory of its own with --data-dir, or \
             run `chmod go-w {dir}`",
            dir = dir.display()
        );
    }
    Ok(())
}

/// Revokes other users' access to a file or directory. Returns `true` if they had any. A missing
/// file is ignored.
///
/// The group of a file that belongs to another user keeps its access: this is how its owner lets
/// this process in.
pub fn restrict(path: &Path) -> anyhow::Result<bool> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => {
            return Err(error).with_context(|| format!("could not look at {}", path.display()));
        }
    };
    // Pipes and devices have no stored content.
    if !metadata.is_file() && !metadata.is_dir() {
        return Ok(false);
    }
    let ours = metadata.uid() == geteuid().as_raw();
    let excess = if ours { GROUP_AND_OTHERS } else { OTHERS };
    let mode = metadata.mode() & 0o7777;
    if mode & excess == 0 {
        return Ok(false);
    }
    let restricted = mode & !GROUP_AND_OTHERS;
    let changed = fs::set_permissions(path, Permissions::from_mode(restricted));
    // Some file systems accept a mode and ignore it.
    if changed.is_err() || fs::metadata(path)?.mode() & excess != 0 {
        bail!(
            "other users of this machine can open {path} (mode {mode:04o}), and this process may \
             not change that. Run `chmod go-rwx {path}` as its owner, or use another place that \
             only the server's user can open",
            path = path.display()
        );
    }
    tracing::warn!(
        path = %path.display(),
        mode = format!("{mode:04o}"),
        "removed access by other users of this machine"
    );
    Ok(true)
}
