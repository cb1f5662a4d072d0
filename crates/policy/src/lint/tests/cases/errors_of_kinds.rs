//! Errors that depend on the kind of policy.

use super::*;

const SAML: &str =
    "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:saml-provider/a'},'Action':'sts:AssumeRoleWithSAML'}";

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (R, "FEDERATED_PRINCIPAL_NOT_SUPPORTED", ".Principal.Federated", "{'Effect':'Allow','Principal':{'Federated':'accounts.google.com'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'}", "{@R}"),
    (T, "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", ".Principal.Federated", "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:user/a'},'Action':'sts:AssumeRoleWithSAML'}", SAML),
    (R, "INVALID_PRINCIPAL_FORMAT", ".Principal", "{'Effect':'Allow','Principal':'123456789012','Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'}", "{@R}"),
    (R, "INVALID_PRINCIPAL_KEY", ".Principal.Aws", "{'Effect':'Allow','Principal':{'Aws':'123456789012'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'}", "{@R}"),
    (T, "INVALID_SERVICE_PRINCIPAL_FORMAT", ".Principal.Service[1]", "{'Effect':'Allow','Principal':{'Service':['ec2.amazonaws.com','Lambda']},'Action':'sts:AssumeRole'}", "{'Effect':'Allow','Principal':{'Service':['ec2.amazonaws.com','states.eu-west-1.amazonaws.com']},'Action':'sts:AssumeRole'}"),
    (T, "MISMATCHED_ACTION_FOR_PRINCIPAL", ".Action", "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:saml-provider/a'},'Action':'sts:AssumeRoleWithWebIdentity'}", SAML),
    (T, "MISMATCHED_ACTION_FOR_PRINCIPAL", ".Action", "{'Effect':'Allow','Principal':{'AWS':'123456789012'},'Action':'sts:AssumeRoleWithSAML'}", "{@T}"),
    (T, "MISSING_ACTION_FOR_CONDITION_KEY", ".Condition.StringEquals.sts:SourceIdentity", "{@T,'Condition':{'StringEquals':{'sts:SourceIdentity':'a'}}}", "{'Effect':'Allow','Principal':{'AWS':'123456789012'},'Action':['sts:AssumeRole','sts:SetSourceIdentity'],'Condition':{'StringEquals':{'sts:SourceIdentity':'a'}}}"),
    (T, "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", ".Action", "{'Effect':'Allow','Principal':{'Service':'rolesanywhere.amazonaws.com'},'Action':['sts:AssumeRole','sts:TagSession']}", "{'Effect':'Allow','Principal':{'Service':'rolesanywhere.amazonaws.com'},'Action':['sts:AssumeRole','sts:TagSession','sts:SetSourceIdentity']}"),
    (R, "MISSING_PRINCIPAL", "Statement[0]", "{@I}", "{@R}"),
    (X, "RCP_SYNTAX_ERROR_ACTION", ".Action[1]", "{'Effect':'Deny','Principal':'*','Action':['s3:*','ec2:*'],'Resource':'*'}", "{@X}"),
    (X, "RCP_SYNTAX_ERROR_ALLOW", ".Effect", "{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':'*'}", "{@X}"),
    (X, "RCP_SYNTAX_ERROR_NOTACTION", ".NotAction", "{'Effect':'Deny','Principal':'*','NotAction':'s3:*','Resource':'*'}", "{@X}"),
    (X, "RCP_SYNTAX_ERROR_PRINCIPAL", ".Principal", "{'Effect':'Deny','Principal':{'AWS':'123456789012'},'Action':'s3:*','Resource':'*'}", "{@X}"),
    (T, "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", ".NotPrincipal", "{'Effect':'Allow','NotPrincipal':{'AWS':'123456789012'},'Action':'sts:AssumeRole'}", "{@T}"),
    (T, "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", ".Resource", "{@T,'Resource':'*'}", "{@T}"),
    (T, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", ".Principal", "{'Effect':'Allow','Principal':'*','Action':'sts:AssumeRole'}", "{'Effect':'Deny','Principal':'*','Action':'sts:AssumeRole'}"),
    (S, "SCP_SYNTAX_ERROR_PRINCIPAL", ".Principal", "{@R}", "{@D}"),
    (T, "UNSUPPORTED_ACTION_IN_POLICY", ".Action[1]", "{'Effect':'Allow','Principal':{'AWS':'123456789012'},'Action':['sts:AssumeRole','s3:GetObject']}", "{@T}"),
    (R, "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", ".Condition.StringEquals.aws:PrincipalOrgID", "{'Effect':'Allow','Principal':{'Service':'cloudfront.amazonaws.com'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k','Condition':{'StringEquals':{'aws:PrincipalOrgID':'o-a1b2c3d4e5'}}}", "{@R,'Condition':{'StringEquals':{'aws:PrincipalOrgID':'o-a1b2c3d4e5'}}}"),
    (R, "UNSUPPORTED_GLOBAL_CONDITION_KEY", ".Condition.ArnEquals.aws:ARN", "{@R,'Condition':{'ArnEquals':{'aws:ARN':'arn:aws:iam::123456789012:user/a'}}}", "{@R,'Condition':{'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::123456789012:user/a'}}}"),
    (I, "UNSUPPORTED_PRINCIPAL", ".Principal", "{@R}", "{@I}"),
    (R, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", ".Principal.AWS", "{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::123456789012:role/a*'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'}", "{'Effect':'Allow','Principal':{'AWS':'*'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'}"),
];
