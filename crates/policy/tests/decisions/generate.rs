//! Random policies and requests over a small world, so that much of it meets: every layer, kind of principal and operator,
//! gaps in the context, multivalued keys, variables, and values of the wrong type.

use std::{cell::Cell, collections::BTreeMap};

use chancery_policy::{
    Comparison, Condition, Document, Effect, Operator, Principal, Quantifier, Scope, Statement, Value, Version,
};
use smol_str::SmolStr;

use crate::asked::{Asked, Held};

/// SplitMix64: a seed gives the same world everywhere.
pub(crate) struct Random(Cell<u64>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub(crate) fn number(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mixed = (self.0.get() ^ (self.0.get() >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&self, end: usize) -> usize {
        usize::try_from(self.number() % end as u64).unwrap()
    }

    pub(crate) fn chance(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn text(&self, texts: &[&str]) -> SmolStr {
        SmolStr::from(*self.pick(texts))
    }

    fn some<T>(&self, percent: usize, make: impl FnOnce() -> T) -> Option<T> {
        self.chance(percent).then(make)
    }

    fn list<T>(&self, from: usize, to: usize, make: impl Fn() -> T) -> Vec<T> {
        (0..from + self.below(to - from + 1)).map(|_| make()).collect()
    }
}

const CALLERS: &[&str] = &[
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/ada",
    "arn:aws:iam::111122223333:user/eng/ada",
    "arn:aws:iam::111122223333:role/ops",
    "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    "arn:aws:sts::111122223333:assumed-role/ops/ada",
    "arn:aws:sts::111122223333:assumed-role/ops/bob",
    "arn:aws:sts::111122223333:federated-user/ada",
    "arn:aws:iam::444455556666:user/ada",
    "sns.amazonaws.com",
    "accounts.google.com",
    "anonymous",
];

/// What of these can stand in a document; the others have classes of their own.
const ARNS_OF_CALLERS: usize = 9;

const ACTIONS: &[&str] = &["s3:GetObject", "s3:PutObject", "S3:getobject", "sqs:SendMessage", "sts:AssumeRole", "kms:Decrypt"];

const ACTION_PATTERNS: &[&str] = &[
    "*",
    "*:*",
    "s3:*",
    "s3:Get*",
    "S3:GETOBJECT",
    "s3:?utObject",
    "s*:*e*",
    "sqs:SendMessage",
    "sts:Assume*",
    "kms:*",
    "k*",
    "s3:",
];

const RESOURCES: &[&str] = &[
    "arn:aws:s3:::red/ada",
    "arn:aws:s3:::red/a/b",
    "arn:aws:s3:::blue/*",
    "arn:aws:sqs:us-east-1:111122223333:red",
    "arn:aws:sqs:us-east-1:444455556666:red:x",
    "arn:aws:iam::111122223333:role/ops",
    "arn:aws:iam::444455556666:role/ops",
    "arn:aws:kms:us-east-1:111122223333:key/k",
    "*",
];

const RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::red/*",
    "arn:aws:s3:::r?d/a*",
    "arn:aws:s3:::*/${aws:username}",
    "arn:aws:s3:::${aws:PrincipalTag/team, 'blue'}/*",
    "arn:aws:s3:::blue/${*}",
    "arn:aws:s3:::${aws:TagKeys}/*",
    "arn:aws:sqs",
    "arn:*:sqs:us-*:*:r*",
    "arn:aws:sqs:*:1111*",
    "arn:aws:iam::*:role/*",
    "arn:aws:kms:us-east-1:111122223333:key/?",
    "arn:aws:*:::*:*",
];

/// A key, whether it is multivalued, and the values that it is given and compared with.
struct Vocabulary {
    key: &'static str,
    many: bool,
    given: &'static [&'static str],
    written: &'static [&'static str],
}

const TEXTS: &[&str] = &["red", "Red", "blue", "", "ada", "r*d", "5", "true"];
const TEXT_PATTERNS: &[&str] = &[
    "red",
    "RED",
    "blue",
    "",
    "r*",
    "*",
    "?ed",
    "${aws:username}",
    "${aws:PrincipalTag/team, 'red'}",
    "r${*}d",
    "${aws:TagKeys}x",
    "a*a*a",
];
const NUMBERS: &[&str] = &["5", "5.0", "4.5", "10", "-1", "0", "many", ""];
const MOMENTS: &[&str] =
    &["2026-01-01T00:00:00Z", "1767225600", "2026-01-01", "2026-02-28T12:30:59Z", "1767225601", "2024-02-29T00:00:00Z", "soon"];
const TRUTHS: &[&str] = &["true", "false", "True", "maybe"];
const ADDRESSES: &[&str] = &["203.0.113.9", "10.0.0.1", "2001:db8::1", "nowhere"];
const NETWORKS: &[&str] =
    &["203.0.113.0/24", "10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::/0", "10.0.0.0/33", "here"];
const ARNS: &[&str] = &["arn:aws:sns:us-east-1:111122223333:t", "arn:aws:s3:::red:x", "arn:aws:sns", "red"];
const ARN_PATTERNS: &[&str] = &[
    "arn:aws:sns:us-east-1:111122223333:t",
    "arn:*:s3:::*",
    "arn:aws:sns:*:*:?",
    "arn:aws:*:t",
    "*",
    "arn:aws:s3:::${aws:username}*",
];
const BYTES: &[&str] = &["cmVk", "Ymx1ZQ==", ""];

const VOCABULARY: &[Vocabulary] = &[
    Vocabulary { key: "aws:username", many: false, given: TEXTS, written: TEXT_PATTERNS },
    Vocabulary { key: "aws:PrincipalTag/team", many: false, given: TEXTS, written: TEXT_PATTERNS },
    Vocabulary { key: "aws:TagKeys", many: true, given: TEXTS, written: TEXT_PATTERNS },
    Vocabulary { key: "x:Number", many: false, given: NUMBERS, written: NUMBERS },
    Vocabulary { key: "x:Numbers", many: true, given: NUMBERS, written: NUMBERS },
    Vocabulary { key: "aws:CurrentTime", many: false, given: MOMENTS, written: MOMENTS },
    Vocabulary { key: "x:Times", many: true, given: MOMENTS, written: MOMENTS },
    Vocabulary { key: "aws:SecureTransport", many: false, given: TRUTHS, written: TRUTHS },
    Vocabulary { key: "aws:SourceIp", many: false, given: ADDRESSES, written: NETWORKS },
    Vocabulary { key: "x:Addresses", many: true, given: ADDRESSES, written: NETWORKS },
    Vocabulary { key: "aws:SourceArn", many: false, given: ARNS, written: ARN_PATTERNS },
    Vocabulary { key: "x:Arns", many: true, given: ARNS, written: ARN_PATTERNS },
    Vocabulary { key: "x:Bytes", many: false, given: BYTES, written: BYTES },
];

/// A request and policies about it.
pub(crate) fn asked(random: &Random) -> Asked {
    let mut asked = Asked {
        identity: random.list(0, 2, || document(random, false)),
        boundary: random.some(30, || random.list(0, 2, || document(random, false))),
        session: random.some(30, || random.list(0, 2, || document(random, false))),
        resource_policy: random.list(0, 1, || document(random, true)),
        scps: random.some(30, || random.list(0, 2, || random.list(0, 2, || document(random, false)))),
        rcps: random.some(20, || random.list(0, 2, || random.list(1, 2, || document(random, true)))),
        endpoint: random.some(15, || random.list(0, 2, || document(random, true))),
        ..Asked::default()
    };
    ask(random, &mut asked);
    asked
}

/// Another request under the same policies.
pub(crate) fn ask(random: &Random, asked: &mut Asked) {
    asked.principal = (*random.pick(CALLERS)).to_owned();
    asked.action = (*random.pick(ACTIONS)).to_owned();
    asked.resource = (*random.pick(RESOURCES)).to_owned();
    asked.resource_account = random.some(30, || (*random.pick(&["111122223333", "444455556666"])).to_owned());
    asked.context = context(random);
}

fn context(random: &Random) -> BTreeMap<String, Held> {
    let mut context = BTreeMap::new();
    for Vocabulary { key, many, given, .. } in VOCABULARY {
        let value = || (*random.pick(given)).to_owned();
        // Now and then a service gives a key in the other form than it documents.
        let many = *many != random.chance(4);
        if random.chance(65) {
            let held = if many { Held::Many(random.list(0, 3, value)) } else { Held::One(value()) };
            context.insert(key.to_lowercase(), held);
        }
    }
    context
}

pub(crate) fn document(random: &Random, of_resource: bool) -> Document {
    let version = if random.chance(85) { Version::V2012 } else { Version::V2008 };
    Document { version, id: None, statements: random.list(1, 3, || statement(random, of_resource)) }
}

fn statement(random: &Random, of_resource: bool) -> Statement {
    Statement {
        sid: None,
        effect: if random.chance(75) { Effect::Allow } else { Effect::Deny },
        principals: of_resource.then(|| scope(random, 15, random.list(1, 2, || principal(random)))),
        actions: scope(random, 15, random.list(1, 2, || random.text(ACTION_PATTERNS))),
        resources: (!of_resource || random.chance(80))
            .then(|| scope(random, 15, random.list(1, 2, || random.text(RESOURCE_PATTERNS)))),
        conditions: if random.chance(45) { conditions(random) } else { Vec::new() },
    }
}

fn scope<T>(random: &Random, except_percent: usize, items: Vec<T>) -> Scope<T> {
    if random.chance(except_percent) { Scope::Except(items) } else { Scope::Only(items) }
}

fn principal(random: &Random) -> Principal {
    match random.below(12) {
        0 | 1 => Principal::Everyone,
        2 => Principal::Aws("*".into()),
        3 => Principal::Aws("111122223333".into()),
        4 => Principal::Aws("arn:aws:iam::111122223333:root".into()),
        5 => Principal::Service("sns.amazonaws.com".into()),
        6 => Principal::Federated("accounts.google.com".into()),
        7 => Principal::CanonicalUser("0a".repeat(32).into()),
        8 => Principal::Aws("arn:aws:iam::111122223333:role/path/ops".into()),
        _ => Principal::Aws(random.text(&CALLERS[..ARNS_OF_CALLERS])),
    }
}

fn conditions(random: &Random) -> Vec<Condition> {
    let mut conditions = random.list(1, 2, || condition(random));
    // A document has an operator and key once.
    conditions.dedup_by(|a, b| a.operator == b.operator);
    conditions
}

fn condition(random: &Random) -> Condition {
    let vocabulary = random.pick(VOCABULARY);
    let comparison = loop {
        let comparison = *random.pick(Comparison::ALL);
        if comparison == Comparison::Null
            || fits(comparison, vocabulary)
            || (misfits(comparison, vocabulary) && random.chance(10))
        {
            break comparison;
        }
    };
    let null = comparison == Comparison::Null;
    let quantifiers = [Quantifier::ForAllValues, Quantifier::ForAnyValue];
    let quantifier = random.some(if vocabulary.many { 75 } else { 15 }, || *random.pick(&quantifiers));
    Condition {
        operator: Operator { quantifier: quantifier.filter(|_| !null), comparison, if_exists: !null && random.chance(25) },
        key: if random.chance(10) { vocabulary.key.to_uppercase().into() } else { vocabulary.key.into() },
        values: random
            .list(usize::from(!random.chance(3)), 3, || Value::Text(random.text(if null { TRUTHS } else { vocabulary.written }))),
    }
}

fn fits(comparison: Comparison, vocabulary: &Vocabulary) -> bool {
    let name = comparison.name();
    let texts = vocabulary.given == TEXTS && name.starts_with("String");
    let numbers = vocabulary.given == NUMBERS && name.starts_with("Numeric");
    let moments = vocabulary.given == MOMENTS && name.starts_with("Date");
    let truths = vocabulary.given == TRUTHS && name == "Bool";
    let addresses = vocabulary.given == ADDRESSES && name.contains("Ip");
    let arns = vocabulary.given == ARNS && name.starts_with("Arn");
    let bytes = vocabulary.given == BYTES && name == "BinaryEquals";
    texts || numbers || moments || truths || addresses || arns || bytes
}

/// Whether a comparison of the wrong type has a documented answer. What is no base64, and a decimal for a date, have none.
fn misfits(comparison: Comparison, vocabulary: &Vocabulary) -> bool {
    let decimal_for_date = comparison.is_date() && vocabulary.given == NUMBERS;
    comparison != Comparison::BinaryEquals && !decimal_for_date
}
