// A sale through the till's service, with nothing but fetch: docs/31-till-service.md.
//
//     cipherlane till serve till.toml --token-file service.token
//     node 27_till_service.mjs http://127.0.0.1:8731 service.token order-4711 1234
//
// The key is the order's own name: whatever happens to this program, the same key gives the same payment.
import { readFileSync } from "node:fs";

const [service, tokenFile, key, amount] = process.argv.slice(2);
if (!amount) {
    console.error("usage: 27_till_service.mjs SERVICE TOKEN-FILE KEY AMOUNT (in minor units)");
    process.exit(2);
}
const headers = { Authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}`, "Content-Type": "application/json" };

async function ask(method, path, body) {
    const answer = await fetch(service + path, { method, headers, body: body && JSON.stringify(body) });
    const told = await answer.json();
    // An error: this request began nothing. What is in doubt is no error but a payment, "unknown".
    if (!answer.ok) throw new Error(`${answer.status}: ${told.error.text}`);
    return { underWay: answer.status === 202, told };
}

const { told: { terminals } } = await ask("GET", "/v1/terminals");
const payments = `/v1/terminals/${terminals[0].terminal}/payments`;

// [sale]
let sale = await ask("POST", `${payments}?wait=20`, { trade: "sale", key, amount: Number(amount) });
while (sale.underWay) {
    console.log(`${key}: ${sale.told.stage}`);
    sale = await ask("GET", `${payments}/${encodeURIComponent(key)}?wait=20`);
}
const { outcome, approved, reason } = sale.told;
console.log(`${key}: ${outcome} ${(approved / 100).toFixed(2)}${reason ? " (" + reason + ")" : ""}`);

// [/sale]
const { told: { receipt } } = await ask("GET", `${payments}/${encodeURIComponent(key)}/receipt`);
console.log(receipt);
await ask("POST", `${payments}/${encodeURIComponent(key)}/acknowledge`); // it is printed
process.exit(outcome === "approved" ? 0 : 1);
