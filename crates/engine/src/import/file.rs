//! The file: read row by row, so that one row that is odd is refused and the others are not.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// The output of `aws iam get-account-authorization-details`. Fields that are not known are passed over.
#[derive(Debug, Clone, Default)]
pub struct AccountFile {
    pub(super) users: Vec<Value>,
    pub(super) groups: Vec<Value>,
    pub(super) roles: Vec<Value>,
    pub(super) policies: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Lists {
    user_detail_list: Option<Vec<Value>>,
    group_detail_list: Option<Vec<Value>>,
    role_detail_list: Option<Vec<Value>>,
    policies: Option<Vec<Value>>,
    is_truncated: Option<bool>,
}

impl AccountFile {
    /// Reads the file.
    ///
    /// # Errors
    /// A sentence that says why it is not such an output.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        const WANTED: &str = "it must be the output of `aws iam get-account-authorization-details --output json`";
        let lists: Lists = serde_json::from_slice(bytes).map_err(|error| format!("{error}; {WANTED}"))?;
        let Lists { user_detail_list, group_detail_list, role_detail_list, policies, is_truncated } = lists;
        let all = [&user_detail_list, &group_detail_list, &role_detail_list, &policies];
        if all.iter().all(|list| list.is_none()) {
            return Err(format!("it has none of UserDetailList, GroupDetailList, RoleDetailList and Policies; {WANTED}"));
        }
        if is_truncated == Some(true) {
            return Err("it is one page of several (IsTruncated is true): the AWS CLI writes all pages unless --no-paginate \
                        or --max-items is given"
                .to_owned());
        }
        Ok(Self {
            users: user_detail_list.unwrap_or_default(),
            groups: group_detail_list.unwrap_or_default(),
            roles: role_detail_list.unwrap_or_default(),
            policies: policies.unwrap_or_default(),
        })
    }
}

/// Reads one row; `Err` has a name for it, as far as there is one, and the reason.
pub(super) fn row<T: DeserializeOwned>(value: &Value, name_field: &str) -> Result<T, (String, String)> {
    T::deserialize(value).map_err(|error| {
        let name = value.get(name_field).and_then(Value::as_str).unwrap_or("(without a name)");
        (name.to_owned(), error.to_string())
    })
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn root_path() -> String {
    "/".to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagRow {
    pub(super) key: String,
    pub(super) value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttachedRow {
    pub(super) policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InlineRow {
    pub(super) policy_name: String,
    pub(super) policy_document: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BoundaryRow {
    pub(super) permissions_boundary_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UserRow {
    pub(super) user_name: String,
    #[serde(default = "root_path")]
    pub(super) path: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<TagRow>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) group_list: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) attached_managed_policies: Vec<AttachedRow>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) user_policy_list: Vec<InlineRow>,
    pub(super) permissions_boundary: Option<BoundaryRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GroupRow {
    pub(super) group_name: String,
    #[serde(default = "root_path")]
    pub(super) path: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) attached_managed_policies: Vec<AttachedRow>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) group_policy_list: Vec<InlineRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RoleRow {
    pub(super) role_name: String,
    #[serde(default = "root_path")]
    pub(super) path: String,
    pub(super) description: Option<String>,
    pub(super) max_session_duration: Option<u32>,
    pub(super) assume_role_policy_document: Value,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<TagRow>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) instance_profile_list: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) attached_managed_policies: Vec<AttachedRow>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) role_policy_list: Vec<InlineRow>,
    pub(super) permissions_boundary: Option<BoundaryRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ProfileRow {
    pub(super) instance_profile_name: String,
    #[serde(default = "root_path")]
    pub(super) path: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<TagRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyRow {
    pub(super) policy_name: String,
    pub(super) policy_id: Option<String>,
    pub(super) arn: String,
    #[serde(default = "root_path")]
    pub(super) path: String,
    pub(super) description: Option<String>,
    pub(super) default_version_id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<TagRow>,
    pub(super) policy_version_list: Vec<VersionRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VersionRow {
    pub(super) version_id: String,
    pub(super) document: Value,
}
