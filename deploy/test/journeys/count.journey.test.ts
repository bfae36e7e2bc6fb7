import { setTimeout as pause } from "node:timers/promises";

import { expect, it } from "vitest";

import { telemetryLedger } from "../ledger.ts";
import { mosquittoAvailable, startMosquitto } from "../mosquitto.ts";
import { ModbusCounter } from "../modbus-counter.ts";
import { eventually, startPlant } from "../plant.ts";
import { sawRegisters, sawStates, sawYaml, setUpSaw } from "../saw.ts";
import { TcpProxy } from "../tcp-proxy.ts";

/** The length of the network outage the issue names, ms. */
const outageMs = 60_000;
const goodTotal = 400;
const scrapTotal = 25;

// The promise of the product: a register of a PLC counts up while broker, ingest and network fail,
// and the work order ends at exactly what the register says.
it.each([
  { broker: "embedded", isAvailable: true },
  { broker: "mosquitto", isAvailable: mosquittoAvailable() },
])(
  "counts every piece once: PLC register → completed order, $broker broker",
  async ({ broker, isAvailable }) => {
    if (!isAvailable) throw new Error("mosquitto is not installed: run npm test as root on Debian");
    await using mosquitto = broker === "mosquitto" ? await startMosquitto() : null;
    await using plant = await startPlant(mosquitto === null ? {} : { mqttUrl: mosquitto.url });
    await using wire = await TcpProxy.start(mosquitto?.port ?? plant.mqttPort);
    await using plc = await ModbusCounter.start();
    // A PLC that has counted for years: what it counted before us is not ours.
    plc.setUInt32(sawRegisters.good, 1_000_000);
    plc.setUInt32(sawRegisters.scrap, 5_000);
    plc.setUInt16(sawRegisters.state, sawStates.producing);

    const { api, workUnitId, workOrderId, gateway } = await setUpSaw(plant, goodTotal);
    const agent = await plant.agent(
      "gateway-1",
      sawYaml({
        group: gateway.groupId,
        token: gateway.token,
        brokerPort: wire.port,
        modbusPort: plc.port,
      }),
    );
    await agent.start();
    const ledger = telemetryLedger(plant.database);
    await eventually("first readings stored", async () =>
      (await ledger.lastValue("count/good")) === 1_000_000 ? true : null,
    );

    let [good, scrap] = [0, 0];
    const produce = async (pieces: number) => {
      for (let i = 0; i < pieces; i += 1) {
        if (good < goodTotal) good += 1;
        if (good % 16 === 0 && scrap < scrapTotal) scrap += 1;
        plc.setUInt32(sawRegisters.good, 1_000_000 + good);
        plc.setUInt32(sawRegisters.scrap, 5_000 + scrap);
        await pause(20);
      }
    };

    try {
      await produce(100);
      // 1. kill -9 of ingest (with the embedded broker inside it) in the middle of the stream
      await plant.ingest.kill();
      await produce(30);
      await plant.ingest.start();
      await produce(50);
      // 2. the broker alone
      if (mosquitto !== null) {
        await mosquitto.kill();
        await produce(20);
        await mosquitto.start();
      }
      // 3. the network, for a minute; the machine goes on
      wire.cut();
      await produce(60);
      await pause(outageMs - 60 * 20);
      wire.mend();
      await produce(30);
      // 4. the gateway itself
      await agent.kill();
      await produce(20);
      await agent.start();
      await produce(goodTotal - good);

      await eventually(
        "order completed",
        async () => ((await api.order(workOrderId)).state === "completed" ? true : null),
        60_000,
      );
      const settled = await eventually(
        "every reading stored and acknowledged",
        async () => {
          const sums = await ledger.counted(workUnitId);
          const order = await api.order(workOrderId);
          return sums.good === good && sums.scrap === scrap && order.scrap === String(scrap)
            ? { sums, order }
            : null;
        },
        60_000,
      );
      expect(good).toBe(goodTotal);
      expect(settled.order.good).toBe(String(goodTotal));
      expect(settled.order.scrap).toBe(String(scrap));
      expect(await ledger.unassigned(workUnitId)).toBe(0);
      expect(await ledger.doubleSamples()).toBe(0);
      expect(await ledger.gaps()).toBe(0);
      // The replay tells what the machine did during the outage: no hole is left behind it.
      await eventually("the log is contiguous", async () =>
        (await ledger.missingRanges()) === 0 ? true : null,
      );
    } catch (error) {
      throw new Error(plant.logs(), { cause: error });
    }
  },
  240_000,
);
