//! The bare limit of a query over HTTP: async-graphql and poem with the same object in a map; and poem alone.
//!
//! It runs as a process of its own, so that its processor time can be told from its client's.

use std::{collections::HashMap, process::Command, sync::Arc};

use async_graphql::{Context, EmptyMutation, EmptySubscription, ID, Object, Schema};
use async_graphql_poem::GraphQL;
use poem::{EndpointExt, Route, Server, endpoint::make, http::Method, listener::TcpListener};

use crate::process::{Process, free_address};

/// So many users are in the map, as in ours.
pub(crate) const USERS: usize = 1_000;

/// The name of a user.
pub(crate) fn user_name(number: usize) -> String {
    format!("person.{:04}", number % USERS)
}

struct User {
    id: String,
    user_id: String,
    arn: String,
    user_name: String,
    created_at: String,
}

type Users = HashMap<String, Arc<User>>;

#[derive(Clone)]
struct Shown(Arc<User>);

#[Object(name = "User")]
impl Shown {
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    async fn user_id(&self) -> &str {
        &self.0.user_id
    }

    async fn arn(&self) -> &str {
        &self.0.arn
    }

    async fn user_name(&self) -> &str {
        &self.0.user_name
    }

    async fn path(&self) -> &str {
        "/"
    }

    async fn created_at(&self) -> &str {
        &self.0.created_at
    }
}

struct Account;

#[Object]
impl Account {
    async fn user(&self, context: &Context<'_>, user_name: String) -> Option<Shown> {
        context.data_unchecked::<Users>().get(&user_name).cloned().map(Shown)
    }
}

struct Query;

#[Object]
impl Query {
    async fn account(&self) -> Account {
        Account
    }
}

fn users() -> Users {
    let user = |number| {
        let user_name = user_name(number);
        User {
            id: format!("VXNlcjoxMDAwMDAwMDAwMDA6QUlEQUFBQUFBQUFBQUFBQUE{number:04}"),
            user_id: format!("AIDAAAAAAAAAAAAAA{number:04}"),
            arn: format!("arn:aws:iam::100000000000:user/{user_name}"),
            user_name,
            created_at: "2026-01-01T00:00:00.000Z".to_owned(),
        }
    };
    (0..USERS).map(user).map(|user| (user.user_name.clone(), Arc::new(user))).collect()
}

/// Serves until the process is ended: `/graphql`, and `/plain`, which reads the body and answers as many bytes.
///
/// # Errors
/// When the port cannot be had.
pub(crate) fn serve(port: u16) -> anyhow::Result<()> {
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).data(users()).finish();
    let answer = "x".repeat(250);
    let plain = make(move |request: poem::Request| {
        let answer = answer.clone();
        async move {
            let body = request.into_body().into_bytes().await?;
            Ok::<_, poem::Error>(if body.is_empty() { String::new() } else { answer })
        }
    });
    let routes = Route::new()
        .at("/graphql", poem::RouteMethod::new().method(Method::POST, GraphQL::new(schema)))
        .at("/plain", plain.boxed());
    let server = Server::new(TcpListener::bind(("127.0.0.1", port)));
    Ok(crate::workload::runtime()?.block_on(server.run(routes))?)
}

/// Starts this program once more, as that server.
pub(crate) fn start() -> anyhow::Result<(Process, std::net::SocketAddr)> {
    let address = free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--bare-graphql", &address.port().to_string()]);
    let mut server = Process::spawn(command)?;
    server.wait_for(address)?;
    Ok((server, address))
}
