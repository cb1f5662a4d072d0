//! What somebody may is what every layer lets through: identity-based policies of every kind, the boundary, service control
//! policies of every level, the policy of the resource and resource control policies. Random policies, held against sets.
//!
//! The semantics of one policy are tested in `crates/policy`. Here it is that the engine hands over every layer, of the right
//! account and the right principal: a layer that is left out is found by the cells that it alone stopped.

use chancery_domain::{
    Command, PolicyType, Read, VersionId,
    actions::{self, PolicyTarget},
};
use chancery_engine::{AccessQuestion, Caller, EngineError};
use chancery_model::{AccountId, Arn, OrganizationPolicyId, ParentId, TargetId, Title};
use chancery_policy::{Kind, PolicyText, RequestContext};
use chancery_testkit::Dice;
use serde_json::{Value, json};

use crate::guard::{
    make::{self, own, to_group, to_user},
    office::Office,
};

const MEMBER: &str = "222222222222";
const BUCKET: &str = "arn:aws:s3:::layers";
const ROUNDS: usize = 300;

/// Every cell is an action on a resource: our own, which are tried, and S3's, which are asked about.
const CELLS: usize = 8;
const OWN: std::ops::Range<usize> = 0..4;

/// Cells, one bit each.
type Cells = u8;

fn cell(index: usize) -> (String, String) {
    let (pair, number) = (index / 2, index % 2);
    match pair {
        0 => ("iam:CreateGroup".to_owned(), format!("arn:aws:iam::{MEMBER}:group/g{number}")),
        1 => ("iam:GetGroup".to_owned(), format!("arn:aws:iam::{MEMBER}:group/g{number}")),
        2 => ("s3:GetObject".to_owned(), format!("{BUCKET}/{number}")),
        _ => ("s3:PutObject".to_owned(), format!("{BUCKET}/{number}")),
    }
}

/// What one policy allows and denies.
#[derive(Debug, Clone, Copy, Default)]
struct Grant {
    allow: Cells,
    deny: Cells,
}

impl Grant {
    const ALL: Self = Self { allow: Cells::MAX, deny: 0 };

    /// `often` of 16 cells are allowed; few are denied.
    fn draw(dice: &mut Dice, often: u64) -> Self {
        let mut grant = Self::default();
        for index in 0..CELLS {
            grant.allow |= u8::from(dice.below(16) < often) << index;
            grant.deny |= u8::from(dice.below(24) == 0) << index;
        }
        grant
    }

    /// As statements; one that says nothing of any cell where there is no other.
    fn statements(self, principal: Option<&Value>) -> Value {
        let mut all = Vec::new();
        for (effect, cells) in [("Allow", self.allow), ("Deny", self.deny)] {
            for index in (0..CELLS).filter(|index| cells >> index & 1 == 1) {
                let (action, resource) = cell(index);
                all.push(json!({ "Effect": effect, "Action": action, "Resource": resource }));
            }
        }
        if all.is_empty() {
            all.push(json!({ "Effect": "Deny", "Action": "sns:Publish", "Resource": "*" }));
        }
        for statement in all.iter_mut().filter(|_| principal.is_some()) {
            statement["Principal"] = principal.unwrap().clone();
        }
        Value::Array(all)
    }
}

/// Every policy that has a say about the user.
#[derive(Debug, Clone, Copy)]
struct World {
    inline: Grant,
    attached: Grant,
    group_inline: Grant,
    group_attached: Grant,
    boundary: Option<Grant>,
    /// At the root, the unit and the account.
    scps: [Grant; 3],
    /// Deny only: that is what AWS lets one write.
    rcps: [Grant; 3],
    resource: Option<Grant>,
}

/// The layers, by the name of what stops a cell.
const LAYERS: [&str; 5] = ["identity", "boundary", "scp", "rcp", "resource"];

impl World {
    fn draw(dice: &mut Dice) -> Self {
        let only_deny = |grant: Grant| Grant { allow: 0, deny: grant.deny & 0xf0 };
        let some = |dice: &mut Dice, often| if dice.below(3) == 0 { Grant::default() } else { Grant::draw(dice, often) };
        Self {
            inline: some(dice, 6),
            attached: some(dice, 6),
            group_inline: some(dice, 6),
            group_attached: some(dice, 6),
            boundary: (dice.below(3) > 0).then(|| Grant::draw(dice, 12)),
            scps: std::array::from_fn(|_| if dice.below(3) == 0 { Grant::ALL } else { Grant::draw(dice, 13) }),
            rcps: std::array::from_fn(|_| only_deny(Grant::draw(dice, 0))),
            resource: (dice.below(2) > 0).then(|| {
                let Grant { allow, deny } = Grant::draw(dice, 9);
                Grant { allow: allow & 0xf0, deny: deny & 0xf0 }
            }),
        }
    }

    fn identity(self) -> [Grant; 4] {
        [self.inline, self.attached, self.group_inline, self.group_attached]
    }

    /// What is allowed, if one layer were not there: by the definition, without any of the real thing.
    fn allowed_without(self, left_out: Option<&str>) -> Cells {
        let there = |layer| left_out != Some(layer);
        let any = |grants: &[Grant]| grants.iter().fold(0, |cells, grant| cells | grant.allow);
        let denies = |grants: &[Grant]| grants.iter().fold(0, |cells, grant| cells | grant.deny);
        let boundary = self.boundary.filter(|_| there("boundary"));
        let resource = self.resource.filter(|_| there("resource")).unwrap_or_default();
        let identity = if there("identity") { self.identity().to_vec() } else { Vec::new() };
        // The resource's policy names the user: neither identity-based policies nor the boundary have to allow it then.
        let mut cells = any(&identity) & boundary.unwrap_or(Grant::ALL).allow | resource.allow;
        cells &= !denies(&identity) & !boundary.unwrap_or_default().deny & !resource.deny;
        for scp in self.scps.iter().filter(|_| there("scp")) {
            cells &= scp.allow & !scp.deny;
        }
        for rcp in self.rcps.iter().filter(|_| there("rcp")) {
            cells &= !rcp.deny;
        }
        cells
    }
}

/// The account with its user, and the policies that every round writes anew.
struct Site {
    office: Office,
    user: Caller,
    account: AccountId,
    control: [OrganizationPolicyId; 6],
    /// The newest version of each managed policy.
    version: u32,
    bound: bool,
}

const MANAGED: [&str; 3] = ["Attached", "Shared", "Fence"];

impl Site {
    async fn build() -> Self {
        let office = Office::open();
        let (manager, root) = (office.root().await, office.found(MEMBER).await);
        let account = root.account();
        let user = office.hire(account, make::user("ada", None), "ada").await;
        let nothing = Grant::default().statements(None);
        let policies = MANAGED.map(|name| make::policy(name, &nothing));
        let attach = |target, name| make::attach(target, &own(account, &format!("policy/{name}")));
        let rest = [
            make::group("devs"),
            make::join("ada", "devs"),
            attach(to_user("ada"), "Attached"),
            attach(to_group("devs"), "Shared"),
            // What comes through another user must not count.
            make::user("eve", None),
            make::inline(to_user("eve"), "all", &make::everything()),
        ];
        office.run_all(account, policies.into_iter().chain(rest)).await;
        let control = organize(&office, &manager, &root).await;
        Self { office, user, account, control, version: 1, bound: false }
    }

    /// Writes a world.
    async fn settle(&mut self, world: &World) {
        let inline = |target: PolicyTarget, grant: Grant| make::inline(target, "own", &grant.statements(None));
        let mut commands = vec![inline(to_user("ada"), world.inline), inline(to_group("devs"), world.group_inline)];
        let managed = [world.attached, world.group_attached, world.boundary.unwrap_or_default()];
        for (name, grant) in MANAGED.iter().zip(managed) {
            let arn = own(self.account, &format!("policy/{name}"));
            commands.push(make::new_version(&arn, &grant.statements(None)));
            let (policy_arn, version_id) = (make::arn(&arn), VersionId(self.version));
            commands.push(actions::DeletePolicyVersion { policy_arn, version_id }.into());
        }
        self.version += 1;
        match (world.boundary.is_some(), self.bound) {
            (true, _) => commands.push(make::bind(to_user("ada"), &own(self.account, "policy/Fence"))),
            (false, true) => commands.push(actions::DeletePermissionsBoundary { target: to_user("ada") }.into()),
            (false, false) => {}
        }
        self.bound = world.boundary.is_some();
        commands.push(self.bucket(world.resource.unwrap_or_default()));
        self.office.run_all(self.account, commands).await;
        let contents = world.scps.map(|grant| grant.statements(None)).into_iter();
        let contents = contents.chain(world.rcps.map(|grant| grant.statements(Some(&json!("*")))));
        let update = |(policy_id, statements): (&OrganizationPolicyId, Value)| -> Command {
            let content = Some(make::text(&statements));
            actions::UpdateOrganizationPolicy { policy_id: *policy_id, name: None, description: None, content }.into()
        };
        let manager = chancery_testkit::Directory::account();
        self.office.run_all(manager, self.control.iter().zip(contents).map(update).collect::<Vec<_>>()).await;
    }

    fn bucket(&self, grant: Grant) -> Command {
        let statements = grant.statements(Some(&json!({ "AWS": own(self.account, "user/ada") })));
        let policy_document = PolicyText::parse(&make::text(&statements), Kind::Resource).unwrap();
        actions::PutResourcePolicy { resource: make::arn(BUCKET), policy_document }.into()
    }

    /// What the engine allows the user when it tries, and when somebody asks.
    async fn allowed(&self) -> (Cells, Cells) {
        let (mut tried, mut asked) = (0, 0);
        for index in 0..CELLS {
            asked |= u8::from(self.says(index)) << index;
            if OWN.contains(&index) {
                tried |= u8::from(self.does(index).await) << index;
            }
        }
        (tried, asked)
    }

    fn says(&self, index: usize) -> bool {
        let ((action, resource), context) = (cell(index), RequestContext::new());
        let principal = own(self.account, "user/ada");
        let (action, resource) = (action.as_str(), resource.as_str());
        let question = AccessQuestion { principal: &principal, action, resource, resource_account: None, context: &context };
        self.office.engine.decide_access(&Caller::operator(self.account), &question).unwrap().is_allowed()
    }

    async fn does(&self, index: usize) -> bool {
        let (action, resource) = cell(index);
        let arn = Arn::parse(&resource).unwrap();
        let refused = if action == "iam:GetGroup" {
            let reader = self.office.engine.read(&self.user, None).await.unwrap();
            reader.authorize(Read::GetGroup, &arn).err()
        } else {
            self.office.attempt_one(&self.user, make::group(arn.resource_name())).await.err()
        };
        match refused {
            None => true,
            Some(EngineError::Denied(_)) => false,
            Some(other) => panic!("{action} {resource}: {other}"),
        }
    }
}

/// The member in a unit, with one control policy of each type at each level.
async fn organize(office: &Office, manager: &Caller, member: &Caller) -> [OrganizationPolicyId; 6] {
    office.run(manager, actions::CreateOrganization).await;
    let root = office.state().await.organization.as_ref().unwrap().root;
    let account_id = member.account();
    office.run(manager, actions::InviteAccountToOrganization { account_id }).await;
    let handshake_id = office.state().await.organization.as_ref().unwrap().invitations[&account_id].id;
    office.run(member, actions::AcceptHandshake { handshake_id }).await;
    let (at_root, title) = (ParentId::Root(root), |text: &str| Title::parse(text).unwrap());
    office.run(manager, actions::CreateOrganizationalUnit { parent_id: at_root, name: title("Unit") }).await;
    let unit = *office.state().await.organization.as_ref().unwrap().units.keys().next().unwrap();
    let (source_parent_id, destination_parent_id) = (at_root, ParentId::Unit(unit));
    office.run(manager, actions::MoveAccount { account_id, source_parent_id, destination_parent_id }).await;
    let targets = [TargetId::Parent(at_root), TargetId::Parent(ParentId::Unit(unit)), TargetId::Account(account_id)];
    let mut made = Vec::new();
    for policy_type in [PolicyType::ServiceControl, PolicyType::ResourceControl] {
        office.run(manager, actions::EnablePolicyType { root_id: root, policy_type }).await;
        for (level, target_id) in targets.iter().enumerate() {
            let principal = (policy_type == PolicyType::ResourceControl).then(|| json!("*"));
            let content = make::text(&Grant { allow: 0, deny: 0x80 }.statements(principal.as_ref()));
            let name = title(&format!("{policy_type:?} {level}"));
            let create = actions::CreateOrganizationPolicy { policy_type, name: name.clone(), description: None, content };
            office.run(manager, create).await;
            let state = office.state().await;
            let known = state.organization.as_ref().unwrap();
            let policy_id = known.policies_of(policy_type).find(|policy| policy.name == name).unwrap().id;
            office.run(manager, actions::AttachOrganizationPolicy { policy_id, target_id: *target_id }).await;
            // AWS's own allows everything: a level of service control policies without it allows what its others do.
            if policy_type == PolicyType::ServiceControl {
                let policy_id = policy_type.default_policy();
                office.run(manager, actions::DetachOrganizationPolicy { policy_id, target_id: *target_id }).await;
            }
            made.push(policy_id);
        }
    }
    made.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_layer_has_its_say() {
    let mut site = Site::build().await;
    let mut dice = Dice::new(27);
    let mut alone = [0_u32; LAYERS.len()];
    let (mut allowed, mut denied) = (0, 0);
    for round in 0..ROUNDS {
        let world = World::draw(&mut dice);
        site.settle(&world).await;
        let expected = world.allowed_without(None);
        let (tried, asked) = site.allowed().await;
        assert_eq!((tried, asked), (expected & 0x0f, expected), "round {round}: {world:?}");
        allowed += expected.count_ones();
        denied += expected.count_zeros();
        for (count, layer) in alone.iter_mut().zip(LAYERS) {
            *count += (world.allowed_without(Some(layer)) ^ expected).count_ones();
        }
    }
    // Each layer alone made the difference often enough that leaving it out cannot pass.
    for (count, layer) in alone.into_iter().zip(LAYERS) {
        assert!(count > 20, "{layer}: {count}");
    }
    assert!(allowed > 100 && denied > 100, "{allowed} {denied}");
}
