//! Managed policies: AWS's own, and the customer's with all their versions.

use chancery_domain::{
    Command, ManagedPolicy, VersionId,
    actions::{CreatePolicy, CreatePolicyVersion, PublishManagedPolicy, SetDefaultPolicyVersion, Tag, TagTarget},
};
use chancery_model::{Arn, Path, PolicyName, Tags};
use chancery_policy::{Kind, PolicyText};

use super::{
    AccountFile, Item, ItemKind,
    file::PolicyRow,
    plan::Planner,
    values::{description, document, given, same, tags},
};

/// The versions of a policy in the order of their numbers, and the place of the one in force.
struct Versions {
    texts: Vec<(VersionId, PolicyText)>,
    default: usize,
}

fn is_awss(row: &PolicyRow) -> bool {
    row.arn.split(':').nth(4) == Some("aws")
}

impl Planner<'_> {
    /// AWS's policies come first: customer identities refer to both.
    pub(super) fn policies(&mut self, file: &AccountFile) {
        let rows: Vec<PolicyRow> =
            file.policies.iter().filter_map(|value| self.row(value, ItemKind::Policy, "PolicyName")).collect();
        let (awss, own): (Vec<_>, Vec<_>) = rows.iter().partition(|row| is_awss(row));
        awss.into_iter().for_each(|row| self.aws_policy(row));
        own.into_iter().for_each(|row| self.policy(row));
    }

    /// AWS's policies alone.
    pub(super) fn managed_policies(&mut self, file: &AccountFile) {
        for value in &file.policies {
            match self.row::<PolicyRow>(value, ItemKind::AwsPolicy, "PolicyName") {
                Some(row) if is_awss(&row) => self.aws_policy(&row),
                Some(row) => {
                    let reason = "it is not one of AWS's: `chancery import aws-account` imports customer managed policies";
                    self.push(Item::new(ItemKind::Policy, &row.policy_name).at(&row.arn).refused(reason));
                }
                None => {}
            }
        }
    }

    fn aws_policy(&mut self, row: &PolicyRow) {
        if !self.is_first(ItemKind::AwsPolicy, &row.arn) {
            return;
        }
        let item = Item::new(ItemKind::AwsPolicy, &row.policy_name).at(&row.arn);
        let item = match self.publication(row) {
            Ok(Ok((known, command))) if known => item.updated(vec![command.into()]),
            Ok(Ok((_, command))) => item.created(vec![command.into()]),
            Ok(Err(note)) => item.noting(note),
            Err(reason) => item.refused(reason),
        };
        self.push(item);
    }

    /// The command, and whether the policy is known already; or, when what is known is as new, a note about that.
    fn publication(&self, row: &PolicyRow) -> Result<Result<(bool, PublishManagedPolicy), Option<String>>, String> {
        let arn = Arn::parse(&row.arn).map_err(|invalid| invalid.to_string())?;
        let version: VersionId =
            row.default_version_id.parse().map_err(|invalid: chancery_model::Invalid| invalid.to_string())?;
        let known = self.aws.by_arn(&arn);
        if let Some(known) = known.filter(|known| known.default >= version) {
            let newer = known.default > version;
            return Ok(Err(newer.then(|| format!("{} is known, which is newer than the file's {version}", known.default))));
        }
        let found = row.policy_version_list.iter().find(|one| one.version_id == row.default_version_id);
        let found = found.ok_or_else(|| format!("its default version {version} is not among its versions"))?;
        let command = PublishManagedPolicy {
            name: PolicyName::parse(&row.policy_name).map_err(|invalid| invalid.to_string())?,
            path: Path::parse(&row.path).map_err(|invalid| invalid.to_string())?,
            description: description(row.description.as_deref())?,
            version,
            text: document(&found.document, Kind::AwsManaged)?,
            // What is known keeps its id; files of other tools have texts there that are no ids.
            policy_id: if known.is_some() { None } else { row.policy_id.as_deref().and_then(|id| id.parse().ok()) },
            arn,
        };
        Ok(Ok((known.is_some(), command)))
    }

    fn policy(&mut self, row: &PolicyRow) {
        if !self.is_first(ItemKind::Policy, &row.policy_name) {
            return;
        }
        let item = Item::new(ItemKind::Policy, &row.policy_name);
        let item = self.policy_item(item.clone(), row).unwrap_or_else(|reason| item.refused(reason));
        self.push(item);
    }

    fn policy_item(&mut self, item: Item, row: &PolicyRow) -> Result<Item, String> {
        self.reference(&row.arn)?;
        let name = PolicyName::parse(&row.policy_name).map_err(|invalid| invalid.to_string())?;
        let path = Path::parse(&row.path).map_err(|invalid| invalid.to_string())?;
        let arn = Arn::policy(self.account.id, &path, &name);
        let versions = read_versions(row)?;
        let (tags, left_out) = tags(&row.tags, ManagedPolicy::TAG_CASE)?;
        let item = item.at(&arn).noting(left_out);
        match self.account.customer_policy(&arn) {
            Some(known) => Ok(item.updated(changes(known, &versions, tags))),
            None => {
                let renumbered = versions.renumbered();
                let create = CreatePolicy {
                    policy_name: name,
                    path,
                    description: description(row.description.as_deref())?,
                    policy_document: versions.first()?,
                    tags,
                };
                let later = versions.texts.iter().enumerate().skip(1).map(|(at, (_, text))| {
                    let version = CreatePolicyVersion {
                        policy_arn: arn.clone(),
                        policy_document: text.clone(),
                        set_as_default: at == versions.default,
                    };
                    Command::from(version)
                });
                Ok(item.created([Command::from(create)].into_iter().chain(later).collect()).noting(renumbered))
            }
        }
    }
}

fn read_versions(row: &PolicyRow) -> Result<Versions, String> {
    let mut texts = Vec::new();
    for version in &row.policy_version_list {
        let id: VersionId = version.version_id.parse().map_err(|invalid: chancery_model::Invalid| invalid.to_string())?;
        texts.push((id, document(&version.document, Kind::Identity).map_err(|reason| format!("version {id}: {reason}"))?));
    }
    texts.sort_by_key(|(id, _)| *id);
    let wanted = &row.default_version_id;
    let default = texts.iter().position(|(id, _)| id.to_string() == *wanted);
    Ok(Versions { default: default.ok_or_else(|| format!("its default version {wanted} is not among its versions"))?, texts })
}

impl Versions {
    fn first(&self) -> Result<PolicyText, String> {
        self.texts.first().map(|(_, text)| text.clone()).ok_or_else(|| "it has no version".to_owned())
    }

    /// Says so when the numbers have gaps, which deleted versions leave: here numbers begin with v1 and have none.
    fn renumbered(&self) -> Option<String> {
        let pairs = self.texts.iter().zip(1..).filter(|((old, _), new)| old.0 != *new);
        let changed: Vec<_> = pairs.map(|((old, _), new)| format!("{old} becomes {}", VersionId(new))).collect();
        (!changed.is_empty()).then(|| format!("version {}", changed.join(", ")))
    }

    fn default_text(&self) -> Option<&PolicyText> {
        self.texts.get(self.default).map(|(_, text)| text)
    }
}

/// What has to be done to a policy that is there: documents that it lacks become new versions.
fn changes(known: &ManagedPolicy, versions: &Versions, tags: Tags) -> Vec<Command> {
    let arn = || known.arn.clone();
    let has = |text: &PolicyText| known.versions.iter().find(|(_, version)| same(&version.text, text)).map(|(id, _)| *id);
    let mut commands = Vec::new();
    for (at, (_, text)) in versions.texts.iter().enumerate().filter(|(_, (_, text))| has(text).is_none()) {
        let set_as_default = at == versions.default;
        commands.push(CreatePolicyVersion { policy_arn: arn(), policy_document: text.clone(), set_as_default }.into());
    }
    let in_force = |text: &PolicyText| known.document().is_some_and(|now| same(now, text));
    if let Some(text) = versions.default_text().filter(|text| !in_force(text))
        && let Some(version_id) = has(text)
    {
        commands.push(SetDefaultPolicyVersion { policy_arn: arn(), version_id }.into());
    }
    if tags.iter().any(|tag| known.tags.get(&tag.key, ManagedPolicy::TAG_CASE) != Some(&tag.value)) {
        commands.push(Tag { target: TagTarget::Policy(arn()), tags: given(&tags) }.into());
    }
    commands
}
