import { pino } from "pino";

import { DurableLog } from "./durable-log.ts";

/** Appends without end and prints `epoch offset` of what is durable: the victim of the kill test. */
const log = await DurableLog.open({
  folder: process.argv[2] ?? "",
  diskBytesMax: 64 * 1024 * 1024,
  log: pino({ level: "silent" }),
});
let printed = log.nextOffset - 1;
log.onDurable = () => {
  for (; printed + 1 < log.durableEnd; printed += 1) {
    process.stdout.write(`${log.epoch} ${printed + 1}\n`);
  }
};
setInterval(() => {
  for (let i = 0; i < 20; i += 1) log.append(Buffer.from(`${log.nextOffset}:`.padEnd(2000, "x")));
}, 2);
