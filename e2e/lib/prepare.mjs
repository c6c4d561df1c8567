// The county as residents meet it: a compound under directives, suppliers assigned, a round open. Done once for all
// files of tests; what was made is noted in a file.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BASE, close, open } from "./browser.mjs";
import { assign, compounds, homes, issueDirective, openRound } from "./steps.mjs";

/** 滨河路社区. */
export const COMMUNITY = "431023001001";

/** Homes that are prepared. A home orders once in some days, so each file of tests uses its own: 0 and 1 the resident's page, 2 to 8
 * what existed before, 9 and 10 the ballot, from 11 the settling of chain messages, of which the last twenty all order. */
const HOMES = 39;

const folder = process.env.BAOGONG_NOTES ?? join(tmpdir(), "baogong-e2e");
const file = join(folder, `prepared-${new URL(BASE).port}.json`);

/** What was prepared: compound, round, and homes that have not ordered yet. */
export async function prepared() {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const page = await open({ login: "zhihui" });
  const [compound] = await compounds(page, COMMUNITY);
  for (const plan of ["fc", "dx"]) await issueDirective(page, { ...compound, plan });
  const proposal = await assign(page);
  const round = await openRound(page, { code: compound.code });
  const made = { compound, proposal, round, homes: await homes(page, compound.code, HOMES) };
  await close(page);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(made, null, 2));
  return made;
}
