//! Cursors of lists: opaque to callers, and of use to nobody but the account and list that they were made for.

use chancery_model::{AccountId, Invalid};
use chancery_vault::{Purpose, Vault};

const MAC_BYTES: usize = 16;

fn mac(vault: &Vault, account: AccountId, list: &str, key: &str) -> [u8; 32] {
    vault.mac(Purpose::Cursor, &[&account.number().to_be_bytes(), list.as_bytes(), key.as_bytes()])
}

/// A cursor after the item with this key.
pub(crate) fn make(vault: &Vault, account: AccountId, list: &str, key: &str) -> String {
    let mac = mac(vault, account, list, key);
    format!("{}{}", hex::encode(mac.get(..MAC_BYTES).unwrap_or_default()), hex::encode(key))
}

/// The key in a cursor.
pub(crate) fn open(vault: &Vault, account: AccountId, list: &str, cursor: &str) -> Result<String, Invalid> {
    let refused = || Invalid::new("after", cursor, "Member must be a cursor that this list gave before, unchanged");
    let bytes = hex::decode(cursor).map_err(|_| refused())?;
    let (code, key) = bytes.split_at_checked(MAC_BYTES).ok_or_else(refused)?;
    let key = std::str::from_utf8(key).map_err(|_| refused())?;
    let expected = mac(vault, account, list, key);
    // What is compared is no secret of the caller's, but a byte-wise answer would let one be forged.
    let differ = expected.iter().zip(code).fold(0, |differ, (a, b)| differ | (a ^ b));
    if differ == 0 { Ok(key.to_owned()) } else { Err(refused()) }
}
