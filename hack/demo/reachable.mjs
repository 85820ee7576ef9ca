// reachable.mjs URL: waits until the URL answers 200, for at most a minute.
import { setTimeout as delay } from "node:timers/promises";

const url = process.argv[2];
const deadline = Date.now() + 60_000;
for (let last = "no answer"; ; await delay(100)) {
  try {
    const response = await fetch(url);
    if (response.ok) break;
    last = `status ${response.status}`;
  } catch (error) {
    last = error.cause?.message ?? error.message;
  }
  if (Date.now() > deadline) {
    console.error(`${url} is not reachable after a minute: ${last}`);
    process.exit(1);
  }
}
