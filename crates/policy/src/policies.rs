//! What is asked, and the policies that have a say in it, layer by layer.

use std::{fmt, slice};

use crate::{Caller, CompiledPolicy, Context};

/// One question: may this caller do this action on this resource?
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// The action, `service:Name` in any case.
    pub action: &'a str,
    /// The ARN of the resource; `*` for an action that supports no resource-level permissions.
    pub resource: &'a str,
    /// The account that owns the resource. Without it the account in the ARN; where that has none (`arn:aws:s3:::bucket`,
    /// `*`) the resource counts as the caller's own.
    pub resource_account: Option<&'a str>,
    /// What else is known of the request.
    pub context: &'a dyn Context,
}

/// The documents of one level of a layer.
pub type Documents<'a> = &'a [&'a CompiledPolicy];

/// The policies that apply to a request. In every optional layer `None` means that there is no such layer, an empty list that
/// the layer is there and allows nothing.
#[derive(Clone, Copy, Default)]
pub struct Policies<'a> {
    /// Inline and managed policies of the user and its groups, or of the role.
    pub identity: Documents<'a>,
    /// The permissions boundary of the user or role.
    pub boundary: Option<Documents<'a>>,
    /// The policies that were passed when the session was made.
    pub session: Option<Documents<'a>>,
    /// The policy of the resource; for `sts:AssumeRole` and its kin the trust policy of the role.
    pub resource: Option<&'a CompiledPolicy>,
    /// Service control policies of the caller's account by level, root first: every level must allow. `None` for the
    /// management account.
    pub scps: Option<&'a [Documents<'a>]>,
    /// Resource control policies of the resource's account by level, root first: every level must allow, so each has
    /// `RCPFullAWSAccess` among its documents. `None` for the management account.
    pub rcps: Option<&'a [Documents<'a>]>,
    /// The policies of the VPC endpoint through which the request comes.
    pub endpoint: Option<Documents<'a>>,
}

/// A kind of policy, in the order in which AWS asks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Resource control policies.
    ResourceControl,
    /// Service control policies.
    ServiceControl,
    /// Policies of the VPC endpoint.
    Endpoint,
    /// The policy of the resource, or the trust policy of a role.
    Resource,
    /// Identity-based policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
}

impl<'a> Policies<'a> {
    /// The documents of a layer and level, as [`crate::Determining`] counts them.
    #[must_use]
    pub fn document(&self, layer: Layer, level: usize, index: usize) -> Option<&'a CompiledPolicy> {
        let documents = match layer {
            Layer::Resource => return self.resource.filter(|_| level == 0 && index == 0),
            Layer::ResourceControl => *self.rcps?.get(level)?,
            Layer::ServiceControl => *self.scps?.get(level)?,
            Layer::Endpoint => self.endpoint?,
            Layer::Identity => self.identity,
            Layer::Boundary => self.boundary?,
            Layer::Session => self.session?,
        };
        documents.get(index).copied()
    }
}

impl Policies<'_> {
    /// The documents that are there, by layer and level, in the order of [`Layer`].
    pub(crate) fn levels(&self) -> impl Iterator<Item = (Layer, usize, Documents<'_>)> {
        fn many<'a>(layer: Layer, levels: Option<&'a [Documents<'a>]>) -> impl Iterator<Item = (Layer, usize, Documents<'a>)> {
            levels.unwrap_or_default().iter().enumerate().map(move |(level, documents)| (layer, level, *documents))
        }
        let control = many(Layer::ResourceControl, self.rcps).chain(many(Layer::ServiceControl, self.scps));
        let others = [
            (Layer::Endpoint, self.endpoint),
            (Layer::Resource, self.resource.as_ref().map(slice::from_ref)),
            (Layer::Identity, Some(self.identity)),
            (Layer::Boundary, self.boundary),
            (Layer::Session, self.session),
        ];
        control.chain(others.into_iter().filter_map(|(layer, documents)| Some((layer, 0, documents?))))
    }
}

impl Layer {
    /// Every layer, in the order in which AWS asks them.
    pub const ALL: [Layer; 7] = [
        Layer::ResourceControl,
        Layer::ServiceControl,
        Layer::Endpoint,
        Layer::Resource,
        Layer::Identity,
        Layer::Boundary,
        Layer::Session,
    ];

    /// What AWS calls a policy of this layer.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Layer::ResourceControl => "resource control policy",
            Layer::ServiceControl => "service control policy",
            Layer::Endpoint => "VPC endpoint policy",
            Layer::Resource => "resource-based policy",
            Layer::Identity => "identity-based policy",
            Layer::Boundary => "permissions boundary",
            Layer::Session => "session policy",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
