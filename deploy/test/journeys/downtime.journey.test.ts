import { standardDowntimeReasons } from "@millwright/contracts/states";
import { expect, it } from "vitest";

import { ModbusCounter } from "../modbus-counter.ts";
import { setUpInBrowser } from "../people.ts";
import { startPlant } from "../plant.ts";
import { sawRegisters, sawStates, sawYaml, setUpSaw } from "../saw.ts";
import { visit } from "../visit.ts";

/** Beside the saw's other registers: why it stopped. */
const reasonRegister = 5;

// From the PLC to the plant manager: the saw stops and says a code, the operator says why, the Pareto has it.
it("a machine stops, its operator picks the reason, and the Pareto shows it", async () => {
  await using plant = await startPlant();
  await using plc = await ModbusCounter.start();
  plc.setUInt16(sawRegisters.state, sawStates.producing);
  const { api, workUnitId, gateway } = await setUpSaw(plant, 100);
  await api.post("/api/bindings", {
    edgeNodeId: "gateway-1",
    deviceId: "saw",
    workUnitId,
    metricName: "state/reason",
    role: "state.reason",
  });
  const yaml = sawYaml({
    group: gateway.groupId,
    token: gateway.token,
    brokerPort: plant.mqttPort,
    modbusPort: plc.port,
  });
  const reason = `      - { name: state/reason, register: "holding:${reasonRegister}", type: uint16 }\n`;
  const agent = await plant.agent("gateway-1", yaml + reason);
  const stop = (code: number) => {
    plc.setUInt16(reasonRegister, code);
    plc.setUInt16(sawRegisters.state, sawStates.down);
  };
  const goOn = () => {
    plc.setUInt16(reasonRegister, 0);
    plc.setUInt16(sawRegisters.state, sawStates.producing);
  };
  await visit(plant, async ({ page, picture }) => {
    await setUpInBrowser(page, plant);
    await agent.start();
    await page.goto(`/machines/${workUnitId}`);
    const tile = page.getByRole("article", { name: "Saw" });
    await tile.getByText("Producing", { exact: true }).waitFor();

    // It stops with a code that nobody gave a meaning: it is shown as it is.
    stop(17);
    await tile.getByText("Down", { exact: true }).waitFor();
    const stops = page.getByRole("table", { name: "Stops" });
    await stops.getByText("Not assigned: 17").waitFor();
    await page.getByRole("button", { name: "Down now: why?" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The machine says 17.").waitFor();
    await dialog.getByText("Tool broken or worn").click();
    await dialog.getByLabel("Note").fill("blade");
    await picture("downtime-reason");
    await dialog.getByRole("button", { name: "Give reason" }).click();
    await stops.getByText("Tool broken or worn").waitFor();
    await stops.getByText("blade").waitFor();
    // It goes on and stays explained; nobody is asked twice.
    await page.getByRole("button", { name: "Down now: why?" }).waitFor({ state: "detached" });
    await picture("downtime-machine");
    goOn();
    await tile.getByText("Producing", { exact: true }).waitFor();

    // A second stop, which the operator has no time for: the shift leader finds it.
    stop(18);
    await stops.getByText("Not assigned: 18").waitFor();
    goOn();
    await tile.getByText("Producing", { exact: true }).waitFor();
    await page.goto("/downtimes");
    const missing = page.getByRole("table", { name: "Stops without reason" });
    await missing.getByText("Not assigned: 18").waitFor();
    expect(await missing.getByRole("row").count()).toBe(2);

    await page.goto("/analytics");
    const pareto = page.getByRole("table", { name: "By reason" });
    await pareto.getByRole("button", { name: "Tool broken or worn" }).waitFor();
    await pareto.getByRole("row", { name: /Not assigned: 18/ }).waitFor();
    await picture("downtime-pareto");
    await pareto.getByRole("button", { name: "Tool broken or worn" }).click();
    const behind = page.getByRole("dialog");
    await behind.getByText("1 stop,").waitFor();
    await behind.getByRole("row", { name: /Saw .*blade/ }).waitFor();
    await behind.getByRole("button", { name: "Close" }).click();

    // What the code means explains the stop that was.
    await pareto.getByRole("button", { name: "Assign a reason" }).click();
    const { reasonId } = standardDowntimeReasons[3];
    await page.getByRole("dialog").getByLabel("Means").selectOption(reasonId);
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await pareto.getByRole("button", { name: "Jam or sensor fault" }).waitFor();
    await page.getByText("By machine", { exact: true }).click();
    const machines = page.getByRole("table", { name: "By machine" });
    await machines.getByRole("row", { name: /Saw .* 2$/ }).waitFor();
  });
}, 180_000);
