// A company's sign-in service, for the browser tests: oidc-provider, with four
// people in it and pages that load nothing.
//
//   node provider.mjs id-token|userinfo [chain]
//
// The first argument says where it tells of people's groups; with the second one signing
// in and out goes by way of another origin, as where one sign-in service stands in front
// of another. It listens on the socket that
// it is given as file descriptor 3, and prints its issuer URL once it does. The first
// line that it then reads is the address of the Namesake that is registered with it;
// requests wait for that. It ends when there is no more to read.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";

console.info = console.error; // what the library has to say is not for those who read our output

const people = {
  vera: { name: "Vera Viewer", email: "vera@acme.example", groups: ["viewers"] },
  edgar: { name: "Edgar Editor", email: "edgar@acme.example", groups: ["staff", "editors"] },
  ada: { name: "Ada Admin", email: "ada@acme.example", groups: ["admins"] },
  nora: { name: "Nora Newman", email: "nora@acme.example", groups: [] },
};

const page = (title, body) => `<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,"><h1>${title}</h1>${body}`;

const signIn = page("Sign in to Acme", `<form method="post">
${Object.keys(people).map((who) => `<button name="login" value="${who}">${who}</button>`).join("\n")}
<button name="cancel" value="yes">Cancel</button></form>`);

const consent = page("Let Namesake know who you are?", `<form method="post">
<button name="consent" value="yes">Yes</button> <button name="cancel" value="yes">Cancel</button></form>`);

const server = createServer(async (req, res) => {
  try {
    const provider = await registered;
    const by = chained(req);
    if (by) return res.writeHead(302, { Location: by }).end();
    await (req.url.startsWith("/interaction/") ? interact(provider, req, res) : provider.callback()(req, res));
  } catch (err) {
    console.error(err);
    res.writeHead(500, { "Content-Type": "text/plain" }).end(String(err));
  }
});
await new Promise((listening) => server.listen({ fd: 3 }, listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const lines = createInterface({ input: process.stdin });
const registered = new Promise((resolve) => lines.once("line", (namesake) => resolve(providerFor(namesake))));
lines.on("close", () => process.exit());
console.log(issuer);

// chained is where a request is redirected to in a chain: to the other origin, and back.
function chained(req) {
  const { port } = server.address();
  const { pathname, searchParams } = new URL(req.url, issuer);
  if (pathname === "/hop") return `${issuer}${searchParams.get("back")}&hopped=1`;
  if (process.argv[3] !== "chain" || !["/auth", "/session/end"].includes(pathname) || searchParams.has("hopped")) return "";
  return `http://localhost:${port}/hop?${new URLSearchParams({ back: req.url })}`;
}

function providerFor(namesake) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return new Provider(issuer, {
    clients: [{
      client_id: "namesake", client_secret: "the-secret-of-namesake", client_name: "Namesake",
      token_endpoint_auth_method: "client_secret_basic", grant_types: ["authorization_code"], response_types: ["code"],
      redirect_uris: [`${namesake}/auth/callback`], post_logout_redirect_uris: [`${namesake}/login`],
    }],
    conformIdTokenClaims: process.argv[2] !== "id-token", // then claims are at the userinfo endpoint only
    claims: { openid: ["sub"], profile: ["name"], email: ["email"], groups: ["groups"] },
    findAccount: (_, sub) => people[sub] && { accountId: sub, claims: () => ({ sub, ...people[sub] }) },
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "1" }] },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    renderError: (ctx, out) => { ctx.type = "html"; ctx.body = page("Error", JSON.stringify(out).replaceAll("<", "&lt;")); },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) => {
          ctx.body = page("Sign out of Acme?", `${form}
            <button form="op.logoutForm" name="logout" value="yes">Yes</button> <button form="op.logoutForm">No</button>`);
        },
      },
    },
  });
}

// interact asks a person who they are, then whether Namesake may know.
async function interact(provider, req, res) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  if (req.method !== "POST") {
    return res.writeHead(200, { "Content-Type": "text/html" }).end(prompt.name === "login" ? signIn : consent);
  }
  const answer = new URLSearchParams(await text(req));
  if (answer.has("cancel")) {
    return provider.interactionFinished(req, res, { error: "access_denied", error_description: "The person turned back." });
  }
  if (answer.has("login")) {
    return provider.interactionFinished(req, res, { login: { accountId: answer.get("login") } });
  }
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}
