//! One moment of the log as one caller may see it.

use std::{fmt, sync::Arc};

use async_graphql::OneofObject;
use chancery_domain::{Account, AwsPolicies, Group, InstanceProfile, ManagedPolicy, Organization, Read, Rejection, Role, User};
use chancery_engine::{Authorized, Engine, Reader};
use chancery_model::{AccountId, Arn, GroupName, InstanceProfileName, RoleName, UserName};

use crate::{
    fault::Answer,
    scalars::{Seq, Timestamp},
};

/// A moment in the past; exactly one field. What may be read is decided by the rights of now, on the contents of then.
#[derive(Debug, Clone, Copy, OneofObject)]
pub(crate) enum AsOf {
    /// Right after this record.
    Sequence(Seq),
    /// After the last record that was written at or before this moment.
    Time(Timestamp),
}

impl From<AsOf> for chancery_engine::AsOf {
    fn from(at: AsOf) -> Self {
        match at {
            AsOf::Sequence(sequence) => Self::Sequence(sequence.0),
            AsOf::Time(time) => Self::Time(time.0),
        }
    }
}

/// A reader with what cursors need. A clone is cheap.
#[derive(Clone)]
pub(crate) struct View(Arc<Inner>);

struct Inner {
    engine: Engine,
    reader: Reader,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({})", self.0.reader.sequence())
    }
}

impl View {
    pub(crate) fn new(engine: &Engine, reader: Reader) -> Self {
        Self(Arc::new(Inner { engine: engine.clone(), reader }))
    }

    /// Asks whether the caller may read this.
    pub(crate) fn authorize(&self, read: Read, resource: &Arn) -> Answer<Authorized<Read>> {
        Ok(self.0.reader.authorize(read, resource)?)
    }

    /// Asks whether the caller may read something of the account as a whole.
    pub(crate) fn authorize_account(&self, read: Read) -> Answer<Authorized<Read>> {
        self.authorize(read, &Arn::root(self.account_id()))
    }

    /// Asks whether the caller may list things of a kind, as in `user`.
    pub(crate) fn authorize_list(&self, read: Read, kind: &str) -> Answer<Authorized<Read>> {
        self.authorize(read, &Arn::entity(self.account_id(), kind, "*"))
    }

    /// The caller's account.
    pub(crate) fn account(&self, proof: &Authorized<Read>) -> Answer<&Arc<Account>> {
        Ok(self.0.reader.account(proof)?)
    }

    /// AWS's managed policies.
    pub(crate) fn aws_policies(&self, proof: &Authorized<Read>) -> &AwsPolicies {
        self.0.reader.aws_policies(proof)
    }

    /// The organization that the caller's account is in.
    pub(crate) fn organization(&self, proof: &Authorized<Read>) -> Answer<&Arc<Organization>> {
        let state = self.0.reader.state(proof);
        state.organization_of(self.account_id())?;
        Ok(state.organization.as_ref().ok_or(chancery_domain::OrganizationRefusal::NotInUse).map_err(Rejection::from)?)
    }

    /// The same, when the caller's account manages it: what is in it is shown to no other.
    pub(crate) fn managed_organization(&self, proof: &Authorized<Read>) -> Answer<&Arc<Organization>> {
        self.0.reader.state(proof).organization_managed_by(self.account_id())?;
        self.organization(proof)
    }

    /// The whole state.
    pub(crate) fn state(&self, proof: &Authorized<Read>) -> &Arc<chancery_domain::State> {
        self.0.reader.state(proof)
    }

    /// The id of the caller's account.
    pub(crate) fn account_id(&self) -> AccountId {
        self.0.reader.caller().account()
    }

    /// The reader.
    pub(crate) fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// A cursor behind the item with this key.
    pub(crate) fn cursor(&self, list: &str, key: &str) -> String {
        self.0.engine.cursor(self.0.reader.caller(), list, key)
    }

    /// The key in a cursor of this list.
    pub(crate) fn open_cursor(&self, list: &str, cursor: &str) -> Answer<String> {
        Ok(self.0.engine.open_cursor(self.0.reader.caller(), list, cursor)?)
    }

    /// What a question by name or id finds; `named` is the ARN of what is not there.
    pub(crate) fn find<T>(
        &self,
        read: Read,
        named: &Arn,
        find: impl FnOnce(&Account, &AwsPolicies) -> Option<(Arn, T)>,
    ) -> Answer<Option<T>> {
        Ok(self.0.reader.find(read, named, find)?)
    }

    /// The user of a name.
    pub(crate) fn user(&self, name: &str) -> Answer<Arc<User>> {
        let name = UserName::parse(name)?;
        self.named(Read::GetUser, ("user", name.as_str()), |account| {
            let user = account.user(&name)?;
            Ok((user.arn(account.id), Arc::clone(user)))
        })
    }

    /// The group of a name.
    pub(crate) fn group(&self, name: &str) -> Answer<Arc<Group>> {
        let name = GroupName::parse(name)?;
        self.named(Read::GetGroup, ("group", name.as_str()), |account| {
            let group = account.group(&name)?;
            Ok((group.arn(account.id), Arc::clone(group)))
        })
    }

    /// The role of a name.
    pub(crate) fn role(&self, name: &str) -> Answer<Arc<Role>> {
        let name = RoleName::parse(name)?;
        self.named(Read::GetRole, ("role", name.as_str()), |account| {
            let role = account.role(&name)?;
            Ok((role.arn(account.id), Arc::clone(role)))
        })
    }

    /// The instance profile of a name.
    pub(crate) fn instance_profile(&self, name: &str) -> Answer<Arc<InstanceProfile>> {
        let name = InstanceProfileName::parse(name)?;
        self.named(Read::GetInstanceProfile, ("instance-profile", name.as_str()), |account| {
            let profile = account.instance_profile(&name)?;
            Ok((profile.arn(account.id), Arc::clone(profile)))
        })
    }

    /// The managed policy of an ARN.
    pub(crate) fn policy(&self, arn: &str) -> Answer<Arc<ManagedPolicy>> {
        let arn = Arn::parse(arn).map_err(|refused| refused.at("policyArn"))?;
        let proof = self.authorize(Read::GetPolicy, &arn)?;
        Ok(Arc::clone(self.account(&proof)?.policy(&arn, self.aws_policies(&proof))?))
    }

    /// What has a name. What is not there would be at the root path: whoever may not read it there is not told.
    fn named<T>(
        &self,
        read: Read,
        (kind, name): (&str, &str),
        find: impl FnOnce(&Account) -> Result<(Arn, T), Rejection>,
    ) -> Answer<T> {
        let mut missing = Rejection::missing(kind, name);
        let found = self.find(read, &Arn::entity(self.account_id(), kind, name), |account, _| {
            find(account).map_err(|rejection| missing = rejection).ok()
        })?;
        Ok(found.ok_or(missing)?)
    }
}
