import { expect, it } from "vitest";

import { Certificates } from "./certificates.ts";

const nbirth = "spBv1.0/plant/NBIRTH/gw";
const dbirth = (device: string) => `spBv1.0/plant/DBIRTH/gw/${device}`;
const kept = (topic: string) => `$sparkplug/certificates/${topic}`;
const body = Buffer.from("birth");
const nothing = Buffer.alloc(0);

it("keeps each birth under its certificate topic, and nothing else", () => {
  const certificates = new Certificates();
  expect(certificates.changesOf(nbirth, body)).toEqual([{ topic: kept(nbirth), payload: body }]);
  expect(certificates.changesOf(dbirth("saw"), body)).toEqual([
    { topic: kept(dbirth("saw")), payload: body },
  ]);
  expect(certificates.changesOf("spBv1.0/plant/DDATA/gw/saw", body)).toEqual([]);
  expect(certificates.changesOf("spBv1.0/plant/DDEATH/gw/saw", body)).toEqual([]);
});

it("removes the devices of an earlier session when the node is born anew", () => {
  const certificates = new Certificates();
  certificates.changesOf(nbirth, body);
  certificates.changesOf(dbirth("saw"), body);
  certificates.changesOf("spBv1.0/plant/DBIRTH/other/saw", body);
  expect(certificates.changesOf(nbirth, body)).toEqual([
    { topic: kept(dbirth("saw")), payload: nothing },
    { topic: kept(nbirth), payload: body },
  ]);
});

it("keeps no more than fits, and takes an old one away that it cannot replace", () => {
  const certificates = new Certificates();
  const large = Buffer.alloc(200 * 1024 * 1024);
  certificates.changesOf(dbirth("saw"), large);
  expect(certificates.changesOf(dbirth("drill"), large)).toEqual([
    { topic: kept(dbirth("drill")), payload: nothing },
  ]);
  expect(certificates.changesOf(dbirth("saw"), body)).toEqual([
    { topic: kept(dbirth("saw")), payload: body },
  ]);
  expect(certificates.changesOf(dbirth("drill"), body)).toHaveLength(1);
});
