//! Errors of conditions.

use super::*;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (I, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", ".Condition.StringEquals.aws:userName", "{@I,'Condition':{'StringEquals':{'aws:username':'a','aws:userName':'b'}}}", "{@I,'Condition':{'StringEquals':{'aws:username':'a'},'StringLike':{'aws:userName':'b*'}}}"),
    (I, "INVALID_CONDITION_DATA_TYPE", ".Condition.NumericEquals.aws:MultiFactorAuthAge", "{@I,'Condition':{'NumericEquals':{'aws:MultiFactorAuthAge':[1,'2']}}}", "{@I,'Condition':{'NumericEquals':{'aws:MultiFactorAuthAge':[1,2]}}}"),
    (I, "INVALID_CONDITION_KEY_FORMAT", ".Condition.StringEquals.username", "{@I,'Condition':{'StringEquals':{'username':'a'}}}", "{@I,'Condition':{'StringEquals':{'aws:username':'a'}}}"),
    (I, "INVALID_CONDITION_MULTIPLE_BOOLEAN", ".Condition.Bool.aws:SecureTransport", "{@I,'Condition':{'Bool':{'aws:SecureTransport':['true','false']}}}", "{@I,'Condition':{'Bool':{'aws:SecureTransport':['true']}}}"),
    (I, "INVALID_CONDITION_OPERATOR", ".Condition.StringEqual", "{@I,'Condition':{'StringEqual':{'aws:username':'a'}}}", "{@I,'Condition':{'StringEqualsIfExists':{'aws:username':'a'}}}"),
    (I, "INVALID_GLOBAL_CONDITION_KEY", ".Condition.StringEquals.aws:usrname", "{@I,'Condition':{'StringEquals':{'aws:usrname':'a'}}}", "{@I,'Condition':{'StringEquals':{'AWS:UserName':'a'}}}"),
    (I, "INVALID_KMS_KEY_VALUE", ".Condition.StringEquals.s3:x-amz-server-side-encryption-aws-kms-key-id", "{'Effect':'Allow','Action':'s3:PutObject','Resource':'arn:aws:s3:::b/*','Condition':{'StringEquals':{'s3:x-amz-server-side-encryption-aws-kms-key-id':'1234'}}}", "{'Effect':'Allow','Action':'s3:PutObject','Resource':'arn:aws:s3:::b/*','Condition':{'StringEquals':{'s3:x-amz-server-side-encryption-aws-kms-key-id':'arn:aws:kms:eu-west-1:123456789012:key/1234'}}}"),
    (I, "INVALID_REGION", ".Condition.StringEquals.aws:RequestedRegion[1]", "{@I,'Condition':{'StringEquals':{'aws:RequestedRegion':['eu-west-1','ireland']}}}", "{@I,'Condition':{'StringLike':{'aws:RequestedRegion':['eu-west-1','eu-*']}}}"),
    (I, "INVALID_SERVICE", ".Condition.StringEquals.nosuch:key", "{@I,'Condition':{'StringEquals':{'nosuch:key':'a'}}}", "{@I,'Condition':{'StringEquals':{'idp.example.com:sub':'a'}}}"),
    (I, "INVALID_SERVICE_CONDITION_KEY", ".Condition.StringEquals.s3:nosuch", "{@I,'Condition':{'StringEquals':{'s3:nosuch':'a'}}}", "{@I,'Condition':{'StringEquals':{'s3:ExistingObjectTag/a':'a'}}}"),
    (I, "INVALID_SERVICE_PRINCIPAL_FORMAT", ".Condition.StringEquals.iam:PassedToService", "{'Effect':'Allow','Action':'iam:PassRole','Resource':'*','Condition':{'StringEquals':{'iam:PassedToService':'EC2'}}}", "{'Effect':'Allow','Action':'iam:PassRole','Resource':'*','Condition':{'StringEquals':{'iam:PassedToService':'ec2.amazonaws.com'}}}"),
    (I, "INVALID_SERVICE_PRINCIPAL_FORMAT", ".Condition.StringEquals.kms:ViaService", "{'Effect':'Allow','Action':'kms:Decrypt','Resource':'*','Condition':{'StringEquals':{'kms:ViaService':'s3.amazonaws.com'}}}", "{'Effect':'Allow','Action':'kms:Decrypt','Resource':'*','Condition':{'StringEquals':{'kms:ViaService':'s3.eu-west-1.amazonaws.com'}}}"),
    (I, "INVALID_VARIABLE_FOR_OPERATOR", ".Condition.NumericEquals.aws:MultiFactorAuthAge", "{@I,'Condition':{'NumericEquals':{'aws:MultiFactorAuthAge':'${aws:PrincipalTag/age}'}}}", "{@I,'Condition':{'StringEquals':{'s3:ExistingObjectTag/a':'${aws:PrincipalTag/a}'}}}"),
    (I, "INVALID_VPCE_FORMAT", ".Condition.StringEquals.aws:SourceVpce", "{@I,'Condition':{'StringEquals':{'aws:SourceVpce':'vpc-12345678'}}}", "{@I,'Condition':{'StringEquals':{'aws:SourceVpce':'vpce-12345678'}}}"),
    (I, "INVALID_VPC_FORMAT", ".Condition.StringEquals.aws:SourceVpc", "{@I,'Condition':{'StringEquals':{'aws:SourceVpc':'vpc-123'}}}", "{@I,'Condition':{'StringEquals':{'aws:SourceVpc':'vpc-11223344556677889'}}}"),
    (I, "MISSING_QUALIFIER", ".Condition.StringEquals", "{'Effect':'Allow','Action':'ec2:CreateTags','Resource':'*','Condition':{'StringEquals':{'aws:TagKeys':'a'}}}", "{'Effect':'Allow','Action':'ec2:CreateTags','Resource':'*','Condition':{'ForAnyValue:StringEquals':{'aws:TagKeys':'a'},'Null':{'aws:TagKeys':'false'}}}"),
    (I, "MISSING_TAG_KEY_IN_CONDITION", ".Condition.StringEquals.aws:PrincipalTag/", "{@I,'Condition':{'StringEquals':{'aws:PrincipalTag/':'a'}}}", "{@I,'Condition':{'StringEquals':{'aws:PrincipalTag/team':'a'}}}"),
    (I, "NULL_WITH_IF_EXISTS", ".Condition.NullIfExists", "{@I,'Condition':{'NullIfExists':{'aws:username':'true'}}}", "{@I,'Condition':{'Null':{'aws:username':'true'}}}"),
    (I, "PRIVATE_IP_ADDRESS", ".Condition.IpAddress.aws:SourceIp", "{@I,'Condition':{'IpAddress':{'aws:SourceIp':['10.0.0.0/8','192.168.1.1']}}}", "{@I,'Condition':{'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}}}"),
    (I, "PRIVATE_NOT_IP_ADDRESS", ".Condition.NotIpAddress.aws:SourceIp", "{@D,'Condition':{'NotIpAddress':{'aws:SourceIp':'172.16.0.0/12'}}}", "{@D,'Condition':{'NotIpAddress':{'aws:SourceIp':'172.0.0.0/8'}}}"),
    (I, "TYPE_MISMATCH_IP_RANGE", ".Condition.IpAddress.aws:SourceIp[1]", "{@I,'Condition':{'IpAddress':{'aws:SourceIp':['203.0.113.0/24','203.0.113.0/33']}}}", "{@I,'Condition':{'IpAddress':{'aws:SourceIp':['203.0.113.7','2001:db8::/32']}}}"),
    (I, "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", ".Action[1]", "{'Effect':'Allow','Action':['s3:ListBucket','s3:GetObject'],'Resource':'*','Condition':{'StringLike':{'s3:prefix':'a/*'}}}", "{'Effect':'Allow','Action':['s3:ListBucket','s3:Get*'],'Resource':'*','Condition':{'StringLike':{'s3:prefix':'a/*'}}}"),
    (I, "VARIABLE_USAGE_TOO_PERMISSIVE", ".Condition.StringLike.aws:ResourceAccount", "{@I,'Condition':{'StringLike':{'aws:ResourceAccount':'${aws:PrincipalTag/account}'}}}", "{@I,'Condition':{'StringEquals':{'aws:ResourceAccount':'${aws:PrincipalAccount}'}}}"),
    (I, "WILDCARD_USAGE_TOO_PERMISSIVE", ".Condition.StringLike.aws:PrincipalOrgID", "{@I,'Condition':{'StringLike':{'aws:PrincipalOrgID':'o-*'}}}", "{@I,'Condition':{'StringLike':{'aws:PrincipalTag/team':'red-*'}}}"),
    (I, "WILDCARD_USAGE_TOO_PERMISSIVE", ".Condition.StringLike.aws:userid", "{@I,'Condition':{'StringLike':{'aws:userid':'AROA*'}}}", "{@I,'Condition':{'StringLike':{'aws:userid':'AROAEXAMPLEID123:*'}}}"),
];
