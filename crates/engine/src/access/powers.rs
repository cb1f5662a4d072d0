//! What a principal can be allowed, made ready: its policies, and what every request of its says.
//!
//! It is a function of a state, a principal and the end of what was given for a time; it is kept as long as these stay.

use chancery_domain::{Account, Boundary, ControlLevel, Effective, State};
use chancery_model::{AccountId, Principal, Sequence, Timestamp};
use chancery_policy::{Caller, CompiledPolicy, PolicyText, RequestContext};

/// Everything that speaks for or against a principal, but for the resource's side.
pub(crate) struct Powers {
    pub(crate) caller: Caller,
    /// What every request of the principal says of it.
    pub(crate) facts: RequestContext,
    identity: Vec<PolicyText>,
    boundary: Option<Vec<PolicyText>>,
    /// Service control policies by level, root first.
    scps: Option<Vec<Vec<PolicyText>>>,
    /// The state that this was made from.
    at: Sequence,
    /// When the first of its grants ends.
    until: Option<Timestamp>,
}

impl Powers {
    /// Those of a principal of an account; none for one that is not there, and for the system and the operator, whom no
    /// policy is about.
    pub(crate) fn of(state: &State, account: AccountId, principal: Principal, now: Timestamp) -> Option<Self> {
        let known = state.accounts.get(&account)?;
        match principal {
            Principal::Root(id) => (id == account).then(|| Self::of_root(state, known)),
            Principal::User(id) => {
                let (user, effective) = (known.users.get(&id)?, known.effective_of_user(id, now, &state.aws)?);
                let (arn, unique) = (user.arn(account), id.to_string());
                let mut facts = facts(state, known, "User", arn.as_str(), &unique);
                if let Some(name) = user.name.get() {
                    facts.insert("aws:username", name.as_str());
                }
                let tags = user.tags.iter().filter_map(|tag| Some((tag.key.as_str(), tag.value.get()?.as_str())));
                say_tags(tags, &mut facts);
                Self::with(state, account, effective, Caller::parse(arn.as_str()).ok()?.with_unique_id(&unique), facts)
            }
            Principal::Role(id) => {
                let (role, effective) = (known.roles.get(&id)?, known.effective_of_role(id, now, &state.aws)?);
                let (arn, unique) = (role.arn(account), id.to_string());
                let mut facts = facts(state, known, "AssumedRole", arn.as_str(), &unique);
                say_tags(role.tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())), &mut facts);
                Self::with(state, account, effective, Caller::parse(arn.as_str()).ok()?.with_unique_id(&unique), facts)
            }
            Principal::System | Principal::Operator => None,
        }
    }

    /// Those of somebody whom no account holds: a service, or anyone. The policy of the resource alone decides.
    pub(crate) fn of_outsider(state: &State, caller: Caller) -> Self {
        let service = caller.kind() == chancery_policy::CallerKind::Service;
        let mut facts = RequestContext::new().with("aws:PrincipalIsAWSService", truth(service));
        if service {
            facts.insert("aws:PrincipalServiceName", caller.name());
        }
        Self { caller, facts, identity: Vec::new(), boundary: None, scps: None, at: state.next, until: None }
    }

    fn of_root(state: &State, account: &Account) -> Self {
        let (arn, id) = (account.root_arn(), account.id.to_string());
        let caller = Caller::parse(arn.as_str()).unwrap_or_else(|_| Caller::anonymous());
        let facts = facts(state, account, "Account", arn.as_str(), &id);
        let scps = scps(state, account.id);
        Self { caller, facts, identity: Vec::new(), boundary: None, scps, at: state.next, until: None }
    }

    fn with(state: &State, account: AccountId, effective: Effective<'_>, caller: Caller, facts: RequestContext) -> Option<Self> {
        let boundary = match effective.boundary() {
            Boundary::None => None,
            Boundary::Within(policy) => Some(vec![policy.text.clone()]),
            Boundary::Lost(_) => Some(Vec::new()),
        };
        let identity = effective.identity().map(|policy| policy.text.clone()).collect();
        let scps = scps(state, account);
        Some(Self { caller, facts, identity, boundary, scps, at: state.next, until: effective.until() })
    }

    /// Whether this is still what [`Powers::of`] would give.
    pub(crate) fn stands(&self, state: &State, now: Timestamp) -> bool {
        self.at == state.next && self.until.is_none_or(|end| now < end)
    }

    pub(crate) fn identity(&self) -> impl Iterator<Item = &CompiledPolicy> {
        self.identity.iter().map(PolicyText::compiled)
    }

    pub(crate) fn boundary(&self) -> Option<impl Iterator<Item = &CompiledPolicy>> {
        self.boundary.as_ref().map(|documents| documents.iter().map(PolicyText::compiled))
    }

    pub(crate) fn scps(&self) -> Option<&[Vec<PolicyText>]> {
        self.scps.as_deref()
    }
}

/// What is known of every principal of an account. Source: IAM User Guide, "AWS global condition context keys".
fn facts(state: &State, account: &Account, kind: &'static str, arn: &str, userid: &str) -> RequestContext {
    let mut facts = RequestContext::new()
        .with("aws:PrincipalArn", arn)
        .with("aws:PrincipalAccount", account.id.to_string())
        .with("aws:PrincipalType", kind)
        .with("aws:PrincipalIsAWSService", "false")
        .with("aws:ViaAWSService", "false")
        .with("aws:userid", userid);
    if let Some(place) = Place::of(state, account.id) {
        facts.insert("aws:PrincipalOrgID", place.organization);
        facts.insert_many("aws:PrincipalOrgPaths", [place.path]);
    }
    facts
}

/// Where an account is in the organization.
pub(crate) struct Place {
    /// The organization's id.
    pub(crate) organization: String,
    /// The way to the account's parent, as `aws:PrincipalOrgPaths` has it: `o-…/r-…/ou-…/`.
    pub(crate) path: String,
}

impl Place {
    pub(crate) fn of(state: &State, account: AccountId) -> Option<Self> {
        let organization = state.organization.as_deref()?;
        let mut parents = organization.above(organization.accounts.get(&account)?.parent);
        parents.reverse();
        let id = organization.id.to_string();
        let path = parents.iter().fold(format!("{id}/"), |path, parent| format!("{path}{parent}/"));
        Some(Self { organization: id, path })
    }
}

fn scps(state: &State, account: AccountId) -> Option<Vec<Vec<PolicyText>>> {
    state.service_control_levels(account).map(texts)
}

/// The documents of each level.
pub(crate) fn texts(levels: Vec<ControlLevel<'_>>) -> Vec<Vec<PolicyText>> {
    levels.into_iter().map(|level| level.policies.into_iter().map(|policy| policy.text.clone()).collect()).collect()
}

fn say_tags<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>, facts: &mut RequestContext) {
    for (key, value) in tags {
        facts.insert(format!("aws:PrincipalTag/{key}").as_str(), value);
    }
}

/// A truth as conditions compare it.
pub(crate) fn truth(so: bool) -> &'static str {
    if so { "true" } else { "false" }
}
