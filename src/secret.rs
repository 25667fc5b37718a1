//! Secrets: they cannot be printed, compared, serialised or found in memory once nobody needs them any more.

use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use std::{fmt, sync::Arc};

/// A password or a token. Copies share one piece of memory, which is wiped when the last of them is gone.
#[derive(Clone)]
pub struct Secret(Arc<SecretString>);

impl Secret {
    /// A secret of exactly these bytes, so that no larger copy stays behind. Wiping `text` is the caller's part.
    pub fn new(text: &str) -> Self {
        Self(Arc::new(SecretBox::new(Box::<str>::from(text))))
    }

    /// The secret itself. Only what sends it may ask.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(hidden)")
    }
}

/// Whether both are copies of one secret; what it says is never compared.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_never_printed() {
        let secret = Secret::new("Sesame-42");
        assert_eq!(format!("{secret:?} {:#?}", Some(secret.clone())), "Secret(hidden) Some(\n    Secret(hidden),\n)");
        assert_eq!(secret.expose(), "Sesame-42");
    }

    #[test]
    fn only_copies_are_equal() {
        let secret = Secret::new("a");
        assert_eq!(secret, secret.clone());
        assert_ne!(secret, Secret::new("a"));
    }
}
