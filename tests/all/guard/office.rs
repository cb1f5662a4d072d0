//! An engine in the test's own process, with accounts and people who are signed in.

use std::sync::Arc;

use chancery_domain::{Command, Read, State, actions};
use chancery_engine::{AccountRef, BatchMode, Caller, Engine, EngineError, Receipt, Request, SignIn, SignedIn};
use chancery_model::{AccountId, Arn, EmailAddress, Secret, UserName};
use chancery_testkit::{Directory, PASSWORD};

use super::make;

/// The installation.
pub(crate) struct Office {
    pub(crate) engine: Engine,
    _directory: Directory,
}

impl Office {
    /// With the first account.
    pub(crate) fn open() -> Self {
        let directory = Directory::new(1_000_000);
        let engine = tokio::task::block_in_place(|| directory.init());
        Self { engine, _directory: directory }
    }

    /// Another account, and its root user.
    pub(crate) async fn found(&self, digits: &str) -> Caller {
        let id = AccountId::parse(digits).unwrap();
        let email = make::given(EmailAddress::parse(&format!("root@{digits}.example")).unwrap());
        let create = actions::CreateAccount { email, password: Some(make::password()), alias: None };
        self.run(&Caller::operator(id), create).await;
        self.sign_in(id, None).await
    }

    /// The root user of the first account.
    pub(crate) async fn root(&self) -> Caller {
        self.sign_in(Directory::account(), None).await
    }

    pub(crate) async fn sign_in(&self, account: AccountId, user: Option<&str>) -> Caller {
        let user_name = user.map(|name| UserName::parse(name).unwrap());
        let input = SignIn { account: AccountRef::Id(account), user_name, password: Secret::new(PASSWORD.to_owned()) };
        let SignedIn::Session { token, .. } = self.engine.sign_in(input, &Request::local()).await.unwrap() else {
            panic!("a session")
        };
        self.engine.authenticate(token.expose()).unwrap()
    }

    /// A user with a password, signed in.
    pub(crate) async fn hire(&self, account: AccountId, user: impl Into<Command>, name: &str) -> Caller {
        // The password is sealed under the user's own key: the user has to be there.
        self.run_all(account, [user.into()]).await;
        self.run_all(account, [make::login(name)]).await;
        self.sign_in(account, Some(name)).await
    }

    /// Runs what has to succeed.
    pub(crate) async fn run(&self, caller: &Caller, command: impl Into<Command>) -> Receipt {
        let command = command.into();
        let told = format!("{command:?}");
        self.engine.execute(caller, &Request::local(), command, None).await.unwrap_or_else(|error| panic!("{told}: {error}"))
    }

    /// Runs what the operator sets up in an account, as one.
    pub(crate) async fn run_all(&self, account: AccountId, commands: impl IntoIterator<Item = Command>) {
        let commands: Vec<_> = commands.into_iter().collect();
        let told: Vec<_> = commands.iter().map(|command| format!("{command:?}")).collect();
        let operator = Caller::operator(account);
        let all = self.engine.execute_all(&operator, &Request::local(), commands, BatchMode::Commit).await.unwrap();
        for (answer, told) in all.into_iter().zip(told) {
            let _receipt = answer.unwrap_or_else(|error| panic!("{told}: {error}"));
        }
    }

    /// Tries commands one after the other, and writes none of them: what became of each.
    pub(crate) async fn attempt(&self, caller: &Caller, commands: Vec<Command>) -> Vec<Result<Receipt, EngineError>> {
        self.engine.execute_all(caller, &Request::local(), commands, BatchMode::DryRun).await.unwrap()
    }

    /// Tries one command.
    pub(crate) async fn attempt_one(&self, caller: &Caller, command: impl Into<Command>) -> Result<Receipt, EngineError> {
        self.attempt(caller, vec![command.into()]).await.remove(0)
    }

    /// Everything, as it is now.
    pub(crate) async fn state(&self) -> Arc<State> {
        let operator = Directory::operator();
        let reader = self.engine.read(&operator, None).await.unwrap();
        let proof = reader.authorize(Read::GetAccountSummary, &Arn::root(operator.account())).unwrap();
        Arc::clone(reader.state(&proof))
    }
}
