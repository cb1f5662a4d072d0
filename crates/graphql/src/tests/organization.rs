//! The organization and the policies of resources, through the door.

use chancery_domain::{Given, NewPassword, actions::CreateAccount};
use chancery_engine::Caller;
use chancery_model::{AccountId, EmailAddress, Secret};
use serde_json::{Value, json};

use super::{PASSWORD, World, refusal, request};

const MEMBER: &str = "222222222222";
const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;

/// A second account in the installation, with its root user signed in.
async fn member(world: &World) -> Caller {
    let id = AccountId::parse(MEMBER).unwrap();
    let email = Given::new(EmailAddress::parse("member@example.com").unwrap());
    let password = Some(NewPassword::new(Secret::new(PASSWORD.to_owned())));
    let create = CreateAccount { email, password, alias: None };
    world.engine.execute(&Caller::operator(id), &request(), create.into(), None).await.unwrap();
    let text = "mutation($input: SignInInput!) { signIn(input: $input) { session { token } } }";
    let input = json!({ "accountId": MEMBER, "userName": null, "password": PASSWORD });
    let (_, value) = world.send(None, text, json!({ "input": input })).await;
    world.engine.authenticate(value["data"]["signIn"]["session"]["token"].as_str().unwrap()).unwrap()
}

async fn data(world: &World, caller: &Caller, query: &str) -> Value {
    let (_, mut value) = world.send(Some(caller.clone()), query, json!({})).await;
    assert_eq!(value.get("errors"), None, "{query}: {value}");
    value["data"].take()
}

/// The first account's root user with an organization: the caller, the ids of the root and of a unit `Sandbox`.
async fn founded(world: &World) -> (Caller, String, String) {
    let root = world.root().await.caller;
    let made = "mutation { createOrganization { organization { organizationId root { targetId kind parentId } } } }";
    let made = data(world, &root, made).await;
    let made = &made["createOrganization"]["organization"];
    assert!(made["organizationId"].as_str().unwrap().starts_with("o-"));
    assert_eq!((&made["root"]["kind"], &made["root"]["parentId"]), (&json!("ROOT"), &Value::Null));
    let root_id = made["root"]["targetId"].as_str().unwrap().to_owned();
    let create = format!(
        r#"mutation {{ createOrganizationalUnit(input: {{parentId: "{root_id}", name: "Sandbox"}}) {{ target {{ targetId parentId kind }} }} }}"#
    );
    let unit = data(world, &root, &create).await;
    let unit = &unit["createOrganizationalUnit"]["target"];
    assert_eq!((&unit["parentId"], &unit["kind"]), (&json!(root_id), &json!("ORGANIZATIONAL_UNIT")));
    let unit_id = unit["targetId"].as_str().unwrap().to_owned();
    (root, root_id, unit_id)
}

/// Lets the member account in.
async fn join(world: &World, root: &Caller, theirs: &Caller) {
    let invite = r#"mutation { inviteAccountToOrganization(input: {accountId: "222222222222"}) { invitation { handshakeId } } }"#;
    let invited = data(world, root, invite).await;
    let handshake = &invited["inviteAccountToOrganization"]["invitation"]["handshakeId"];
    let query = "{ organization { arn } account { organizationInvitation { handshakeId managementAccountId } } }";
    let seen = data(world, theirs, query).await;
    assert_eq!(seen["organization"], Value::Null);
    let invitation = json!({"handshakeId": handshake, "managementAccountId": "123456789012"});
    assert_eq!(seen["account"]["organizationInvitation"], invitation);
    let accept = format!("mutation {{ acceptHandshake(input: {{handshakeId: {handshake}}}) {{ organization {{ arn }} }} }}");
    assert!(data(world, theirs, &accept).await["acceptHandshake"]["organization"]["arn"].is_string());
}

#[tokio::test]
async fn units_are_renamed_and_deleted_and_so_is_the_organization() {
    let world = World::new();
    let (root, _, unit_id) = founded(&world).await;
    let rename = format!(
        r#"mutation {{ updateOrganizationalUnit(input: {{organizationalUnitId: "{unit_id}", name: "Lab"}}) {{ record {{ sequence }} }} }}"#
    );
    data(&world, &root, &rename).await;
    let shown = format!(r#"{{ organization {{ organizationalUnit(organizationalUnitId: "{unit_id}") {{ name }} }} }}"#);
    assert_eq!(data(&world, &root, &shown).await["organization"]["organizationalUnit"]["name"], "Lab");
    let gone = format!(
        r#"mutation {{ deleteOrganizationalUnit(input: {{organizationalUnitId: "{unit_id}"}}) {{ organization {{ arn }} }}
        deleteOrganization {{ organization {{ arn }} record {{ sequence }} }} }}"#
    );
    let gone = data(&world, &root, &gone).await;
    assert_eq!(gone["deleteOrganization"]["organization"], Value::Null);
}

#[tokio::test]
async fn an_account_joins_is_moved_and_leaves() {
    let world = World::new();
    let (root, root_id, unit_id) = founded(&world).await;
    let theirs = member(&world).await;
    join(&world, &root, &theirs).await;
    let to = format!(r#"accountId: "{MEMBER}", sourceParentId: "{root_id}", destinationParentId: "{unit_id}""#);
    data(&world, &root, &format!("mutation {{ moveAccount(input: {{{to}}}) {{ target {{ parentId }} }} }}")).await;
    let query = "{ organization { accounts { totalCount } root { accounts { nodes { targetId } } organizationalUnits { nodes {
        name accounts { nodes { targetId kind parentId } } } } } } }";
    let inner = json!({"nodes": [{"targetId": MEMBER, "kind": "ACCOUNT", "parentId": unit_id}]});
    let tree = json!({
        "accounts": {"totalCount": 2},
        "root": {
            "accounts": {"nodes": [{"targetId": "123456789012"}]},
            "organizationalUnits": {"nodes": [{"name": "Sandbox", "accounts": inner}]},
        },
    });
    assert_eq!(data(&world, &root, query).await["organization"], tree);

    // A member sees that there is an organization, and nothing of what is in it.
    let (_, refused) = world.send(Some(theirs.clone()), "{ organization { organizationId root { arn } } }", json!({})).await;
    assert_eq!(refusal(&refused).0, "AccessDeniedException");
    let left = data(&world, &theirs, "mutation { leaveOrganization { organization { arn } } }").await;
    assert_eq!(left["leaveOrganization"]["organization"], Value::Null);
}

#[tokio::test]
async fn invitations_end_and_members_are_removed() {
    let world = World::new();
    let root = world.root().await.caller;
    data(&world, &root, "mutation { createOrganization { record { sequence } } }").await;
    let theirs = member(&world).await;
    let invite = r#"mutation { inviteAccountToOrganization(input: {accountId: "222222222222"}) { invitation { handshakeId } } }"#;
    for (by, verb) in [(&root, "cancelHandshake"), (&theirs, "declineHandshake"), (&theirs, "acceptHandshake")] {
        let invited = data(&world, &root, invite).await;
        let handshake = &invited["inviteAccountToOrganization"]["invitation"]["handshakeId"];
        let listed = data(&world, &root, "{ organization { invitations { nodes { handshakeId } } } }").await;
        assert_eq!(&listed["organization"]["invitations"]["nodes"][0]["handshakeId"], handshake);
        data(&world, by, &format!("mutation {{ {verb}(input: {{handshakeId: {handshake}}}) {{ record {{ sequence }} }} }}"))
            .await;
        let listed = data(&world, &root, "{ organization { invitations { totalCount } } }").await;
        assert_eq!(listed["organization"]["invitations"]["totalCount"], 0);
    }
    let removed = data(
        &world,
        &root,
        r#"mutation { removeAccountFromOrganization(input: {accountId: "222222222222"}) { organization { accounts { totalCount } } } }"#,
    )
    .await;
    assert_eq!(removed["removeAccountFromOrganization"]["organization"]["accounts"]["totalCount"], 1);
}

#[tokio::test]
async fn control_policies_from_creation_to_deletion() {
    let world = World::new();
    let root = world.root().await;
    let made = root.data("mutation { createOrganization { organization { root { targetId } } } }").await;
    let root_id = made["createOrganization"]["organization"]["root"]["targetId"].as_str().unwrap().to_owned();
    let on = root
        .data(&format!(
            r#"mutation {{ enablePolicyType(input: {{rootId: "{root_id}", policyType: SERVICE_CONTROL_POLICY}}) {{ organization {{
            enabledPolicyTypes root {{ policies(policyType: SERVICE_CONTROL_POLICY) {{ nodes {{ policyId awsManaged }} }} }} }} }} }}"#
        ))
        .await;
    let on = &on["enablePolicyType"]["organization"];
    assert_eq!(on["enabledPolicyTypes"], json!(["SERVICE_CONTROL_POLICY"]));
    assert_eq!(on["root"]["policies"]["nodes"], json!([{"policyId": "p-FullAWSAccess", "awsManaged": true}]));
    let create =
        "mutation($content: String!) { createOrganizationPolicy(input: {policyType: SERVICE_CONTROL_POLICY, name: \"No-S3\",
        content: $content}) { policy { policyId arn policyType name content description } } }";
    let created = root.ask_with(create, json!({ "content": DENY })).await;
    let policy = &created["data"]["createOrganizationPolicy"]["policy"];
    assert_eq!((&policy["name"], &policy["content"]), (&json!("No-S3"), &json!(DENY)));
    let id = policy["policyId"].as_str().unwrap();
    let attachment = format!(r#"input: {{policyId: "{id}", targetId: "{root_id}"}}"#);
    root.data(&format!("mutation {{ attachOrganizationPolicy({attachment}) {{ target {{ targetId }} }} }}")).await;
    let shown = root
        .data(&format!(
            r#"{{ organization {{ policy(policyId: "{id}") {{ targets {{ nodes {{ targetId }} }} }}
            policies(policyType: SERVICE_CONTROL_POLICY) {{ totalCount nodes {{ name }} }} account(accountId: "123456789012") {{ arn }} }} }}"#
        ))
        .await;
    assert_eq!(shown["organization"]["policy"]["targets"]["nodes"], json!([{"targetId": root_id}]));
    assert_eq!(shown["organization"]["policies"]["nodes"], json!([{"name": "FullAWSAccess"}, {"name": "No-S3"}]));
    let delete = format!(r#"mutation {{ deleteOrganizationPolicy(input: {{policyId: "{id}"}}) {{ record {{ sequence }} }} }}"#);
    assert_eq!(root.refusal(&delete).await.0, "PolicyInUseException");
    root.data(&format!(
        r#"mutation {{ updateOrganizationPolicy(input: {{policyId: "{id}", name: "S3"}}) {{ policy {{ name }} }} }}"#
    ))
    .await;
    root.data(&format!("mutation {{ detachOrganizationPolicy({attachment}) {{ target {{ targetId }} }} }}")).await;
    root.data(&delete).await;
    let off = root
        .data(&format!(
            r#"mutation {{ disablePolicyType(input: {{rootId: "{root_id}", policyType: SERVICE_CONTROL_POLICY}}) {{ organization {{ enabledPolicyTypes }} }} }}"#
        ))
        .await;
    assert_eq!(off["disablePolicyType"]["organization"]["enabledPolicyTypes"], json!([]));
    let wrong = root.ask_with(create, json!({ "content": "{}" })).await;
    assert_eq!(refusal(&wrong).0, "MalformedPolicyDocumentException");
}

#[tokio::test]
async fn policies_of_resources() {
    let world = World::new();
    let root = world.root().await;
    let text =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}"#;
    let put =
        "mutation($resource: String!, $text: String!) { putResourcePolicy(input: {resource: $resource, policyDocument: $text}) {
        resourcePolicy { resource document } record { sequence } } }";
    let done = root.ask_with(put, json!({ "resource": "arn:aws:s3:::logs", "text": text })).await;
    assert_eq!(done["data"]["putResourcePolicy"]["resourcePolicy"], json!({"resource": "arn:aws:s3:::logs", "document": text}));
    let again = root.ask_with(put, json!({ "resource": "arn:aws:s3:::logs", "text": text })).await;
    assert_eq!(again["data"]["putResourcePolicy"]["record"], Value::Null);
    let wrong = root.ask_with(put, json!({ "resource": "arn:aws:s3:::logs", "text": DENY })).await;
    assert_eq!(refusal(&wrong).0, "MalformedPolicyDocument");
    let wrong = root.ask_with(put, json!({ "resource": "logs", "text": text })).await;
    assert_eq!(refusal(&wrong).0, "ValidationError");
    root.ask_with(put, json!({ "resource": "arn:aws:sqs:eu-west-1:123456789012:jobs", "text": text })).await;
    let first = root
        .data("{ account { resourcePolicies(first: 1) { totalCount nodes { resource } pageInfo { endCursor hasNextPage } } } }")
        .await;
    let first = &first["account"]["resourcePolicies"];
    assert_eq!((&first["totalCount"], &first["nodes"]), (&json!(2), &json!([{"resource": "arn:aws:s3:::logs"}])));
    let after = &first["pageInfo"]["endCursor"];
    let rest = root
        .data(&format!(
            "{{ account {{ resourcePolicies(after: {after}) {{ nodes {{ resource }} pageInfo {{ hasNextPage }} }} }} }}"
        ))
        .await;
    assert_eq!(
        rest["account"]["resourcePolicies"],
        json!({"nodes": [{"resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}], "pageInfo": {"hasNextPage": false}})
    );
    let one = r#"{ account { resourcePolicy(resource: "arn:aws:s3:::logs") { updatedAt } } }"#;
    assert!(root.data(one).await["account"]["resourcePolicy"]["updatedAt"].is_string());
    root.data(r#"mutation { deleteResourcePolicy(input: {resource: "arn:aws:s3:::logs"}) { record { sequence } } }"#).await;
    assert_eq!(root.refusal(one).await.0, "NoSuchEntity");
}
