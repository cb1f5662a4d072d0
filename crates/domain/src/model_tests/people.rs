//! The naive model's rules for users and groups.

use super::{
    model::{
        CONFLICT, Group, MISSING, Model, Moment, Outcome, Policies, TAKEN, UNATTACHABLE, User, VALIDATION, WEAK, end, expire,
        grant, low, new_tags, of_service, when,
    },
    step::{OfPeople, Text, arn_text},
};

impl Model {
    pub(super) fn people_step(&mut self, step: &OfPeople, now: Moment) -> Outcome {
        match *step {
            OfPeople::CreateUser { name, path, tags, boundary } => self.create_user(name, path, tags, boundary, now),
            OfPeople::UpdateUser { name, new_name, new_path } => self.update_user(&low(name), new_name, new_path),
            OfPeople::DeleteUser(name) => {
                let user = self.users.get(&low(name)).ok_or(MISSING)?;
                when(CONFLICT, user.login.is_some() || !user.groups.is_empty() || user.policies.any())?;
                Ok(self.users.remove(&low(name)).is_some())
            }
            OfPeople::CreateLogin { user, password, reset } => self.create_login(&low(user), password, reset, now),
            OfPeople::UpdateLogin { user, password, reset } => self.update_login(&low(user), password, reset, now),
            OfPeople::DeleteLogin(user) => {
                self.users.get_mut(&low(user)).ok_or(MISSING)?.login.take().map(|_| true).ok_or(MISSING)
            }
            OfPeople::CreateGroup { name, path } => {
                when(TAKEN, self.groups.contains_key(&low(name)))?;
                self.room("GroupsPerAccount", self.groups.len() + 1)?;
                let (written, path) = (name.to_owned(), path.to_owned());
                self.groups.insert(low(name), Group { name: written, path, created: now, policies: Policies::default() });
                Ok(true)
            }
            OfPeople::UpdateGroup { name, new_name, new_path } => self.update_group(&low(name), new_name, new_path),
            OfPeople::DeleteGroup(name) => {
                let group = self.groups.get(&low(name)).ok_or(MISSING)?;
                when(CONFLICT, self.users.values().any(|user| user.groups.contains_key(&low(name))) || group.policies.any())?;
                Ok(self.groups.remove(&low(name)).is_some())
            }
            OfPeople::Join { group, user, ends } => {
                let (until, most) = (end(now, ends)?, self.limit("GroupsPerUser"));
                when(MISSING, !self.groups.contains_key(&low(group)))?;
                let user = self.users.get_mut(&low(user)).ok_or(MISSING)?;
                grant(&mut user.groups, low(group), now, until, most)
            }
            OfPeople::Leave { group, user } => {
                when(MISSING, !self.groups.contains_key(&low(group)))?;
                let user = self.users.get_mut(&low(user)).ok_or(MISSING)?;
                user.groups.remove(&low(group)).map(|_| true).ok_or(MISSING)
            }
            OfPeople::ExpireMembership { group, user } => {
                let user = self.users.get_mut(&low(user));
                user.map_or(Ok(false), |user| expire(&mut user.groups, &low(group), now))
            }
        }
    }

    fn create_user(&mut self, name: Text, path: Text, tags: usize, boundary: Option<Text>, now: Moment) -> Outcome {
        let boundary = boundary.map(arn_text);
        when(MISSING, boundary.as_ref().is_some_and(|arn| !self.is_policy(arn)))?;
        when(TAKEN, self.users.contains_key(&low(name)))?;
        when(UNATTACHABLE, boundary.as_ref().is_some_and(|arn| of_service(arn)))?;
        self.room("TagsPerUser", tags)?;
        self.room("UsersPerAccount", self.users.len() + 1)?;
        let user = User {
            name: name.to_owned(),
            path: path.to_owned(),
            created: now,
            tags: new_tags(tags),
            groups: Default::default(),
            policies: Policies { boundary, ..Policies::default() },
            login: None,
        };
        self.users.insert(low(name), user);
        Ok(true)
    }

    fn update_user(&mut self, key: &str, new_name: Option<Text>, new_path: Option<Text>) -> Outcome {
        let mut user = self.users.get(key).ok_or(MISSING)?.clone();
        if let Some(new) = new_name {
            when(TAKEN, low(new) != key && self.users.contains_key(&low(new)))?;
            user.name = new.to_owned();
        }
        user.path = new_path.map_or(user.path, ToOwned::to_owned);
        let changed = self.users.remove(key).as_ref() != Some(&user);
        self.users.insert(user.name.to_lowercase(), user);
        Ok(changed)
    }

    fn update_group(&mut self, key: &str, new_name: Option<Text>, new_path: Option<Text>) -> Outcome {
        let mut group = self.groups.get(key).ok_or(MISSING)?.clone();
        if let Some(new) = new_name {
            when(TAKEN, low(new) != key && self.groups.contains_key(&low(new)))?;
            group.name = new.to_owned();
        }
        group.path = new_path.map_or(group.path, ToOwned::to_owned);
        let new_key = group.name.to_lowercase();
        let changed = self.groups.remove(key).as_ref() != Some(&group);
        self.groups.insert(new_key.clone(), group);
        for user in self.users.values_mut() {
            if let Some(membership) = user.groups.remove(key) {
                user.groups.insert(new_key.clone(), membership);
            }
        }
        Ok(changed)
    }

    fn create_login(&mut self, user: &str, password: Text, reset: bool, now: Moment) -> Outcome {
        when(VALIDATION, unreadable(password))?;
        let weak = self.weak(password);
        let user = self.users.get_mut(user).ok_or(MISSING)?;
        when(TAKEN, user.login.is_some())?;
        when(WEAK, weak)?;
        user.login = Some((now, now, reset));
        Ok(true)
    }

    fn update_login(&mut self, user: &str, password: Option<Text>, reset: Option<bool>, now: Moment) -> Outcome {
        when(VALIDATION, password.is_some_and(unreadable))?;
        let weak = password.is_some_and(|password| self.weak(password));
        let login = self.users.get_mut(user).ok_or(MISSING)?.login.as_mut().ok_or(MISSING)?;
        when(WEAK, weak)?;
        let before = *login;
        *login = (before.0, if password.is_some() { now } else { before.1 }, reset.unwrap_or(before.2));
        Ok(password.is_some() || *login != before)
    }

    /// Of the passwords that steps use, none is anybody's name.
    fn weak(&self, password: Text) -> bool {
        let chars = password.chars().count();
        let has = |class: fn(&char) -> bool| usize::from(password.chars().any(|c| class(&c)));
        let classes =
            has(char::is_ascii_uppercase) + has(char::is_ascii_lowercase) + has(char::is_ascii_digit) + has(|c| *c == '-');
        match self.password_length {
            Some(least) => chars < least as usize,
            None => chars < 8 || classes < 3,
        }
    }
}

fn unreadable(password: Text) -> bool {
    password.chars().any(|c| c > '\u{ff}')
}
