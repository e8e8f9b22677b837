// Keeps a data key of the key that is named, and says when it is dropped.
import { randomBytes } from "node:crypto";
import { DataKeys } from "./data-keys.js";

const [keyId] = process.argv.slice(2);
const { KEYLEDGER_URL, KEYLEDGER_ACCESS_KEY_ID, KEYLEDGER_ACCESS_KEY_SECRET } = process.env;

const dataKeys = new DataKeys(KEYLEDGER_URL, `${KEYLEDGER_ACCESS_KEY_ID}:${KEYLEDGER_ACCESS_KEY_SECRET}`, (dropped) => {
  console.log(`dropped ${dropped}`);
  dataKeys.close();
});
await dataKeys.ready();
// Stands for the call of GenerateDataKey or Decrypt with the vendor's SDK.
await dataKeys.get(keyId, async () => randomBytes(32));
console.log(`keeps ${keyId}`);
