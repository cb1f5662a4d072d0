//! Warnings.

use super::*;

const SLR: &str = "{'Effect':'Allow','Action':'iam:CreateServiceLinkedRole','Resource':'arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*'}";

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (I, "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", ".NotResource", "{'Effect':'Allow','NotAction':'s3:*','NotResource':'arn:aws:s3:::b'}", "{'Effect':'Allow','NotAction':'iam:Create*','NotResource':'arn:aws:s3:::b'}"),
    (I, "CREATE_SLR_WITH_NOT_RESOURCE", ".Action", "{'Effect':'Allow','Action':'iam:CreateServiceLinkedRole','NotResource':'arn:aws:s3:::b'}", SLR),
    (I, "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", ".Action", "{'Effect':'Allow','Action':'iam:*','NotResource':'arn:aws:s3:::b'}", SLR),
    (I, "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", ".Action", "{'Effect':'Allow','Action':'iam:Create*','Resource':'*'}", SLR),
    (I, "CREATE_SLR_WITH_STAR_IN_RESOURCE", ".Resource", "{'Effect':'Allow','Action':'iam:CreateServiceLinkedRole','Resource':'*'}", "{'Effect':'Allow','Action':'iam:CreateServiceLinkedRole','Resource':'*','Condition':{'StringEquals':{'iam:AWSServiceName':'ecs.amazonaws.com'}}}"),
    (I, "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", ".Resource", "{'Effect':'Allow','NotAction':'s3:*','Resource':'*'}", SLR),
    (I, "DEPRECATED_GLOBAL_CONDITION_KEY", ".Condition.ArnEquals.aws:Arn", "{@I,'Condition':{'ArnEquals':{'aws:Arn':'arn:aws:iam::123456789012:user/a'}}}", "{@I,'Condition':{'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::123456789012:user/a'}}}"),
    (I, "INVALID_DATE_VALUE", ".Condition.DateLessThan.aws:CurrentTime", "{@I,'Condition':{'DateLessThan':{'aws:CurrentTime':'1769860800'}}}", "{@I,'Condition':{'DateLessThan':{'aws:CurrentTime':'2026-01-31T12:00:00Z','aws:EpochTime':'1769860800'}}}"),
    (R, "INVALID_ROLE_REFERENCE", ".Principal.AWS", "{'Effect':'Allow','Principal':{'AWS':'AROAEXAMPLEID12345678'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'}", "{@R}"),
    (T, "INVALID_USER_REFERENCE", ".Principal.AWS[0]", "{'Effect':'Allow','Principal':{'AWS':['AIDAEXAMPLEID12345678']},'Action':'sts:AssumeRole'}", "{@T}"),
    (I, "MISSING_VERSION", "", "{'Statement':[{@I}]}", "{@I}"),
    (X, "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", ".Condition.StringNotEqualsIfExists.aws:PrincipalOrgID", "{@X,'Condition':{'StringNotEqualsIfExists':{'aws:PrincipalOrgID':'o-a1b2c3d4e5'}}}", "{@X,'Condition':{'StringNotEqualsIfExists':{'aws:PrincipalOrgID':'o-a1b2c3d4e5'},'BoolIfExists':{'aws:PrincipalIsAWSService':'false'}}}"),
    (X, "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", ".Condition.StringNotEquals.aws:SourceOrgID", "{@X,'Condition':{'StringNotEquals':{'aws:SourceOrgID':'o-a1b2c3d4e5'}}}", "{@X,'Condition':{'StringNotEquals':{'aws:SourceOrgID':'o-a1b2c3d4e5'},'Bool':{'aws:PrincipalIsAWSService':'true'}}}"),
    (X, "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", ".Condition.StringNotEquals.aws:SourceOrgID", "{@X,'Condition':{'StringNotEquals':{'aws:SourceOrgID':'o-a1b2c3d4e5'}}}", "{@X,'Condition':{'StringNotEquals':{'aws:SourceOrgID':'o-a1b2c3d4e5'},'Null':{'aws:SourceAccount':'false'}}}"),
    (T, "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", ".Condition.StringLike.token.actions.githubusercontent.com:sub", "{'Effect':'Allow','Principal':{'Federated':'token.actions.githubusercontent.com'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringLike':{'token.actions.githubusercontent.com:sub':'repo:a/*'}}}", "{'Effect':'Allow','Principal':{'Federated':'token.actions.githubusercontent.com'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringEquals':{'token.actions.githubusercontent.com:sub':'repo:a/b:environment:c'}}}"),
    (I, "TYPE_MISMATCH", ".Condition.StringEquals", "{@I,'Condition':{'StringEquals':{'aws:MultiFactorAuthPresent':'true'}}}", "{@I,'Condition':{'Bool':{'aws:MultiFactorAuthPresent':'true'},'NumericLessThan':{'aws:EpochTime':1769860800}}}"),
    (I, "TYPE_MISMATCH_BOOLEAN", ".Condition.Bool.aws:SecureTransport", "{@I,'Condition':{'Bool':{'aws:SecureTransport':'yes'}}}", "{@I,'Condition':{'Bool':{'aws:SecureTransport':true}}}"),
    (I, "TYPE_MISMATCH_DATE", ".Condition.DateLessThan.aws:CurrentTime", "{@I,'Condition':{'DateLessThan':{'aws:CurrentTime':'tomorrow'}}}", "{@I,'Condition':{'DateLessThan':{'aws:CurrentTime':'2026-01-31'}}}"),
    (I, "TYPE_MISMATCH_NUMBER", ".Condition.NumericLessThan.aws:MultiFactorAuthAge", "{@I,'Condition':{'NumericLessThan':{'aws:MultiFactorAuthAge':'1h'}}}", "{@I,'Condition':{'NumericLessThan':{'aws:MultiFactorAuthAge':'3600'}}}"),
    (I, "TYPE_MISMATCH_STRING", ".Condition.BinaryEquals.aws:username", "{@I,'Condition':{'BinaryEquals':{'aws:username':'a-b!'}}}", "{@I,'Condition':{'BinaryEquals':{'aws:username':'QmluYXI='}}}"),
    (R, "UNIQUE_SIDS_RECOMMENDED", "Statement[1].Sid", "{'Version':'2012-10-17','Statement':[{'Sid':'a b',@R},{'Sid':'a b',@R}]}", "{'Version':'2012-10-17','Statement':[{'Sid':'a b',@R},{'Sid':'a c',@R}]}"),
    (I, "UNREACHABLE_STATEMENT", "Statement[0]", "{'Version':'2012-10-17','Statement':[{@I},{'Effect':'Deny','Action':'s3:*','Resource':'*'}]}", "{'Version':'2012-10-17','Statement':[{@I},{'Effect':'Deny','Action':'s3:*','Resource':'*','Condition':{'Bool':{'aws:SecureTransport':'false'}}}]}"),
    (I, "UNREACHABLE_STATEMENT", "Statement[1]", "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','NotAction':'iam:*','Resource':'*'},{@I}]}", "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','NotAction':'s3:*','Resource':'*'},{@I}]}"),
    (I, "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES", ".Condition.StringEquals.aws:VpceAccount", "{'Effect':'Deny','Action':'*','Resource':'*','Condition':{'StringEquals':{'aws:VpceAccount':'123456789012'}}}", "{@D,'Condition':{'StringEquals':{'aws:VpceAccount':'123456789012'}}}"),
    (I, "WILDCARD_WITHOUT_LIKE_OPERATOR", ".Condition.StringEquals.aws:PrincipalTag/team", "{@I,'Condition':{'StringEquals':{'aws:PrincipalTag/team':'red*'}}}", "{@I,'Condition':{'StringLike':{'aws:PrincipalTag/team':'red*'}}}"),
];
