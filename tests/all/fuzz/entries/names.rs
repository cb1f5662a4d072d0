//! Names, paths, ARNs, ids, tags, times and tokens.

use std::{fmt, str::FromStr};

use chancery_model::{
    AccountAlias, AccountId, Arn, Case, ClientToken, Description, EmailAddress, GroupId, GroupName, InstanceProfileId,
    InstanceProfileName, Path, PathPrefix, PolicyId, PolicyName, RecordId, RequestId, RoleId, RoleName, Sequence, SessionId,
    SubjectId, TagKey, TagValue, Tags, Timestamp, UserId, UserName,
};
use chancery_vault::token_digest;

use super::Entry;

/// A text as each of them: what is accepted is the text itself, or reads back as the same value.
pub(super) fn names() -> Entry {
    Box::new(|data| {
        let Ok(text) = std::str::from_utf8(data) else { return };
        check_names(text);
        check_arn(text);
        check_ids(text);
        check_tags(text);
        assert!(token_digest(text).is_none() || text.len() == 47);
    })
}

macro_rules! same_text {
    ($text:expr, $($type:ident),*) => {
        $(match $type::parse($text) {
            Ok(value) => assert_eq!(value.as_str(), $text, stringify!($type)),
            Err(invalid) => assert!(!invalid.to_string().is_empty()),
        })*
    };
}

fn check_names(text: &str) {
    same_text!(text, UserName, GroupName, RoleName, PolicyName, InstanceProfileName, AccountAlias, Description, EmailAddress);
    same_text!(text, ClientToken, Path, TagKey, TagValue);
    if let Ok(name) = UserName::parse(text) {
        assert_eq!(name.key(), UserName::parse(&text.to_ascii_uppercase()).expect("a name in capitals").key());
        let arn = Arn::user(AccountId::from_random(7), &Path::root(), &name);
        assert_eq!((Arn::parse(arn.as_str()).as_ref(), arn.resource_name()), (Ok(&arn), text));
    }
    if let Ok(path) = Path::parse(text) {
        assert!(PathPrefix::parse(text).expect("a path is a prefix").matches(&path));
        let name = UserName::parse("ada").expect("a name");
        let arn = Arn::user(AccountId::from_random(7), &path, &name);
        assert_eq!(Arn::parse(arn.as_str()).as_ref(), Ok(&arn));
    }
}

fn check_arn(text: &str) {
    let Ok(arn) = Arn::parse(text) else { return };
    assert_eq!(arn.as_str(), text);
    assert!(!arn.partition().is_empty() && !arn.service().is_empty() && text.ends_with(arn.resource()));
    assert!(arn.resource().ends_with(arn.resource_name()));
    if let Some(account) = arn.account() {
        assert_eq!(account.to_string(), arn.account_text());
    }
}

fn check_ids(text: &str) {
    // Of these there is one spelling only.
    exact::<AccountId>(text);
    exact::<UserId>(text);
    exact::<GroupId>(text);
    exact::<RoleId>(text);
    exact::<PolicyId>(text);
    exact::<InstanceProfileId>(text);
    reads_back::<Sequence>(text);
    reads_back::<Timestamp>(text);
    reads_back::<RecordId>(text);
    reads_back::<RequestId>(text);
    reads_back::<SessionId>(text);
    reads_back::<SubjectId>(text);
}

fn exact<T: FromStr + fmt::Display>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text);
    }
}

fn reads_back<T: FromStr + fmt::Display + fmt::Debug + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string().parse().ok(), Some(value), "{text}");
    }
}

/// A line is a tag, as in `key=value`.
fn check_tags(text: &str) {
    let pairs = || text.lines().map(|line| line.split_once('=').unwrap_or((line, "")));
    for case in [Case::Folded, Case::Kept] {
        let Ok(tags) = Tags::parse(pairs(), case) else { continue };
        assert_eq!(tags.len(), pairs().count());
        for (key, value) in pairs() {
            let key = TagKey::parse(key).expect("a key of a tag");
            assert_eq!(tags.get(&key, case).map(TagValue::as_str), Some(value));
        }
    }
}
