//! The naive model's rules for managed policies, and for the policies of identities.

use super::{
    model::{
        CONFLICT, INPUT, LIMIT, MISSING, Managed, Model, Moment, Outcome, Policies, TAKEN, UNATTACHABLE, UNMODIFIABLE,
        VALIDATION, end, expire, grant, low, new_tags, of_service, size, when,
    },
    step::{Doc, OfPolicies, Text, Who, arn_text, identity_text},
};

impl Model {
    pub(super) fn policy_step(&mut self, step: &OfPolicies, now: Moment) -> Outcome {
        match *step {
            OfPolicies::Create { name, path, doc, tags } => self.create_policy(name, path, doc, tags, now),
            OfPolicies::CreateVersion { policy, doc, default } => self.create_version(&arn_text(policy), doc, default, now),
            OfPolicies::DeleteVersion { policy, version } => {
                let known = self.with_version(&arn_text(policy), version)?;
                when(CONFLICT, known.default == version)?;
                known.updated = now;
                Ok(known.versions.remove(&version).is_some())
            }
            OfPolicies::SetDefault { policy, version } => {
                let known = self.with_version(&arn_text(policy), version)?;
                if known.default == version {
                    return Ok(false);
                }
                (known.default, known.updated) = (version, now);
                Ok(true)
            }
            OfPolicies::Delete(policy) => self.delete_policy(&arn_text(policy)),
            OfPolicies::Attach { who, policy, ends } => {
                let until = end(now, ends)?;
                self.attach(who, arn_text(policy), until, now)
            }
            OfPolicies::Detach { who, policy } => {
                let policies = self.policies(who).ok_or(MISSING)?;
                policies.attached.remove(&arn_text(policy)).map(|_| true).ok_or(MISSING)
            }
            OfPolicies::ExpireAttachment { who, policy } => {
                let policies = self.policies(who);
                policies.map_or(Ok(false), |policies| expire(&mut policies.attached, &arn_text(policy), now))
            }
            OfPolicies::PutInline { who, name, doc } => self.put_inline(who, name, identity_text(doc).text()),
            OfPolicies::DeleteInline { who, name } => {
                self.policies(who).ok_or(MISSING)?.inline.remove(name).map(|_| true).ok_or(MISSING)
            }
            OfPolicies::PutBoundary { who, policy } => self.put_boundary(who, arn_text(policy)),
            OfPolicies::DeleteBoundary { who } => {
                when(INPUT, matches!(who, Who::Group(_)))?;
                self.policies(who).ok_or(MISSING)?.boundary.take().map(|_| true).ok_or(MISSING)
            }
        }
    }

    fn create_policy(&mut self, name: Text, path: Text, doc: Doc, tags: usize, now: Moment) -> Outcome {
        let text = identity_text(doc).text().to_owned();
        when(VALIDATION, path.contains('!'))?;
        when(TAKEN, self.managed.contains_key(&low(name)))?;
        self.room("TagsPerPolicy", tags)?;
        when(LIMIT, size(&text) > self.limit("ManagedPolicyChars"))?;
        self.room("PoliciesPerAccount", self.managed.len() + 1)?;
        let managed = Managed {
            name: name.to_owned(),
            path: path.to_owned(),
            created: now,
            updated: now,
            versions: [(1, (text, now))].into(),
            default: 1,
            latest: 1,
            tags: new_tags(tags),
        };
        self.managed.insert(low(name), managed);
        Ok(true)
    }

    fn create_version(&mut self, arn: &str, doc: Doc, default: bool, now: Moment) -> Outcome {
        let text = identity_text(doc).text().to_owned();
        when(MISSING, !self.is_policy(arn))?;
        let (chars_max, versions_max) = (self.limit("ManagedPolicyChars"), self.limit("VersionsPerPolicy"));
        let known = self.own_policy(arn).ok_or(UNMODIFIABLE)?;
        when(LIMIT, size(&text) > chars_max || known.versions.len() as u64 + 1 > versions_max)?;
        known.latest += 1;
        known.versions.insert(known.latest, (text, now));
        known.default = if default { known.latest } else { known.default };
        known.updated = now;
        Ok(true)
    }

    fn with_version(&mut self, arn: &str, version: u32) -> Result<&mut Managed, &'static str> {
        when(UNMODIFIABLE, self.published.get(arn).is_some_and(|(known, _, _)| *known == version))?;
        self.own_policy(arn).filter(|known| known.versions.contains_key(&version)).ok_or(MISSING)
    }

    fn delete_policy(&mut self, arn: &str) -> Outcome {
        when(MISSING, !self.is_policy(arn))?;
        when(UNMODIFIABLE, self.own_policy(arn).is_none())?;
        let uses = |policies: &Policies| policies.attached.contains_key(arn) || policies.boundary.as_deref() == Some(arn);
        let used = self.all_policies().any(uses);
        let known = self.own_policy(arn).ok_or(MISSING)?;
        when(CONFLICT, used || known.versions.len() > 1)?;
        let key = known.name.to_lowercase();
        Ok(self.managed.remove(&key).is_some())
    }

    fn attach(&mut self, who: Who, arn: String, until: Option<Moment>, now: Moment) -> Outcome {
        let (for_services, quota) = match who {
            Who::User(_) => (false, "PoliciesPerUser"),
            Who::Group(_) => (false, "PoliciesPerGroup"),
            Who::Role(name) => {
                let role = self.roles.get(&low(name)).ok_or(MISSING)?;
                (role.path.starts_with("/aws-service-role/"), "PoliciesPerRole")
            }
        };
        let (known, most) = (self.is_policy(&arn), self.limit(quota));
        let policies = self.policies(who).ok_or(MISSING)?;
        when(MISSING, !known)?;
        when(UNATTACHABLE, of_service(&arn) && !for_services)?;
        grant(&mut policies.attached, arn, now, until, most)
    }

    fn put_inline(&mut self, who: Who, name: Text, text: &str) -> Outcome {
        let most = self.limit(match who {
            Who::User(_) => "UserInlineChars",
            Who::Group(_) => "GroupInlineChars",
            Who::Role(_) => "RoleInlineChars",
        });
        let inline = &mut self.policies(who).ok_or(MISSING)?.inline;
        let mut after = inline.clone();
        after.insert(name.to_owned(), text.to_owned());
        if after == *inline {
            return Ok(false);
        }
        when(LIMIT, after.values().map(|text| size(text)).sum::<u64>() > most)?;
        *inline = after;
        Ok(true)
    }

    fn put_boundary(&mut self, who: Who, arn: String) -> Outcome {
        when(INPUT, matches!(who, Who::Group(_)))?;
        let known = self.is_policy(&arn);
        let policies = self.policies(who).ok_or(MISSING)?;
        when(MISSING, !known)?;
        when(UNATTACHABLE, of_service(&arn))?;
        Ok(policies.boundary.replace(arn.clone()) != Some(arn))
    }
}
