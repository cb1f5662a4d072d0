//! The issues that the linter knows: type, code and remedy of each, by AWS's "IAM policy validation check reference".

use std::fmt;

use super::FindingType;

macro_rules! issues {
    ($($kind:ident { $($name:ident = $code:literal: $remedy:literal,)* })*) => {
        /// What is wrong, under the code of AWS's ValidatePolicy; [`IssueCode::is_aws`] tells the few that are this linter's own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum IssueCode {
            $($(#[doc = $code] $name,)*)*
        }

        impl IssueCode {
            /// Every issue.
            pub const ALL: &'static [IssueCode] = &[$($(IssueCode::$name,)*)*];

            /// The code as AWS writes it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $($(IssueCode::$name => $code,)*)*
                }
            }

            /// How much the issue matters.
            #[must_use]
            pub fn finding_type(self) -> FindingType {
                match self {
                    $($(IssueCode::$name)|* => FindingType::$kind,)*
                }
            }

            /// What to do about it.
            #[must_use]
            pub fn remedy(self) -> &'static str {
                match self {
                    $($(IssueCode::$name => $remedy,)*)*
                }
            }
        }
    };
}

issues! {
    Error {
        ArnAccountNotAllowed = "ARN_ACCOUNT_NOT_ALLOWED": "Leave the account of this ARN empty.",
        ArnRegionNotAllowed = "ARN_REGION_NOT_ALLOWED": "Leave the Region of this ARN empty.",
        DataTypeMismatch = "DATA_TYPE_MISMATCH": "Write the element with the JSON type that it takes.",
        DuplicateKeysWithDifferentCase = "DUPLICATE_KEYS_WITH_DIFFERENT_CASE": "Write the key once and list all values under it.",
        EmptyVariable = "EMPTY_VARIABLE": "Name a condition key between the braces, or remove them.",
        FederatedPrincipalNotSupported = "FEDERATED_PRINCIPAL_NOT_SUPPORTED":
            "Use AWS or Service principals; identity providers belong in trust policies.",
        InvalidAction = "INVALID_ACTION": "Use an action that the service has.",
        InvalidArnAccount = "INVALID_ARN_ACCOUNT": "Use an account of 12 digits, or a wildcard.",
        InvalidArnPrefix = "INVALID_ARN_PREFIX": "Begin the resource with `arn:`, or write `*`.",
        InvalidArnRegion = "INVALID_ARN_REGION": "Use the code of a Region, such as eu-west-1, or a wildcard.",
        InvalidArnResource = "INVALID_ARN_RESOURCE": "Follow the ARN format of one of the service's resource types.",
        InvalidArnServiceCase = "INVALID_ARN_SERVICE_CASE": "Write the service of the ARN in small letters.",
        InvalidConditionDataType = "INVALID_CONDITION_DATA_TYPE": "Give all values of the list one JSON type.",
        InvalidConditionKeyFormat = "INVALID_CONDITION_KEY_FORMAT": "Write the key as prefix:name.",
        InvalidConditionMultipleBoolean = "INVALID_CONDITION_MULTIPLE_BOOLEAN":
            "Keep one of the values: both together always match.",
        InvalidConditionOperator = "INVALID_CONDITION_OPERATOR":
            "Use an operator of the policy language, exactly as it is spelled.",
        InvalidEffect = "INVALID_EFFECT": "Write Allow or Deny.",
        InvalidFederatedPrincipalSyntaxInRoleTrustPolicy = "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY":
            "Use the ARN of a SAML or OIDC provider, or the host name of a public one.",
        InvalidGlobalConditionKey = "INVALID_GLOBAL_CONDITION_KEY": "Use a key from AWS's list of global condition keys.",
        InvalidKmsKeyValue = "INVALID_KMS_KEY_VALUE": "Use the ARN of a KMS key: arn:aws:kms:region:account:key/id.",
        InvalidPartition = "INVALID_PARTITION": "Use a partition of AWS, such as aws, aws-cn or aws-us-gov.",
        InvalidPolicyElement = "INVALID_POLICY_ELEMENT": "Remove the element or correct its name.",
        InvalidPrincipalFormat = "INVALID_PRINCIPAL_FORMAT": "Write \"*\" or an object such as {\"AWS\": \"123456789012\"}.",
        InvalidPrincipalKey = "INVALID_PRINCIPAL_KEY": "Use AWS, Service, Federated or CanonicalUser.",
        InvalidRegion = "INVALID_REGION": "Use the code of a Region, such as eu-west-1.",
        InvalidService = "INVALID_SERVICE": "Use the prefix of a service of AWS.",
        InvalidServiceConditionKey = "INVALID_SERVICE_CONDITION_KEY": "Use a condition key that the service has.",
        InvalidServiceInAction = "INVALID_SERVICE_IN_ACTION": "Use the prefix of a service of AWS before the colon.",
        InvalidServicePrincipalFormat = "INVALID_SERVICE_PRINCIPAL_FORMAT":
            "Write the service principal in its form, service.amazonaws.com, in small letters.",
        InvalidVariableForOperator = "INVALID_VARIABLE_FOR_OPERATOR":
            "Use a fixed value: only String and Arn operators expand variables.",
        InvalidVersion = "INVALID_VERSION": "Use 2012-10-17.",
        InvalidVpceFormat = "INVALID_VPCE_FORMAT": "Write vpce- and 8 or 17 hexadecimal digits.",
        InvalidVpcFormat = "INVALID_VPC_FORMAT": "Write vpc- and 8 or 17 hexadecimal digits.",
        JsonSyntaxError = "JSON_SYNTAX_ERROR": "Correct the JSON at this place.",
        MalformedPolicyDocument = "MALFORMED_POLICY_DOCUMENT": "Correct what IAM refuses when the policy is saved.",
        MismatchedActionForPrincipal = "MISMATCHED_ACTION_FOR_PRINCIPAL":
            "Use AssumeRoleWithSAML for SAML providers, AssumeRoleWithWebIdentity for OIDC providers, and AssumeRole for others.",
        MissingAction = "MISSING_ACTION": "Add Action or NotAction.",
        MissingActionForConditionKey = "MISSING_ACTION_FOR_CONDITION_KEY": "Add the action that sets the key.",
        MissingActionForRolesAnywhereTrustPolicy = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY":
            "Allow sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession together.",
        MissingArnAccount = "MISSING_ARN_ACCOUNT": "Name the account in the ARN, or write * for it.",
        MissingArnField = "MISSING_ARN_FIELD": "Write all six parts: arn:partition:service:region:account:resource.",
        MissingArnRegion = "MISSING_ARN_REGION": "Name the Region in the ARN, or write * for it.",
        MissingBraceInVariable = "MISSING_BRACE_IN_VARIABLE": "Close the variable with }.",
        MissingEffect = "MISSING_EFFECT": "Add Effect with Allow or Deny.",
        MissingPrincipal = "MISSING_PRINCIPAL": "Add Principal: this kind of policy says whom it is about.",
        MissingQualifier = "MISSING_QUALIFIER": "Begin the operator with ForAnyValue: or ForAllValues:.",
        MissingQuoteInVariable = "MISSING_QUOTE_IN_VARIABLE": "Put the default value between single quotes.",
        MissingResource = "MISSING_RESOURCE": "Add Resource or NotResource.",
        MissingStatement = "MISSING_STATEMENT": "Add Statement with at least one statement.",
        MissingTagKeyInCondition = "MISSING_TAG_KEY_IN_CONDITION": "Add the tag's key after the slash.",
        NullWithIfExists = "NULL_WITH_IF_EXISTS": "Remove IfExists: Null itself asks whether the key exists.",
        PolicySizeExceedsRcpQuota = "POLICY_SIZE_EXCEEDS_RCP_QUOTA": "Split the policy.",
        PolicySizeExceedsScpQuota = "POLICY_SIZE_EXCEEDS_SCP_QUOTA": "Split the policy.",
        PrivateIpAddress = "PRIVATE_IP_ADDRESS": "Use public ranges, or aws:VpcSourceIp for private ones.",
        PrivateNotIpAddress = "PRIVATE_NOT_IP_ADDRESS": "Use public ranges, or aws:VpcSourceIp for private ones.",
        RcpSyntaxErrorAction = "RCP_SYNTAX_ERROR_ACTION": "Use actions of services that resource control policies cover.",
        RcpSyntaxErrorAllow = "RCP_SYNTAX_ERROR_ALLOW": "Write the statement as a Deny: Allow is for RCPFullAWSAccess only.",
        RcpSyntaxErrorNotaction = "RCP_SYNTAX_ERROR_NOTACTION": "Use Action.",
        RcpSyntaxErrorPrincipal = "RCP_SYNTAX_ERROR_PRINCIPAL": "Write \"Principal\": \"*\" and use condition keys to narrow it.",
        RoleTrustPolicySyntaxErrorNotprincipal = "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL": "Use Principal.",
        RoleTrustPolicySyntaxErrorResource = "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE":
            "Remove the element: the resource is the role that has the policy.",
        RoleTrustPolicyUnsupportedWildcardInPrincipal = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL":
            "Name the accounts, roles or users that may assume the role.",
        ScpSyntaxErrorPrincipal = "SCP_SYNTAX_ERROR_PRINCIPAL": "Remove the element, and use aws:PrincipalArn in Condition.",
        TypeMismatchIpRange = "TYPE_MISMATCH_IP_RANGE": "Write an address or a range in CIDR form, such as 203.0.113.0/24.",
        UniqueSidsRequired = "UNIQUE_SIDS_REQUIRED": "Give each statement a Sid of its own.",
        UnsupportedActionForConditionKey = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY":
            "Move the action to a statement without the key.",
        UnsupportedActionInPolicy = "UNSUPPORTED_ACTION_IN_POLICY": "Use actions of the resource that the policy is attached to.",
        UnsupportedConditionKeyForServicePrincipal = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL":
            "Use aws:SourceArn, aws:SourceAccount or aws:SourceOrgID for service principals.",
        UnsupportedElementCombination = "UNSUPPORTED_ELEMENT_COMBINATION": "Keep one of the two elements.",
        UnsupportedGlobalConditionKey = "UNSUPPORTED_GLOBAL_CONDITION_KEY":
            "Use aws:PrincipalArn for who asks, or aws:SourceArn for what a service acts for.",
        UnsupportedPrincipal = "UNSUPPORTED_PRINCIPAL": "Remove the element: the policy is about whom it is attached to.",
        UnsupportedResourceArnInPolicy = "UNSUPPORTED_RESOURCE_ARN_IN_POLICY":
            "Use ARNs of the resource that the policy is attached to.",
        UnsupportedSid = "UNSUPPORTED_SID": "Use letters and digits only.",
        UnsupportedSpaceInVariable = "UNSUPPORTED_SPACE_IN_VARIABLE": "Remove the space from the variable's name.",
        UnsupportedWildcardInPrincipal = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL":
            "Name the principal in full, or use a condition on aws:PrincipalArn.",
        VariableUnsupportedInElement = "VARIABLE_UNSUPPORTED_IN_ELEMENT":
            "Write the value itself: variables belong in Resource and Condition.",
        VariableUnsupportedInVersion = "VARIABLE_UNSUPPORTED_IN_VERSION": "Set Version to 2012-10-17.",
        VariableUsageTooPermissive = "VARIABLE_USAGE_TOO_PERMISSIVE": "Use fixed values for this key.",
        WildcardUsageTooPermissive = "WILDCARD_USAGE_TOO_PERMISSIVE": "Use full values for this key.",
    }
    SecurityWarning {
        AllowWithNotPrincipal = "ALLOW_WITH_NOT_PRINCIPAL": "Use Principal, or Deny with NotPrincipal.",
        DenyNotactionWithUnsupportedTagConditionKeyForService = "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE":
            "List the actions to deny in Action.",
        DenyWithUnsupportedTagConditionKeyForService = "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE":
            "Deny these actions in a statement without the tag key.",
        DynamodbAttributesWithoutSelect = "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT":
            "Require dynamodb:Select to be SPECIFIC_ATTRIBUTES in the same statement.",
        ForallvaluesWithoutNullCheck = "FORALLVALUES_WITHOUT_NULL_CHECK":
            "Require the key to be there: add \"Null\" with the key and \"false\".",
        ForallvaluesWithSingleValuedKey = "FORALLVALUES_WITH_SINGLE_VALUED_KEY": "Remove ForAllValues:.",
        ForanyvalueWithAudienceClaimType = "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE": "Remove ForAnyValue:.",
        MissingConditionKeyForOidcPrincipal = "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL":
            "Add conditions on the provider's claims, such as host:aud and host:sub.",
        MissingGithubRepoConditionKey = "MISSING_GITHUB_REPO_CONDITION_KEY":
            "Add a condition on token.actions.githubusercontent.com:sub that names repository and branch.",
        MissingPairedConditionKeys = "MISSING_PAIRED_CONDITION_KEYS": "Add the related key to the same Condition.",
        PassRoleWithNotActionAndNotResource = "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE":
            "Allow iam:PassRole on role ARNs in a statement of its own.",
        PassRoleWithNotResource = "PASS_ROLE_WITH_NOT_RESOURCE": "List the roles that may be passed in Resource.",
        PassRoleWithStarInActionAndNotResource = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE":
            "List the roles that may be passed in Resource.",
        PassRoleWithStarInActionAndResource = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE":
            "List the roles that may be passed, or require iam:PassedToService.",
        PassRoleWithStarInResource = "PASS_ROLE_WITH_STAR_IN_RESOURCE":
            "List the roles that may be passed, or require iam:PassedToService.",
        PassRoleWithStarInResourceAndNotAction = "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION":
            "Add iam:PassRole to NotAction and allow it on role ARNs elsewhere.",
        RestrictAccessToServicePrincipal = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL":
            "Add a condition on aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths.",
        S3PrefixInNegativeContext = "S3_PREFIX_IN_NEGATIVE_CONTEXT": "Use Allow with StringLike or Deny with StringNotLike.",
        StringLikeOperatorWithArnConditionKeys = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS": "Use the Arn operator.",
        UntrustworthyConditionKey = "UNTRUSTWORTHY_CONDITION_KEY": "Do not rely on this key: callers choose its value.",
    }
    Warning {
        CreateSlrWithNotActionAndNotResource = "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE":
            "Allow iam:CreateServiceLinkedRole on role ARNs in a statement of its own.",
        CreateSlrWithNotResource = "CREATE_SLR_WITH_NOT_RESOURCE": "List the service-linked roles in Resource.",
        CreateSlrWithStarInActionAndNotResource = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE":
            "List the service-linked roles in Resource.",
        CreateSlrWithStarInActionAndResource = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE":
            "List the service-linked roles in Resource.",
        CreateSlrWithStarInResource = "CREATE_SLR_WITH_STAR_IN_RESOURCE": "List the service-linked roles in Resource.",
        CreateSlrWithStarInResourceAndNotAction = "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION":
            "Add iam:CreateServiceLinkedRole to NotAction and allow it on role ARNs elsewhere.",
        DeprecatedGlobalConditionKey = "DEPRECATED_GLOBAL_CONDITION_KEY": "Use aws:PrincipalArn.",
        InvalidDateValue = "INVALID_DATE_VALUE": "Write the date as 2026-01-31 or 2026-01-31T12:00:00Z.",
        InvalidRoleReference = "INVALID_ROLE_REFERENCE": "Use the role's ARN.",
        InvalidUserReference = "INVALID_USER_REFERENCE": "Use the user's ARN.",
        MissingVersion = "MISSING_VERSION": "Add \"Version\": \"2012-10-17\".",
        PolicySizeExceedsIdentityPolicyQuota = "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA": "Split the policy.",
        PolicySizeExceedsResourcePolicyQuota = "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA": "Split or shorten the policy.",
        PolicySizeExceedsRoleTrustPolicyQuota = "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA":
            "Shorten the policy, or have the account's quota raised.",
        RcpMissingRelatedPrincipalConditionKey = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY":
            "Add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}.",
        RcpMissingRelatedServicePrincipalConditionKey = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY":
            "Add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"true\"}.",
        RcpMissingServiceConditionKeyNullCheck = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK":
            "Add \"Null\": {\"aws:SourceAccount\": \"false\"} or \"Null\": {\"aws:SourceArn\": \"false\"}.",
        SpecificGithubRepoAndBranchRecommended = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED":
            "Name organization, repository and branch in the value.",
        TypeMismatch = "TYPE_MISMATCH": "Use an operator of the key's type.",
        TypeMismatchBoolean = "TYPE_MISMATCH_BOOLEAN": "Write true or false.",
        TypeMismatchDate = "TYPE_MISMATCH_DATE": "Write the date as 2026-01-31 or 2026-01-31T12:00:00Z.",
        TypeMismatchNumber = "TYPE_MISMATCH_NUMBER": "Write a number.",
        TypeMismatchString = "TYPE_MISMATCH_STRING": "Write the value in base64.",
        UniqueSidsRecommended = "UNIQUE_SIDS_RECOMMENDED": "Give each statement a Sid of its own.",
        UnreachableStatement = "UNREACHABLE_STATEMENT": "Remove the statement, or narrow the Deny that covers it.",
        UseConditionKeyOnlyWithSupportedServices = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES":
            "List only actions of services that send the key.",
        WildcardWithoutLikeOperator = "WILDCARD_WITHOUT_LIKE_OPERATOR":
            "Use the Like operator, or write the value without * and ?.",
    }
    Suggestion {
        AllowNotactionWithUnsupportedTagConditionKeyForService = "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE":
            "List the actions to allow in Action.",
        AllowWithUnsupportedTagConditionKeyForService = "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE":
            "Allow these actions in a statement without the tag key.",
        ConfirmAudienceClaimType = "CONFIRM_AUDIENCE_CLAIM_TYPE": "Remove the set operator when the provider sends one audience.",
        EmptyArrayAction = "EMPTY_ARRAY_ACTION": "List actions.",
        EmptyArrayCondition = "EMPTY_ARRAY_CONDITION": "List values, or remove the key.",
        EmptyArrayConditionForallvalues = "EMPTY_ARRAY_CONDITION_FORALLVALUES":
            "Use \"Null\" with \"true\" to ask that the key is missing.",
        EmptyArrayConditionForanyvalue = "EMPTY_ARRAY_CONDITION_FORANYVALUE": "List values: this condition never holds.",
        EmptyArrayConditionIfexists = "EMPTY_ARRAY_CONDITION_IFEXISTS":
            "Use \"Null\" with \"true\" to ask that the key is missing.",
        EmptyArrayPrincipal = "EMPTY_ARRAY_PRINCIPAL": "List principals.",
        EmptyArrayResource = "EMPTY_ARRAY_RESOURCE": "List resources.",
        EmptyObjectCondition = "EMPTY_OBJECT_CONDITION": "Add conditions, or remove the element.",
        EmptyObjectPrincipal = "EMPTY_OBJECT_PRINCIPAL": "List principals.",
        EmptySidValue = "EMPTY_SID_VALUE": "Give the Sid a value, or remove it.",
        EquivalentToNullFalse = "EQUIVALENT_TO_NULL_FALSE": "Use \"Null\" with the key and \"false\".",
        EquivalentToNullTrue = "EQUIVALENT_TO_NULL_TRUE": "Use \"Null\" with the key and \"true\".",
        ImproveIpRange = "IMPROVE_IP_RANGE": "Write the range with its own first address.",
        IrrelevantConditionKeyInPolicy = "IRRELEVANT_CONDITION_KEY_IN_POLICY": "Use the key in an identity-based policy.",
        NullWithQualifier = "NULL_WITH_QUALIFIER": "Use Null without a set operator.",
        PrivateIpAddressSubset = "PRIVATE_IP_ADDRESS_SUBSET": "Move private ranges to aws:VpcSourceIp.",
        PrivateNotIpAddressSubset = "PRIVATE_NOT_IP_ADDRESS_SUBSET": "Move private ranges to aws:VpcSourceIp.",
        RecommendedConditionKeyForServicePrincipal = "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL":
            "Use aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths.",
        RedundantAction = "REDUNDANT_ACTION": "Remove the action, or narrow the one that covers it.",
        RedundantConditionValueNum = "REDUNDANT_CONDITION_VALUE_NUM": "Keep only the value that decides.",
        RedundantKeyDueToWildcardInCondition = "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION": "Remove the key: it always matches.",
        RedundantPrincipalInRoleTrustPolicy = "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY":
            "Remove the session: its role is listed.",
        RedundantResource = "REDUNDANT_RESOURCE": "Remove the resource, or narrow the one that covers it.",
        RedundantStatement = "REDUNDANT_STATEMENT": "Remove one of the statements.",
        RedundantStatementDueToWildcardInCondition = "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION":
            "Remove the condition or the statement: it never matches.",
        WildcardInServiceName = "WILDCARD_IN_SERVICE_NAME": "Name the service.",
    }
}

impl IssueCode {
    /// Whether AWS has this code. Its reference has none for what IAM refuses without a check of its own, for a statement that a
    /// Deny of the same document makes pointless, and for `ForAllValues` in an Allow that a missing key satisfies.
    #[must_use]
    pub fn is_aws(self) -> bool {
        !matches!(
            self,
            IssueCode::MalformedPolicyDocument | IssueCode::UnreachableStatement | IssueCode::ForallvaluesWithoutNullCheck
        )
    }
}

impl fmt::Display for IssueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
