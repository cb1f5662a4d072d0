//! What ties things together: attached policies, inline policies, memberships.

use chancery_domain::{
    Permissions,
    actions::{AddUserToGroup, AttachPolicy, PolicyTarget, PutInlinePolicy},
};
use chancery_model::{GroupName, PolicyName};
use chancery_policy::Kind;

use super::{
    Item, ItemKind,
    file::{AttachedRow, InlineRow},
    identities::{Identity, valid},
    plan::Planner,
    values::{document, same},
};

impl Planner<'_> {
    /// The policies of an identity that is there.
    fn known(&self, target: &PolicyTarget) -> Option<&Permissions> {
        match target {
            PolicyTarget::User(name) => self.account.user(name).ok().map(|user| &user.permissions),
            PolicyTarget::Group(name) => self.account.group(name).ok().map(|group| &group.permissions),
            PolicyTarget::Role(name) => self.account.role(name).ok().map(|role| &role.permissions),
        }
    }

    pub(super) fn attachments(&mut self, identity: &Identity) {
        for row in &identity.attached {
            let name = row.policy_arn.rsplit('/').next().unwrap_or_default();
            let item = Item::new(ItemKind::Attachment, format!("{} {name}", identity.label()));
            let item = self.attachment(item.clone(), identity, row).unwrap_or_else(|reason| item.refused(reason));
            self.push(item);
        }
    }

    fn attachment(&mut self, item: Item, identity: &Identity, row: &AttachedRow) -> Result<Item, String> {
        let policy_arn = self.reference(&row.policy_arn)?;
        let item = item.at(&policy_arn);
        let policy = self.account.policy(&policy_arn, self.aws).ok().map(|policy| policy.id);
        let known = self.known(&identity.target).zip(policy).and_then(|(known, policy)| known.attached.get(&policy));
        if let Some(attachment) = known {
            // An end that was set here is not the file's to take away.
            return Ok(item.noting(attachment.expires.map(|end| format!("it is attached until {end}"))));
        }
        Ok(item.created(vec![AttachPolicy { target: identity.target.clone(), policy_arn, expires_at: None }.into()]))
    }

    pub(super) fn inline_policies(&mut self, identity: &Identity) {
        for row in &identity.inline {
            let item = Item::new(ItemKind::InlinePolicy, format!("{} {}", identity.label(), row.policy_name));
            let item = self.inline_policy(item.clone(), identity, row).unwrap_or_else(|reason| item.refused(reason));
            self.push(item);
        }
    }

    fn inline_policy(&self, item: Item, identity: &Identity, row: &InlineRow) -> Result<Item, String> {
        let policy_name = valid(PolicyName::parse(&row.policy_name))?;
        let document = document(&row.policy_document, Kind::Identity)?;
        let known = self.known(&identity.target).and_then(|known| known.inline.get(&policy_name));
        if known.is_some_and(|known| same(known, &document)) {
            return Ok(item);
        }
        let is_new = known.is_none();
        let put = vec![PutInlinePolicy { target: identity.target.clone(), policy_name, document }.into()];
        Ok(if is_new { item.created(put) } else { item.updated(put) })
    }

    pub(super) fn memberships(&mut self, identity: &Identity) {
        for group in &identity.groups {
            let item = Item::new(ItemKind::Membership, format!("{} {group}", identity.label()));
            let item = self.membership(item.clone(), identity, group).unwrap_or_else(|reason| item.refused(reason));
            self.push(item);
        }
    }

    fn membership(&self, item: Item, identity: &Identity, group: &str) -> Result<Item, String> {
        let PolicyTarget::User(user_name) = &identity.target else { return Ok(item) };
        let group_name = valid(GroupName::parse(group))?;
        let group = self.account.group(&group_name).ok().map(|group| group.id);
        let known = self.account.user(user_name).ok().zip(group).and_then(|(user, group)| user.groups.get(&group));
        if let Some(membership) = known {
            return Ok(item.noting(membership.expires.map(|end| format!("the membership ends at {end}"))));
        }
        Ok(item.created(vec![AddUserToGroup { group_name, user_name: user_name.clone(), expires_at: None }.into()]))
    }
}
