import { expect, it } from "vitest";

import { setUpInBrowser } from "../people.ts";
import { ModbusCounter } from "../modbus-counter.ts";
import { eventually, startPlant } from "../plant.ts";
import { sawRegisters, sawStates, sawYaml, setUpSaw } from "../saw.ts";
import { visit } from "../visit.ts";

// What an operator and a planner see: a PLC counts, and the screens move without being reloaded.
it("moves tile, machine and order in the browser as the PLC counts, and shows refusals", async () => {
  await using plant = await startPlant();
  await using plc = await ModbusCounter.start();
  plc.setUInt16(sawRegisters.state, sawStates.idle);
  const quantity = 12;
  const { api, workUnitId, workOrderId, gateway } = await setUpSaw(plant, quantity);
  const agent = await plant.agent(
    "gateway-1",
    sawYaml({
      group: gateway.groupId,
      token: gateway.token,
      brokerPort: plant.mqttPort,
      modbusPort: plc.port,
    }),
  );
  await visit(plant, async ({ page, picture }) => {
    await setUpInBrowser(page, plant);
    // Before the gateway speaks there is no data, and the screen says so.
    const tile = page.getByRole("article", { name: "Saw" });
    await tile.getByText("No data", { exact: true }).waitFor();
    await page.getByRole("status", { name: "Live connection" }).getByText("Live").waitFor();

    await agent.start();
    await tile.getByText("Idle", { exact: true }).waitFor();
    plc.setUInt16(sawRegisters.state, sawStates.producing);
    await tile.getByText("Producing", { exact: true }).waitFor();
    for (let piece = 1; piece <= 5; piece += 1) plc.setUInt32(sawRegisters.good, piece);
    await tile.getByText("WO-000001").waitFor();
    await tile.getByText(`5 / ${quantity} pc`).waitFor();
    await picture("plant");

    await page.goto(`/machines/${workUnitId}`);
    await page.getByRole("table", { name: "Metrics" }).getByText("count/good").first().waitFor();
    await picture("machine");

    await page.goto(`/work-orders/${workOrderId}`);
    await page.getByText("In progress").first().waitFor();
    // A button that is refused says why.
    const release = page.getByRole("button", { name: "Release" });
    expect(await release.getAttribute("aria-disabled")).toBe("true");

    // Hold it in the browser, with a reason; it is on hold for everybody.
    await page.getByRole("button", { name: "Hold" }).click();
    await page.getByLabel("Reason").fill("blade to be changed");
    await page.getByRole("dialog").getByRole("button", { name: "Hold" }).click();
    await page.getByText("On hold").first().waitFor();
    expect((await api.order(workOrderId)).state).toBe("on_hold");
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("In progress").first().waitFor();

    plc.setUInt32(sawRegisters.good, quantity);
    await page.getByText("Completed").first().waitFor();
    await eventually("the order is complete", async () => {
      const order = await api.order(workOrderId);
      return order.state === "completed" && order.good === String(quantity) ? true : null;
    });
    await picture("order");

    // Keys: g p goes to the plant.
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    await page.getByRole("heading", { name: "Plant", level: 1 }).waitFor();

    // The device dies: within its death certificate the tile has no data.
    await agent.stop();
    await tile.getByText("No data", { exact: true }).waitFor();
  });
}, 120_000);
