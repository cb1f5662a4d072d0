//! Security warnings.

use super::*;

const ROLE: &str = "{'Effect':'Allow','Action':'iam:PassRole','Resource':'arn:aws:iam::123456789012:role/a'}";
const GITHUB: &str = "'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'},'Action':'sts:AssumeRoleWithWebIdentity'";

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (R, "ALLOW_WITH_NOT_PRINCIPAL", ".NotPrincipal", "{'Effect':'Allow','NotPrincipal':{'AWS':'123456789012'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'}", "{'Effect':'Deny','NotPrincipal':{'AWS':'123456789012'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'}"),
    (I, "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", ".NotAction", "{'Effect':'Deny','NotAction':'s3:*','Resource':'*','Condition':{'StringEquals':{'aws:ResourceTag/a':'b'}}}", "{'Effect':'Deny','NotAction':'s3:*','Resource':'*'}"),
    (I, "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", ".Action[1]", "{'Effect':'Deny','Action':['ec2:StopInstances','sts:GetCallerIdentity'],'Resource':'*','Condition':{'StringEquals':{'aws:ResourceTag/a':'b'}}}", "{'Effect':'Deny','Action':'ec2:StopInstances','Resource':'*','Condition':{'StringEquals':{'aws:ResourceTag/a':'b'}}}"),
    (I, "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", ".Condition.ForAllValues:StringEquals.dynamodb:Attributes", "{'Effect':'Allow','Action':'dynamodb:GetItem','Resource':'*','Condition':{'ForAllValues:StringEquals':{'dynamodb:Attributes':'a'}}}", "{'Effect':'Allow','Action':'dynamodb:GetItem','Resource':'*','Condition':{'ForAllValues:StringEquals':{'dynamodb:Attributes':'a'},'StringEqualsIfExists':{'dynamodb:Select':'SPECIFIC_ATTRIBUTES'}}}"),
    (I, "FORALLVALUES_WITHOUT_NULL_CHECK", ".Condition.ForAllValues:StringEquals", "{'Effect':'Allow','Action':'ec2:CreateTags','Resource':'*','Condition':{'ForAllValues:StringEquals':{'aws:TagKeys':'a'}}}", "{'Effect':'Allow','Action':'ec2:CreateTags','Resource':'*','Condition':{'ForAllValues:StringEquals':{'aws:TagKeys':'a'},'Null':{'aws:tagkeys':false}}}"),
    (I, "FORALLVALUES_WITH_SINGLE_VALUED_KEY", ".Condition.ForAllValues:StringEquals", "{@I,'Condition':{'ForAllValues:StringEquals':{'aws:PrincipalOrgID':'o-a1b2c3d4e5'}}}", "{@I,'Condition':{'StringEquals':{'aws:PrincipalOrgID':'o-a1b2c3d4e5'}}}"),
    (T, "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", ".Condition.ForAnyValue:StringEquals", "{'Effect':'Allow','Principal':{'Federated':'accounts.google.com'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'ForAnyValue:StringEquals':{'accounts.google.com:aud':'a'}}}", "{'Effect':'Allow','Principal':{'Federated':'accounts.google.com'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringEquals':{'accounts.google.com:aud':'a'}}}"),
    (T, "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", ".Principal.Federated", "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:oidc-provider/idp.example.com/a'},'Action':'sts:AssumeRoleWithWebIdentity'}", "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:oidc-provider/idp.example.com/a'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringEquals':{'idp.example.com/a:sub':'b'}}}"),
    (T, "MISSING_GITHUB_REPO_CONDITION_KEY", ".Principal.Federated", "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringEquals':{'token.actions.githubusercontent.com:aud':'sts.amazonaws.com'}}}", "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringEquals':{'token.actions.githubusercontent.com:sub':'repo:a/b:ref:refs/heads/main'}}}"),
    (I, "MISSING_PAIRED_CONDITION_KEYS", ".Condition.IpAddress.aws:VpcSourceIp", "{@I,'Condition':{'IpAddress':{'aws:VpcSourceIp':'10.0.0.0/8'}}}", "{@I,'Condition':{'IpAddress':{'aws:VpcSourceIp':'10.0.0.0/8'},'StringEquals':{'aws:SourceVpc':'vpc-12345678'}}}"),
    (I, "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", ".NotAction", "{'Effect':'Allow','NotAction':'s3:*','NotResource':'arn:aws:s3:::b'}", "{'Effect':'Allow','NotAction':['s3:*','iam:*'],'NotResource':'arn:aws:s3:::b'}"),
    (I, "PASS_ROLE_WITH_NOT_RESOURCE", ".Action[1]", "{'Effect':'Allow','Action':['iam:GetRole','iam:passrole'],'NotResource':'arn:aws:iam::123456789012:role/a'}", ROLE),
    (I, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", ".Action", "{'Effect':'Allow','Action':'iam:Pass*','NotResource':'arn:aws:iam::123456789012:role/a'}", ROLE),
    (I, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", ".Action", "{'Effect':'Allow','Action':'*','Resource':'*'}", "{'Effect':'Deny','Action':'*','Resource':'*'}"),
    (I, "PASS_ROLE_WITH_STAR_IN_RESOURCE", ".Resource", "{'Effect':'Allow','Action':'iam:PassRole','Resource':'arn:aws:iam::*:role/*'}", "{'Effect':'Allow','Action':'iam:PassRole','Resource':'*','Condition':{'StringEquals':{'iam:PassedToService':'ec2.amazonaws.com'}}}"),
    (I, "PASS_ROLE_WITH_STAR_IN_RESOURCE", ".Resource", "{'Effect':'Allow','Action':'iam:PassRole','Resource':'*'}", "{'Effect':'Allow','Action':'iam:PassRole','Resource':'arn:aws:iam::*:role/Service*'}"),
    (I, "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", ".NotAction", "{'Effect':'Allow','NotAction':'s3:*','Resource':'*'}", "{'Effect':'Allow','NotAction':'iam:PassRole','Resource':'*'}"),
    (R, "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", ".Principal.Service", "{'Effect':'Allow','Principal':{'Service':'sns.amazonaws.com'},'Action':'sqs:SendMessage','Resource':'arn:aws:sqs:eu-west-1:123456789012:q'}", "{'Effect':'Allow','Principal':{'Service':'sns.amazonaws.com'},'Action':'sqs:SendMessage','Resource':'arn:aws:sqs:eu-west-1:123456789012:q','Condition':{'ArnLike':{'aws:SourceArn':'arn:aws:sns:eu-west-1:123456789012:t'}}}"),
    (I, "S3_PREFIX_IN_NEGATIVE_CONTEXT", ".Condition.StringLike.s3:prefix", "{'Effect':'Deny','Action':'s3:ListBucket','Resource':'*','Condition':{'StringLike':{'s3:prefix':'a/*'}}}", "{'Effect':'Deny','Action':'s3:ListBucket','Resource':'*','Condition':{'StringNotLike':{'s3:prefix':'a/*'}}}"),
    (I, "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", ".Condition.StringLike", "{@D,'Condition':{'StringLike':{'aws:PrincipalArn':'arn:aws:iam::*:role/a'}}}", "{@D,'Condition':{'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::*:role/a'}}}"),
    (R, "UNTRUSTWORTHY_CONDITION_KEY", ".Condition.StringLike.aws:Referer", "{@R,'Condition':{'StringLike':{'aws:Referer':'https://example.com/*'}}}", "{@R}"),
];

#[test]
fn a_pattern_in_the_subject_of_github_is_wide_unless_the_branch_is_named_elsewhere() {
    let of = |subject: &str, more: &str| {
        let key = "token.actions.githubusercontent.com";
        let text = document(&format!("{{{GITHUB},'Condition':{{'StringLike':{{'{key}:sub':'{subject}'{more}}}}}}}"));
        has(&Linter::new(T).lint(&text), "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED")
    };
    let branch = ",'token.actions.githubusercontent.com:ref':'refs/heads/main'";
    assert!(of("repo:a/b:*", "") && of("repo:a/*", "") && of("repo:a/*:ref:refs/heads/main", branch));
    assert!(!of("repo:a/b:ref:refs/heads/main", "") && !of("repo:a/b:*", branch));
}
