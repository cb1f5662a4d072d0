//! Groups, users, roles and instance profiles.

use chancery_domain::{
    Command, Given, InstanceProfile, Role, User,
    actions::{
        AddRoleToInstanceProfile, CreateGroup, CreateInstanceProfile, CreateRole, CreateUser, PolicyTarget,
        PutPermissionsBoundary, Tag, TagTarget, UpdateAssumeRolePolicy, UpdateGroup, UpdateRole, UpdateUser,
    },
};
use chancery_model::{Arn, GroupName, InstanceProfileName, Path, Personal, PolicyId, RoleName, UserName};
use chancery_policy::Kind;

use super::{
    AccountFile, Item, ItemKind,
    file::{AttachedRow, BoundaryRow, GroupRow, InlineRow, ProfileRow, RoleRow, UserRow},
    plan::Planner,
    values::{description, document, given, same, tags},
};

/// A user, group or role that stands or will stand, with what is to be tied to it.
pub(super) struct Identity {
    pub(super) target: PolicyTarget,
    pub(super) attached: Vec<AttachedRow>,
    pub(super) inline: Vec<InlineRow>,
    pub(super) groups: Vec<String>,
}

impl Identity {
    /// `user/ada`.
    pub(super) fn label(&self) -> String {
        match &self.target {
            PolicyTarget::User(name) => format!("user/{name}"),
            PolicyTarget::Group(name) => format!("group/{name}"),
            PolicyTarget::Role(name) => format!("role/{name}"),
        }
    }
}

/// Turns what a value's type has against it into a sentence.
pub(super) fn valid<T>(parsed: Result<T, chancery_model::Invalid>) -> Result<T, String> {
    parsed.map_err(|invalid| invalid.to_string())
}

fn cannot_move(what: &str, path: &Path) -> String {
    format!("a {what} of this name stands at path {path}, and a {what} cannot be moved: delete or rename one of the two")
}

impl Planner<'_> {
    /// Reports an item; what hangs on a refused identity is not tried.
    fn identity<T>(&mut self, item: Item, made: Result<(Item, T), String>) -> Option<T> {
        match made {
            Ok((item, identity)) => {
                self.push(item);
                Some(identity)
            }
            Err(reason) => {
                self.push(item.refused(reason).noting(Some("with its policies and memberships".to_owned())));
                None
            }
        }
    }

    pub(super) fn groups(&mut self, file: &AccountFile, found: &mut Vec<Identity>) {
        for value in &file.groups {
            let Some(row) = self.row::<GroupRow>(value, ItemKind::Group, "GroupName") else { continue };
            if !self.is_first(ItemKind::Group, &row.group_name) {
                continue;
            }
            let item = Item::new(ItemKind::Group, &row.group_name);
            let made = self.group(item.clone(), row);
            found.extend(self.identity(item, made));
        }
    }

    fn group(&self, item: Item, row: GroupRow) -> Result<(Item, Identity), String> {
        let (name, path) = (valid(GroupName::parse(&row.group_name))?, valid(Path::parse(&row.path))?);
        let item = item.at(Arn::group(self.account.id, &path, &name));
        let item = match self.account.group(&name) {
            Ok(known) if known.path == path => item.updated(Vec::new()),
            Ok(_) => {
                let moved = UpdateGroup { group_name: name.clone(), new_group_name: None, new_path: Some(path) };
                item.updated(vec![moved.into()])
            }
            Err(_) => item.created(vec![CreateGroup { group_name: name.clone(), path }.into()]),
        };
        let identity = Identity {
            target: PolicyTarget::Group(name),
            attached: row.attached_managed_policies,
            inline: row.group_policy_list,
            groups: Vec::new(),
        };
        Ok((item, identity))
    }

    pub(super) fn users(&mut self, file: &AccountFile, found: &mut Vec<Identity>) {
        for value in &file.users {
            let Some(row) = self.row::<UserRow>(value, ItemKind::User, "UserName") else { continue };
            if !self.is_first(ItemKind::User, &row.user_name) {
                continue;
            }
            let item = Item::new(ItemKind::User, &row.user_name);
            let made = self.user(item.clone(), row);
            found.extend(self.identity(item, made));
        }
    }

    fn user(&mut self, item: Item, row: UserRow) -> Result<(Item, Identity), String> {
        let (name, path) = (valid(UserName::parse(&row.user_name))?, valid(Path::parse(&row.path))?);
        let boundary = self.boundary(row.permissions_boundary.as_ref())?;
        let (tags, left_out) = tags(&row.tags, User::TAG_CASE)?;
        let item = item.at(Arn::user(self.account.id, &path, &name)).noting(left_out);
        let target = PolicyTarget::User(name.clone());
        let item = match self.account.user(&name) {
            Ok(known) => {
                let mut commands = self.bound(&target, known.boundary, boundary);
                if known.path != path {
                    commands.push(UpdateUser { user_name: name.clone(), new_user_name: None, new_path: Some(path) }.into());
                }
                let has = |key, value| known.tags.get(key, User::TAG_CASE).and_then(Personal::get) == Some(value);
                if tags.iter().any(|tag| !has(&tag.key, &tag.value)) {
                    commands.push(Tag { target: TagTarget::User(name), tags: given(&tags) }.into());
                }
                item.updated(commands)
            }
            Err(_) => {
                let (user_name, tags) = (Given::new(name), given(&tags));
                item.created(vec![CreateUser { user_name, path, tags, permissions_boundary: boundary }.into()])
            }
        };
        let (attached, inline) = (row.attached_managed_policies, row.user_policy_list);
        Ok((item, Identity { target, attached, inline, groups: row.group_list }))
    }

    /// Roles, and behind them the instance profiles that they are in.
    pub(super) fn roles(&mut self, file: &AccountFile, found: &mut Vec<Identity>) {
        let mut profiles = Vec::new();
        for value in &file.roles {
            let Some(mut row) = self.row::<RoleRow>(value, ItemKind::Role, "RoleName") else { continue };
            if !self.is_first(ItemKind::Role, &row.role_name) {
                continue;
            }
            let of_role = std::mem::take(&mut row.instance_profile_list);
            let item = Item::new(ItemKind::Role, &row.role_name);
            let made = self.role(item.clone(), row);
            if let Some((name, identity)) = self.identity(item, made) {
                profiles.extend(of_role.into_iter().map(|profile| (name.clone(), profile)));
                found.push(identity);
            }
        }
        for (role, value) in profiles {
            if let Some(row) = self.row::<ProfileRow>(&value, ItemKind::InstanceProfile, "InstanceProfileName") {
                self.profile(&role, &row);
            }
        }
    }

    fn role(&mut self, item: Item, row: RoleRow) -> Result<(Item, (RoleName, Identity)), String> {
        let (name, path) = (valid(RoleName::parse(&row.role_name))?, valid(Path::parse(&row.path))?);
        let boundary = self.boundary(row.permissions_boundary.as_ref())?;
        let (tags, left_out) = tags(&row.tags, Role::TAG_CASE)?;
        let trust =
            document(&row.assume_role_policy_document, Kind::Trust).map_err(|reason| format!("trust policy: {reason}"))?;
        let description = description(row.description.as_deref())?;
        let item = item.at(Arn::role(self.account.id, &path, &name)).noting(left_out);
        let (target, max_session_duration) = (PolicyTarget::Role(name.clone()), row.max_session_duration);
        let item = match self.account.role(&name) {
            Ok(known) if known.path != path => return Err(cannot_move("role", &known.path)),
            Ok(known) => {
                let mut commands = self.bound(&target, known.boundary, boundary);
                if !same(&known.trust, &trust) {
                    commands.push(UpdateAssumeRolePolicy { role_name: name.clone(), policy_document: trust }.into());
                }
                let described = description.is_some() && description != known.description;
                if described || max_session_duration.is_some_and(|seconds| seconds != known.session_seconds_max) {
                    let description = described.then_some(description);
                    commands.push(UpdateRole { role_name: name.clone(), description, max_session_duration }.into());
                }
                if tags.iter().any(|tag| known.tags.get(&tag.key, Role::TAG_CASE) != Some(&tag.value)) {
                    commands.push(Tag { target: TagTarget::Role(name.clone()), tags: given(&tags) }.into());
                }
                item.updated(commands)
            }
            Err(_) => {
                let create = CreateRole {
                    role_name: name.clone(),
                    path,
                    description,
                    max_session_duration,
                    assume_role_policy_document: trust,
                    tags,
                    permissions_boundary: boundary,
                };
                item.created(vec![create.into()])
            }
        };
        let (attached, inline) = (row.attached_managed_policies, row.role_policy_list);
        Ok((item, (name, Identity { target, attached, inline, groups: Vec::new() })))
    }

    fn profile(&mut self, role: &RoleName, row: &ProfileRow) {
        if !self.is_first(ItemKind::InstanceProfile, &row.instance_profile_name) {
            return;
        }
        let item = Item::new(ItemKind::InstanceProfile, &row.instance_profile_name);
        match self.profile_item(item.clone(), row) {
            Ok((item, name)) => {
                self.push(item);
                self.profile_role(name, role);
            }
            Err(reason) => self.push(item.refused(reason)),
        }
    }

    fn profile_item(&self, item: Item, row: &ProfileRow) -> Result<(Item, InstanceProfileName), String> {
        let name = valid(InstanceProfileName::parse(&row.instance_profile_name))?;
        let path = valid(Path::parse(&row.path))?;
        let (tags, left_out) = tags(&row.tags, InstanceProfile::TAG_CASE)?;
        let item = item.at(Arn::instance_profile(self.account.id, &path, &name)).noting(left_out);
        let item = match self.account.instance_profile(&name) {
            Ok(known) if known.path != path => return Err(cannot_move("instance profile", &known.path)),
            Ok(known) => {
                let has = |tag: &&chancery_model::Tag| known.tags.get(&tag.key, InstanceProfile::TAG_CASE) == Some(&tag.value);
                let target = TagTarget::InstanceProfile(name.clone());
                let tag = (!tags.iter().all(|tag| has(&tag))).then(|| Tag { target, tags: given(&tags) }.into());
                item.updated(tag.into_iter().collect())
            }
            Err(_) => item.created(vec![CreateInstanceProfile { instance_profile_name: name.clone(), path, tags }.into()]),
        };
        Ok((item, name))
    }

    fn profile_role(&mut self, profile: InstanceProfileName, role: &RoleName) {
        let item = Item::new(ItemKind::ProfileRole, format!("instance-profile/{profile} {role}"));
        let known = self.account.instance_profile(&profile).ok().and_then(|profile| profile.role);
        if known.is_some() && known == self.account.role(role).ok().map(|role| role.id) {
            return self.push(item);
        }
        let add = AddRoleToInstanceProfile { instance_profile_name: profile, role_name: role.clone() };
        self.push(item.created(vec![add.into()]));
    }

    fn boundary(&mut self, row: Option<&BoundaryRow>) -> Result<Option<Arn>, String> {
        row.map(|row| self.reference(&row.permissions_boundary_arn)).transpose()
    }

    /// Sets the boundary of an identity that is there, if it has another one.
    fn bound(&self, target: &PolicyTarget, known: Option<PolicyId>, boundary: Option<Arn>) -> Vec<Command> {
        let Some(policy_arn) = boundary else { return Vec::new() };
        let policy = self.account.policy(&policy_arn, self.aws).ok().map(|policy| policy.id);
        if known.is_some() && known == policy {
            return Vec::new();
        }
        vec![PutPermissionsBoundary { target: target.clone(), policy_arn }.into()]
    }
}
