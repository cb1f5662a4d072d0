//! The naive model's rules for the account, AWS's policies and tags.

use super::{
    model::{
        INPUT, LIMIT, MISSING, Model, OTHERS_ALIAS, OTHERS_BUCKET, Outcome, QUOTAS, RAISABLE, TAKEN, TagMap, UNMODIFIABLE,
        VALIDATION, low, size, when,
    },
    step::{OfAccount, Text, What, arn_text, identity_text, resource_text_of},
};

impl Model {
    pub(super) fn account_step(&mut self, step: &OfAccount) -> Outcome {
        match *step {
            OfAccount::Create => Err(TAKEN),
            OfAccount::CreateAlias(alias) => {
                when(TAKEN, alias == OTHERS_ALIAS || self.alias.as_deref() == Some(alias))?;
                self.alias = Some(alias.to_owned());
                Ok(true)
            }
            OfAccount::DeleteAlias(alias) => {
                when(MISSING, self.alias.as_deref() != Some(alias))?;
                self.alias = None;
                Ok(true)
            }
            OfAccount::SetPasswordPolicy(length) => {
                when(VALIDATION, !(6..=128).contains(&length))?;
                Ok(self.password_length.replace(length) != Some(length))
            }
            OfAccount::DeletePasswordPolicy => self.password_length.take().map(|_| true).ok_or(MISSING),
            OfAccount::RaiseQuota(name, value) => {
                let (_, _, most) = QUOTAS.iter().find(|(known, _, _)| *known == name).unwrap();
                when(INPUT, !RAISABLE.contains(&name) || value <= self.limit(name) || value > *most)?;
                self.quotas.insert(name.to_owned(), value);
                Ok(true)
            }
            OfAccount::Publish { name, right_arn, version, doc, description } => {
                when(INPUT, !right_arn)?;
                self.publish(arn_text(name), version, identity_text(doc).text(), description)
            }
            OfAccount::PutResource { arn, doc } => self.put_resource(arn, resource_text_of(doc).text()),
            OfAccount::DeleteResource(arn) => self.resource_policies.remove(arn).map(|_| true).ok_or(MISSING),
            OfAccount::Tag { what, keys, value } => self.tag(what, keys, value),
            OfAccount::Untag { what, keys } => {
                let (tags, folded, _) = self.tags(what)?;
                let before = tags.len();
                tags.retain(|key, _| !keys.iter().any(|gone| *key == compared(gone, folded)));
                Ok(tags.len() < before)
            }
        }
    }

    fn put_resource(&mut self, arn: Text, text: &str) -> Outcome {
        let elsewhere = arn.contains("999999999999") || arn.contains(":iam:") || arn.contains('/') || arn.contains('*');
        when(INPUT, elsewhere)?;
        when(TAKEN, arn == OTHERS_BUCKET)?;
        if self.resource_policies.get(arn).is_some_and(|known| known == text) {
            return Ok(false);
        }
        when(LIMIT, size(text) > self.limit("ResourcePolicyChars"))?;
        let others = self.resource_policies.keys().filter(|known| *known != arn).count();
        self.room("ResourcePoliciesPerAccount", others + 1)?;
        self.resource_policies.insert(arn.to_owned(), text.to_owned());
        Ok(true)
    }

    fn publish(&mut self, arn: String, version: u32, text: &str, description: Option<Text>) -> Outcome {
        let known = self.published.get(&arn);
        let described = description.map(ToOwned::to_owned).or_else(|| known.and_then(|(_, _, known)| known.clone()));
        let new = (version, text.to_owned(), described);
        if known == Some(&new) {
            return Ok(false);
        }
        self.published.insert(arn, new);
        Ok(true)
    }

    fn tag(&mut self, what: What, keys: &[Text], value: Text) -> Outcome {
        let (tags, folded, quota) = self.tags(what)?;
        let mut after = tags.clone();
        after.extend(keys.iter().map(|key| (compared(key, folded), ((*key).to_owned(), value.to_owned()))));
        if *tags == after {
            return Ok(false);
        }
        self.room(quota, after.len())?;
        *self.tags(what)?.0 = after;
        Ok(true)
    }

    /// The tags of something, whether their keys are compared in lower case, and their quota.
    fn tags(&mut self, what: What) -> Result<(&mut TagMap, bool, &'static str), &'static str> {
        match what {
            What::User(name) => Ok((&mut self.users.get_mut(&low(name)).ok_or(MISSING)?.tags, true, "TagsPerUser")),
            What::Role(name) => Ok((&mut self.roles.get_mut(&low(name)).ok_or(MISSING)?.tags, true, "TagsPerRole")),
            What::Policy(policy) => {
                when(MISSING, !self.is_policy(&arn_text(policy)))?;
                Ok((&mut self.own_policy(&arn_text(policy)).ok_or(UNMODIFIABLE)?.tags, false, "TagsPerPolicy"))
            }
            What::Profile(name) => {
                Ok((&mut self.profiles.get_mut(&low(name)).ok_or(MISSING)?.tags, false, "TagsPerInstanceProfile"))
            }
        }
    }
}

fn compared(key: &str, folded: bool) -> String {
    if folded { key.to_lowercase() } else { key.to_owned() }
}
