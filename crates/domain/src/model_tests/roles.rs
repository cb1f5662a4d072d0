//! The naive model's rules for roles and instance profiles.

use super::{
    model::{
        CONFLICT, LIMIT, MISSING, Model, Moment, Outcome, Policies, Profile, Role, TAKEN, UNATTACHABLE, VALIDATION, low,
        new_tags, of_service, size, when,
    },
    step::{OfRoles, Text, arn_text, trust_text},
};

fn seconds_in_range(seconds: Option<u32>) -> Result<(), &'static str> {
    when(VALIDATION, seconds.is_some_and(|seconds| !(3_600..=43_200).contains(&seconds)))
}

impl Model {
    pub(super) fn role_step(&mut self, step: &OfRoles, now: Moment) -> Outcome {
        match *step {
            OfRoles::Create { name, path, seconds, trust, tags, boundary } => {
                seconds_in_range(seconds)?;
                let role = Role {
                    name: name.to_owned(),
                    path: path.to_owned(),
                    created: now,
                    description: None,
                    seconds: seconds.unwrap_or(3_600),
                    trust: trust_text(trust).text().to_owned(),
                    tags: new_tags(tags),
                    policies: Policies { boundary: boundary.map(arn_text), ..Policies::default() },
                };
                self.create_role(role)
            }
            OfRoles::Update { name, description, seconds } => {
                seconds_in_range(seconds)?;
                self.update_role(&low(name), description, seconds)
            }
            OfRoles::UpdateTrust { name, trust } => {
                let (text, most) = (trust_text(trust).text().to_owned(), self.limit("TrustPolicyChars"));
                let role = self.roles.get_mut(&low(name)).ok_or(MISSING)?;
                when(LIMIT, role.trust != text && size(&text) > most)?;
                Ok(std::mem::replace(&mut role.trust, text.clone()) != text)
            }
            OfRoles::Delete(name) => {
                let role = self.roles.get(&low(name)).ok_or(MISSING)?;
                let in_profile = self.profiles.values().any(|profile| profile.role == Some(low(name)));
                when(CONFLICT, in_profile || role.policies.any())?;
                Ok(self.roles.remove(&low(name)).is_some())
            }
            OfRoles::CreateProfile { name, path, tags } => {
                when(TAKEN, self.profiles.contains_key(&low(name)))?;
                self.room("TagsPerInstanceProfile", tags)?;
                self.room("InstanceProfilesPerAccount", self.profiles.len() + 1)?;
                let (written, path, tags) = (name.to_owned(), path.to_owned(), new_tags(tags));
                self.profiles.insert(low(name), Profile { name: written, path, created: now, role: None, tags });
                Ok(true)
            }
            OfRoles::DeleteProfile(name) => {
                when(CONFLICT, self.profiles.get(&low(name)).ok_or(MISSING)?.role.is_some())?;
                Ok(self.profiles.remove(&low(name)).is_some())
            }
            OfRoles::AddRole { profile, role } => self.add_role(&low(profile), low(role)),
            OfRoles::RemoveRole { profile, role } => {
                let profile = self.profiles.get_mut(&low(profile)).ok_or(MISSING)?;
                when(MISSING, profile.role != Some(low(role)))?;
                profile.role = None;
                Ok(true)
            }
        }
    }

    fn create_role(&mut self, role: Role) -> Outcome {
        let (key, boundary) = (role.name.to_lowercase(), role.policies.boundary.as_ref());
        when(MISSING, boundary.is_some_and(|arn| !self.is_policy(arn)))?;
        when(TAKEN, self.roles.contains_key(&key))?;
        when(UNATTACHABLE, boundary.is_some_and(|arn| of_service(arn)))?;
        self.room("TagsPerRole", role.tags.len())?;
        when(LIMIT, size(&role.trust) > self.limit("TrustPolicyChars"))?;
        self.room("RolesPerAccount", self.roles.len() + 1)?;
        self.roles.insert(key, role);
        Ok(true)
    }

    fn update_role(&mut self, key: &str, description: Option<Option<Text>>, seconds: Option<u32>) -> Outcome {
        let role = self.roles.get_mut(key).ok_or(MISSING)?;
        let before = role.clone();
        if let Some(new) = description {
            role.description = new.map(ToOwned::to_owned);
        }
        role.seconds = seconds.unwrap_or(role.seconds);
        Ok(*role != before)
    }

    fn add_role(&mut self, profile: &str, role: String) -> Outcome {
        when(MISSING, !self.profiles.contains_key(profile) || !self.roles.contains_key(&role))?;
        let already = self.profiles.values().filter(|profile| profile.role.as_ref() == Some(&role)).count();
        when(LIMIT, self.profiles[profile].role.is_some())?;
        self.room("InstanceProfilesPerRole", already + 1)?;
        self.profiles.get_mut(profile).unwrap().role = Some(role);
        Ok(true)
    }
}
