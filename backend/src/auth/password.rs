//! Password hashing with Argon2id on two threads that reuse their working memory.
//!
//! Memory that is allocated per hash on changing threads ends up in many of the allocator's arenas
//! and is never released: 60 sign-ins left 400 MB resident.

use crate::error::ApiError;
use anyhow::Context;
use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use ring::rand::{SecureRandom, SystemRandom};
use shared::error::ErrorCode;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};
use tokio::sync::oneshot;

/// Each thread keeps 19 MiB (the `argon2` crate's defaults, which OWASP recommends).
const THREADS: usize = 2;
/// Queue capacity for anonymous callers; further hashes are rejected.
const MAX_QUEUED: usize = 20;
/// Additional queue capacity for callers who have signed in on this browser before, so that a flood
/// of sign-ins does not keep them out.
const RESERVED: usize = 20;

/// The working memory of a thread, reused for each hash.
type Memory = Vec<Block>;
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// The caller of a hash, which decides its share of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// An unknown caller without a valid device cookie.
    Anonymous,
    /// Signed in, or recognized by a device cookie.
    Known,
}

/// Thread pool that hashes and verifies passwords.
pub struct Passwords {
    jobs: mpsc::Sender<Job>,
    queued: Arc<AtomicUsize>,
    /// Verified for unknown accounts, so that the timing does not reveal them.
    dummy_hash: String,
}

impl Passwords {
    /// Starts the threads. They stop when this is dropped.
    pub fn start() -> anyhow::Result<Self> {
        let (jobs, receiver) = mpsc::channel();
        let receiver = Arc::new(parking_lot::Mutex::new(receiver));
        for _ in 0..THREADS {
            let receiver = receiver.clone();
            thread::Builder::new()
                .name("password-hash".to_owned())
                .spawn(move || run_jobs(&receiver))
                .context("could not start a thread for password hashing")?;
        }
        Ok(Self {
            jobs,
            queued: Arc::default(),
            dummy_hash: phc(&random::<16>()?, &random::<32>()?)?,
        })
    }

    /// Verifies `password` against `stored`. `None` means an unknown account: it takes as long and
    /// never matches. Fails with 503 if the queue is full.
    pub async fn verify(
        &self,
        caller: Caller,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, ApiError> {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy_hash.clone());
        let verified = self
            .run(caller, move |memory| {
                verify_with(memory, &password, &stored)
            })
            .await?;
        Ok(verified && is_known)
    }

    /// Hashes a password. Fails with 503 if the queue is full.
    pub async fn hash(&self, password: String) -> Result<String, ApiError> {
        self.run(Caller::Known, move |memory| hash_with(memory, &password))
            .await?
            .map_err(ApiError::internal)
    }

    async fn run<T: Send + 'static>(
        &self,
        caller: Caller,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let capacity = match caller {
            Caller::Anonymous => MAX_QUEUED,
            Caller::Known => MAX_QUEUED + RESERVED,
        };
        if self.queued.fetch_add(1, Ordering::SeqCst) >= capacity {
            self.queued.fetch_sub(1, Ordering::SeqCst);
            return Err(ApiError::new(ErrorCode::Overloaded).retry_after(2));
        }
        let (reply, result) = oneshot::channel();
        let queued = self.queued.clone();
        let job = move |memory: &mut Memory| {
            queued.fetch_sub(1, Ordering::SeqCst);
            // Skip the work if the caller has gone.
            if !reply.is_closed() {
                let _ = reply.send(work(memory));
            }
        };
        self.jobs.send(Box::new(job)).map_err(ApiError::internal)?;
        result.await.map_err(ApiError::internal)
    }
}

fn run_jobs(receiver: &parking_lot::Mutex<mpsc::Receiver<Job>>) {
    let mut memory = Memory::new();
    loop {
        let next = receiver.lock().recv();
        let Ok(job) = next else { return };
        // The caller of a job that panics gets a 500; the thread survives.
        if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
            tracing::error!("hashing a password panicked");
        }
    }
}

/// Hashes a password and returns the hash in PHC format. Takes tens of milliseconds.
pub fn hash(password: &str) -> anyhow::Result<String> {
    hash_with(&mut Memory::new(), password)
}

fn hash_with(memory: &mut Memory, password: &str) -> anyhow::Result<String> {
    let salt = random::<16>()?;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    Argon2::default()
        .hash_password_into_with_memory(
            password.as_bytes(),
            &salt,
            &mut output,
            sized(memory, &Params::DEFAULT),
        )
        .map_err(|error| anyhow::anyhow!("could not hash the password: {error}"))?;
    phc(&salt, &output)
}

/// Formats a hash as a PHC string with the default parameters.
fn phc(salt: &[u8], output: &[u8]) -> anyhow::Result<String> {
    let form = || {
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&Params::DEFAULT)?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(output)?),
        };
        Ok(hash.to_string())
    };
    form().map_err(|error: argon2::password_hash::Error| {
        anyhow::anyhow!("could not format the password hash: {error}")
    })
}

fn verify_with(memory: &mut Memory, password: &str, stored: &str) -> bool {
    let mut recompute = || {
        let stored = PasswordHash::new(stored)?;
        let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
            return Ok(false);
        };
        let params = Params::try_from(&stored)?;
        let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
        let version = stored
            .version
            .map_or(Ok(Version::V0x13), Version::try_from)?;
        let mut output = vec![0; expected.len()];
        let memory = sized(memory, &params);
        Argon2::new(algorithm, version, params).hash_password_into_with_memory(
            password.as_bytes(),
            &salt,
            &mut output,
            memory,
        )?;
        // `Output` compares in constant time.
        Ok(Output::new(&output)? == expected)
    };
    recompute().unwrap_or_else(|error: argon2::password_hash::Error| {
        tracing::error!(%error, "a stored password hash could not be read");
        false
    })
}

/// Returns the slice of memory that `params` need, growing it on first use.
fn sized<'a>(memory: &'a mut Memory, params: &Params) -> &'a mut [Block] {
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    &mut memory[..blocks]
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("the random source failed"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{PasswordHasher, PasswordVerifier};

    #[test]
    fn hashes_are_compatible_with_those_of_the_crate() {
        let mut memory = Memory::new();
        let ours = hash_with(&mut memory, "correct horse battery").unwrap();
        let parsed = PasswordHash::new(&ours).unwrap();
        let checked = Argon2::default().verify_password(b"correct horse battery", &parsed);
        assert_eq!(checked, Ok(()));
        assert!(
            ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{ours}"
        );

        let theirs = Argon2::default()
            .hash_password_with_salt(b"correct horse battery", b"sixteen bytes...")
            .unwrap()
            .to_string();
        // The memory's previous content has no effect.
        assert!(verify_with(&mut memory, "correct horse battery", &theirs));
        assert!(!verify_with(&mut memory, "correct horse batterY", &theirs));
        assert!(!verify_with(&mut memory, "", "$argon2id$v=19$broken"));
    }

    #[test]
    fn hashes_stored_by_earlier_versions_verify() {
        // Written with argon2 0.5.3.
        for stored in [
            "$argon2id$v=19$m=19456,t=2,p=1$m7Ict76Pa7XBmJEG0xi9Iw$Y08HQJAL22uDpMHKVj9PsyNkY5S4v0vVPb6yIaChImA",
            "$argon2id$v=19$m=19456,t=2,p=1$r19dh8yibz9FFN8rLQ17RQ$k+BebW8lpvcsvegaav+ya8+NKs1FeqOTjfmcxW0pJ2M",
        ] {
            let mut memory = Memory::new();
            assert!(verify_with(&mut memory, "penguin-demo", stored));
            assert!(!verify_with(&mut memory, "penguin-dem0", stored));
        }
    }

    #[test]
    fn the_dummy_hash_can_be_read_and_never_matches() {
        let dummy = Passwords::start().unwrap().dummy_hash;
        assert!(PasswordHash::new(&dummy).is_ok());
        assert!(!verify_with(&mut Memory::new(), "", &dummy));
    }
}
