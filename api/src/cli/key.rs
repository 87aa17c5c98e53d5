//! `entente key`

use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;
use crate::access::token::Keys;

#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Write a new signing key (Ed25519, PKCS #8 PEM) into a file that only its owner can read
    ///
    /// To replace a key: name the new one first with --signing-key, keep the old one behind it for ten minutes, then drop it.
    Create {
        /// The file; it must not exist yet.
        file: PathBuf,
    },
}

impl Key {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Self::Create { file } = self;
        if file.exists() {
            return Err(format!("{} exists already and is left alone", file.display()).into());
        }
        Keys::create(&file)?;
        println!("{}", file.display());
        Ok(())
    }
}
