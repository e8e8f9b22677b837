// Plain data keys that are kept for a while, and dropped as soon as the key that wraps them can no longer be used.
import { CloudEvent } from "cloudevents";
import { EventSource } from "eventsource";

/** After these events the key refuses to unwrap, so what it unwrapped before is not kept either. */
const UNUSABLE = [
  "keyledger.key.disabled",
  "keyledger.key.material-deleted",
  "keyledger.key.material-expired",
  "keyledger.key.deletion-scheduled",
  "keyledger.key.destroyed",
];

export class DataKeys {
  #kept = new Map();
  #events;

  /**
   * @param url of Keyledger
   * @param login access key id, colon, secret
   * @param dropped is told the id of each key whose data keys were dropped
   */
  constructor(url, login, dropped = () => {}) {
    const authorization = "Basic " + Buffer.from(login).toString("base64");
    // Since a moment ago and not from now on: whoever comes back without having had an event misses nothing.
    const query = new URLSearchParams({ type: UNUSABLE.join(","), from: new Date().toISOString() });
    this.#events = new EventSource(`${url}/v1/events/stream?${query}`, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization } }),
    });
    this.#events.onmessage = ({ data }) => {
      const event = new CloudEvent(JSON.parse(data), true);
      if (this.#drop(event.subject)) {
        dropped(event.subject);
      }
    };
    // Nobody tells us anything at the moment, so nothing is kept.
    this.#events.onerror = () => [...this.#kept.keys()].forEach((keyId) => this.#drop(keyId));
  }

  /** Resolves when events arrive. */
  async ready() {
    await new Promise((resolve) => this.#events.addEventListener("open", resolve, { once: true }));
  }

  /** The plain data key that is kept for a key, or a new one. */
  async get(keyId, unwrap) {
    if (!this.#kept.has(keyId)) {
      this.#kept.set(keyId, await unwrap(keyId));
    }
    return this.#kept.get(keyId);
  }

  #drop(keyId) {
    const plain = this.#kept.get(keyId);
    plain?.fill(0);
    return this.#kept.delete(keyId);
  }

  close() {
    this.#events.close();
  }
}
