//! A client of the GraphQL door.

use reqwest::{
    RequestBuilder, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::{Value, json};

/// A client, signed in or not. A clone shares its connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Reply {
    /// Its body as JSON.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Client {
    /// A client of the server at `url`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { http: reqwest::Client::new(), url: format!("{url}/graphql"), token: None }
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same to a server at another place.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { http: reqwest::Client::new(), url: format!("{url}/graphql"), token: self.token.clone() }
    }

    /// The bearer token.
    ///
    /// # Panics
    /// When it has not signed in.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("a client that has signed in")
    }

    /// A request to the door, with the token and nothing else.
    pub fn request(&self, method: reqwest::Method) -> RequestBuilder {
        let request = self.http.request(method, &self.url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(request: RequestBuilder) -> reqwest::Result<Reply> {
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok(Reply { status, headers, text: answer.text().await? })
    }

    /// Posts a body as it is.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post(&self, body: impl Into<reqwest::Body>) -> Reply {
        let request = self.request(reqwest::Method::POST).header(CONTENT_TYPE, "application/json").body(body);
        Self::send(request).await.expect("an answer")
    }

    /// Runs a document.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_run(&self, query: &str, variables: Value) -> reqwest::Result<Value> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = self.request(reqwest::Method::POST).header(CONTENT_TYPE, "application/json").body(body);
        Ok(Self::send(request).await?.json())
    }

    /// Runs a document and gives the whole answer.
    ///
    /// # Panics
    /// When there is none.
    pub async fn run(&self, query: &str, variables: Value) -> Value {
        self.try_run(query, variables).await.expect("an answer")
    }

    /// Runs a document that must succeed, and gives its `data`.
    ///
    /// # Panics
    /// When it does not.
    pub async fn query(&self, query: &str) -> Value {
        let answer = self.run(query, json!({})).await;
        assert!(answer.get("errors").is_none(), "{query}: {answer:#}");
        answer["data"].clone()
    }

    /// Runs one mutation and gives the whole answer; `fields` are those of its payload.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_mutate(&self, mutation: &str, input: Value, fields: &str) -> reqwest::Result<Value> {
        let query = format!("mutation($input: {}!) {{ {mutation}(input: $input) {{ {fields} }} }}", input_type(mutation));
        self.try_run(&query, json!({ "input": input })).await
    }

    /// Runs one mutation that must succeed, and gives its payload.
    ///
    /// # Panics
    /// When it does not.
    pub async fn mutate(&self, mutation: &str, input: Value, fields: &str) -> Value {
        let answer = self.try_mutate(mutation, input, fields).await.expect("an answer");
        assert!(answer.get("errors").is_none(), "{mutation}: {answer:#}");
        answer["data"][mutation].clone()
    }

    /// Runs one mutation that must be refused, and gives the code of its first error.
    ///
    /// # Panics
    /// When it is not refused.
    pub async fn refusal(&self, mutation: &str, input: Value) -> String {
        let answer = self.try_mutate(mutation, input, "__typename").await.expect("an answer");
        code(&answer).unwrap_or_else(|| panic!("{mutation} was not refused: {answer:#}"))
    }

    /// Signs in; `user` absent for the root user.
    ///
    /// # Panics
    /// When there is no session.
    pub async fn sign_in(&self, account: &str, user: Option<&str>, password: &str) -> Self {
        let input = json!({ "accountId": account, "userName": user, "password": password });
        let signed_in = self.mutate("signIn", input, "session { token } challenge { id kinds }").await;
        self.with_token(signed_in["session"]["token"].as_str().unwrap_or_else(|| panic!("no session: {signed_in}")))
    }
}

/// The code of the first error of an answer.
fn code(answer: &Value) -> Option<String> {
    Some(answer["errors"][0]["extensions"]["code"].as_str()?.to_owned())
}

/// The type of a mutation's input.
fn input_type(mutation: &str) -> String {
    let own = match mutation {
        "createAccountAlias" | "deleteAccountAlias" => "AccountAliasInput",
        "tag" => "TagResourceInput",
        "untag" => "UntagResourceInput",
        "addRoleToInstanceProfile" | "removeRoleFromInstanceProfile" => "InstanceProfileRoleInput",
        "deletePolicyVersion" | "setDefaultPolicyVersion" => "PolicyVersionInput",
        _ => {
            let (first, rest) = mutation.split_at(1);
            return format!("{}{rest}Input", first.to_uppercase());
        }
    };
    own.to_owned()
}
