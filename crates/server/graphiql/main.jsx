// The development page: a sign-in form above GraphiQL. The token lives in this page's memory only: a reload forgets it.
import { useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { GraphiQL } from "graphiql";
import { parse } from "graphql";
import { createClient } from "graphql-ws";
import "graphiql/graphiql.css";
import "./page.css";

const HTTP_URL = "/graphql";
const SOCKET_URL = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/graphql/ws`;

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    session { token expiresAt }
    challenge { id kinds }
  }
}`;

const SIGN_OUT = `mutation SignOut { signOut { sessionId } }`;

const WELCOME = `# Sign in above, then run queries here (Ctrl-Enter).
query Account {
  account {
    users(first: 10) {
      edges { node { userName arn } }
    }
  }
}
`;

async function post(body, token) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(HTTP_URL, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `the server answered ${answer.status}: ${text.slice(0, 500)}` }] };
  }
}

function problem(answer) {
  if (answer.errors?.length) return answer.errors.map((error) => error.message).join("; ");
  if (answer.error) return `${answer.error.code}: ${answer.error.message}`;
  return "";
}

async function signIn({ accountId, userName, password }) {
  const input = { accountId, password, ...(userName ? { userName } : {}) };
  const answer = await post({ query: SIGN_IN, variables: { input } });
  const refused = problem(answer);
  if (refused) throw new Error(refused);
  const { session, challenge } = answer.data?.signIn ?? {};
  if (session) return session;
  if (challenge) throw new Error(`the server asks for more first (${challenge.kinds.join(", ")}): run answerChallenge below, with the id ${challenge.id}`);
  throw new Error("the server gave neither a session nor a reason");
}

// Queries go over HTTP, subscriptions over a WebSocket that is opened when the first one starts.
function fetcherFor(token) {
  const socket = createClient({
    url: SOCKET_URL,
    lazy: true,
    keepAlive: 15_000,
    retryAttempts: 3,
    connectionParams: () => (token ? { authorization: `Bearer ${token}` } : {}),
  });
  const fetcher = (request) => (isSubscription(request) ? socket.iterate(request) : post(request, token));
  return { fetcher, close: () => socket.dispose() };
}

function isSubscription({ query, operationName }) {
  const operations = operationsOf(query);
  const chosen = operations.find((node) => node.name?.value === operationName) ?? operations[0];
  return chosen?.operation === "subscription";
}

// What cannot be parsed has no operations here; the server says what is wrong with it.
function operationsOf(query) {
  try {
    return parse(query).definitions.filter((node) => node.kind === "OperationDefinition");
  } catch {
    return [];
  }
}

function Field({ label, ...input }) {
  return (
    <label>
      <span>{label}</span>
      <input required {...input} />
    </label>
  );
}

function SignInForm({ onSession }) {
  const [state, setState] = useState({ busy: false, message: "" });
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = Object.fromEntries(new FormData(form));
    setState({ busy: true, message: "" });
    try {
      const session = await signIn({ ...fields, accountId: fields.accountId.trim() });
      form.reset();
      onSession({ ...session, who: `${fields.userName || "root"} in ${fields.accountId}` });
    } catch (error) {
      setState({ busy: false, message: error.message });
    }
  };
  return (
    <form onSubmit={submit}>
      <Field label="Account" name="accountId" placeholder="123456789012" pattern="[0-9]{12}" title="12 digits" autoComplete="organization" />
      <Field label="User" name="userName" placeholder="empty: root" required={false} autoComplete="username" />
      <Field label="Password" name="password" type="password" autoComplete="current-password" />
      <button disabled={state.busy}>{state.busy ? "Signing in" : "Sign in"}</button>
      <output role="status">{state.message}</output>
    </form>
  );
}

function SignedIn({ session, onSignOut }) {
  return (
    <div className="signed-in">
      <span>
        {session.who}, until {session.expiresAt}
      </span>
      <button type="button" onClick={onSignOut}>
        Sign out
      </button>
    </div>
  );
}

function Page() {
  const [session, setSession] = useState(null);
  const open = useRef(null);
  const { fetcher } = useMemo(() => {
    open.current?.close();
    open.current = fetcherFor(session?.token);
    return open.current;
  }, [session]);
  const [trouble, setTrouble] = useState("");
  const signOut = async () => {
    const answer = await post({ query: SIGN_OUT }, session.token);
    setTrouble(answer.data?.signOut ? "" : `the session was not ended by the server: ${problem(answer)}`);
    setSession(null);
  };
  return (
    <>
      <header>
        <strong>Chancery</strong>
        {session ? <SignedIn session={session} onSignOut={signOut} /> : <SignInForm onSession={setSession} />}
        {session || !trouble ? null : <output role="alert">{trouble}</output>}
      </header>
      <main>
        <GraphiQL key={session?.who ?? "anonymous"} fetcher={fetcher} defaultQuery={WELCOME} shouldPersistHeaders={false} />
      </main>
    </>
  );
}

createRoot(document.getElementById("root")).render(<Page />);
